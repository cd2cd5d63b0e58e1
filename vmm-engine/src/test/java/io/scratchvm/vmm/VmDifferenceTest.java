package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saves of a real guest, compared. */
class VmDifferenceTest {
    @TempDir
    Path directory;

    @Test
    void aGuestThatHasRunOnDiffersInWhatItDid() throws Exception {
        Path atMain = save("main.vmimg", new SavePoint.Symbol("main"));
        Path atSave = save("save.vmimg", new SavePoint.SaveCall());
        try (VmImage a = VmImage.readLazily(atMain, null);
                VmImage b = VmImage.readLazily(atSave, null)) {
            VmDifference difference = a.diff(b);
            assertThat(difference.isEmpty()).isFalse();
            assertThat(difference.describe())
                    .contains("instructions " + a.instructions() + " -> " + b.instructions())
                    .containsPattern("vcpu +rax 0x")
                    .containsPattern("rip 0x[0-9a-f]+ -> 0x[0-9a-f]+\\R")
                    .containsPattern("files +files\\[[0-9]+\\] none -> " + Pattern.quote("{\"id\":"))
                    .contains("descriptors[8] none -> {\"number\":8")
                    .containsPattern("memory +[0-9]+ bytes in [0-9]+ pages differ\\R +0x[0-9a-f]+000-0x[0-9a-f]+fff, ");
            assertThat(difference.toJson()).startsWith("{\"a\":{\"file\":").doesNotContain("\n");
        }
    }

    @Test
    void theSameGuestAtTheSameInstructionIsTheSame() throws Exception {
        Path first = save("first.vmimg", new SavePoint.Instructions(50));
        Path second = save("second.vmimg", new SavePoint.Instructions(50));
        try (VmImage a = VmImage.readLazily(first, null);
                VmImage b = VmImage.readLazily(second, null)) {
            assertThat(a.diff(b).isEmpty()).as(a.diff(b).describe()).isTrue();
            assertThat(a.diff(b).describe()).endsWith("the same VM" + System.lineSeparator());
        }
    }

    private Path save(String name, SavePoint point) throws Exception {
        Path image = directory.resolve(name);
        RecordedRun run = new RecordedRun(directory);
        Outcome saved = new Session(run.configuration().build()).save(TestGuests.booted("ay_caramba"), point, image);
        assertThat(saved.status()).as(saved.message()).isZero();
        return image;
    }
}
