package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A save that is killed, at whatever moment, leaves the old image or the new one. */
class KilledSaveTest {
    private static final int KILLS = 30;

    @TempDir
    Path directory;

    /** Saves over and over, each time a VM that has run longer; says so after the first. */
    public static final class Saver {
        public static void main(String[] arguments) throws IOException {
            Path target = Path.of(arguments[0]);
            Vcpu vcpu = SampleMachine.vcpu();
            PhysicalMemory memory = new PhysicalMemory(1 << 20);
            for (long i = Long.parseLong(arguments[1]); ; i++) {
                vcpu.instructions = i;
                for (int page = 0; page < 1 << 20; page += 4096) {
                    memory.write64(page + 8, i + 1);
                }
                ImageWriter.publish(
                        target, SampleMachine.state(vcpu), memory, new SaveOptions("vmm test", null, false));
                System.out.println(i);
            }
        }
    }

    @Test
    void theTargetIsTheOldImageOrTheNewOneAndWhole() throws Exception {
        assumeTrue(Files.isExecutable(java()), "there is no java to start");
        Path target = directory.resolve("vm.vmimg");
        Random random = new Random(7);
        long saved = 0;
        int interrupted = 0;
        for (int i = 0; i < KILLS; i++) {
            long announced = saveUntilKilled(target, saved + 1, random.nextInt(25));
            saved = instructionsIn(target);
            assertThat(saved).isBetween(announced, announced + 1);
            interrupted += files().size() > 1 ? 1 : 0;
        }
        assertThat(interrupted).as("kills in the middle of a save").isPositive();
        ImageWriter.publish(target, SampleMachine.state(), SampleMachine.memory(), SampleMachine.options());
        assertThat(files()).containsExactly(target);
    }

    /** @return the last save that the process reported as done */
    private long saveUntilKilled(Path target, long from, int afterMillis) throws Exception {
        Process process = new ProcessBuilder(
                        java().toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Saver.class.getName(),
                        target.toString(),
                        Long.toString(from))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader()) {
            String last = lines.readLine();
            assertThat(last).as("the first save").isNotNull();
            Thread.sleep(afterMillis);
            // Not the process's own method, which closes the stream with what is still in it.
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line;
            }
            process.waitFor();
            return Long.parseLong(last);
        }
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static long instructionsIn(Path target) throws IOException {
        try (Image image = ImageReader.open(target, ReadOptions.with(null))) {
            PhysicalMemory memory = new PhysicalMemory(1 << 20);
            image.loadMemory(memory);
            assertThat(memory.read64(0xff008)).isEqualTo(image.manifest().instructions() + 1);
            return image.manifest().instructions();
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
