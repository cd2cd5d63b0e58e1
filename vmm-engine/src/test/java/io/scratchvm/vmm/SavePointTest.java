package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a guest can be saved, and what it finds when it is restored there. */
class SavePointTest {
    private static final String READER =
            """
            #include <stdio.h>
            int main(void) {
                char line[100];
                int lines = 0;
                while (fgets(line, sizeof line, stdin)) printf("%d:%s", ++lines, line);
                puts(feof(stdin) ? " end" : " error");
                return lines;
            }
            """;
    private static final String TWICE =
            """
            #include <stdio.h>
            #include <unistd.h>
            #include <sys/syscall.h>
            int main(void) {
                for (int i = 1; i <= 2; i++) { printf("%d:%ld ", i, syscall(400)); fflush(stdout); }
                return 0;
            }
            """;

    @TempDir
    Path directory;

    private RecordedRun run;
    private Path image;

    @BeforeEach
    void nameTheImage() {
        run = new RecordedRun(directory);
        image = directory.resolve("vm.vmimg");
    }

    @Test
    void aGuestThatWouldReadItsInputHasTakenNoneOfIt() throws Exception {
        InputStream unread = new ByteArrayInputStream("never\nseen\n".getBytes());
        Outcome saved = session(run.configuration().standardInput(unread))
                .save(compiled("gcc -static", READER), new SavePoint.Input(), image);

        assertThat(saved.status()).as(saved.message()).isZero();
        assertThat(unread.readAllBytes()).asString().isEqualTo("never\nseen\n");
        assertThat(session(run.configuration("x\ny\nz")).restore(image).status())
                .isEqualTo(3);
        assertThat(run.output()).isEqualTo("1:x\n2:y\n3:z end\n");
    }

    @Test
    void aGuestThatFindsItsInputAtItsEndIsSavedBeforeItKnows() throws Exception {
        assertThat(session(run.configuration())
                        .save(compiled("gcc -static", READER), new SavePoint.Input(), image)
                        .status())
                .isZero();
        assertThat(session(run.configuration("late\n")).restore(image).status()).isEqualTo(1);
        assertThat(run.output()).isEqualTo("1:late\n end\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc -static -no-pie", "gcc -static-pie -fPIE"})
    void aSymbolIsWhereNmShowsItAndTheLoaderPutsIt(String compiler) throws Exception {
        Start guest = compiled(compiler, TWICE);
        long address = symbol("main") + (compiler.contains("-pie ") ? 0x5555_5555_4000L : 0);
        session(run.configuration()).save(guest, new SavePoint.Symbol("main"), image);

        try (VmImage saved = VmImage.read(image, null);
                VirtualMachine vm = VirtualMachine.blank(run.configuration().build())) {
            vm.restore(saved);
            assertThat(vm.machine().hardware.vcpu.rip).isEqualTo(address);
            assertThat(vm.run().status()).isZero();
        }
        assertThat(run.output()).isEqualTo("1:-95 2:-95 ".replace("-95", "-1"));
    }

    private long symbol(String name) throws Exception {
        HostTools.require("nm");
        String line = HostTools.run(directory, "nm", "guest")
                .lines()
                .filter(symbol -> symbol.endsWith(" T " + name))
                .findFirst()
                .orElseThrow();
        return Long.parseUnsignedLong(line.substring(0, 16), 16);
    }

    @Test
    void aSymbolOfABootedGuestIsReached() throws Exception {
        session(run.configuration()).save(TestGuests.booted("ay_caramba"), new SavePoint.Symbol("main"), image);
        assertThat(directory.resolve("ay_caramba")).doesNotExist();
        assertThat(session(run.configuration()).restore(image).status()).isZero();
        assertThat(directory.resolve("ay_caramba")).hasContent("Hello World !!!\nBye Bye !!!\n");
    }

    @Test
    void aPointThatIsNeverReachedLeavesNoImage() throws Exception {
        Start guest = TestGuests.booted("ay_caramba");
        Outcome beyond = session(run.configuration()).save(guest, new SavePoint.Instructions(1L << 40), image);
        assertThat(beyond.status()).isEqualTo(125);
        assertThat(beyond.message())
                .isEqualTo("the guest ended before 1099511627776 instructions were executed (exit status 0): "
                        + "no image was written");
        assertThat(session(run.configuration())
                        .save(guest, new SavePoint.Input(), image)
                        .message())
                .contains("before it read standard input");
        assertThatThrownBy(() -> session(run.configuration()).save(guest, new SavePoint.Symbol("nowhere"), image))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("no symbol 'nowhere'");
        assertThat(image).doesNotExist();
    }

    @Test
    void aRestoredGuestIsSavedAgainAsTheChildOfItsImage() throws Exception {
        Path second = directory.resolve("second.vmimg");
        session(run.configuration()).save(compiled("gcc -static", TWICE), new SavePoint.SaveCall(), image);
        session(run.configuration().saveImage(second)).restore(image);
        session(run.configuration()).restore(second);

        assertThat(run.output()).isEqualTo("1:1 2:0 2:1 ");
        try (VmImage parent = VmImage.read(image, null);
                VmImage child = VmImage.read(second, null)) {
            String uuid = parent.image().manifest().uuidText();
            assertThat(parent.describe()).containsPattern("uuid +" + uuid).containsPattern("generation +1\n");
            assertThat(child.describe()).containsPattern("generation +2, parent " + uuid);
            assertThat(child.instructions()).isGreaterThan(parent.instructions());
        }
    }

    @Test
    void memoryThatIsReadWhenItIsTouchedIsTheSame() throws Exception {
        session(run.configuration()).save(compiled("gcc -static", TWICE), new SavePoint.SaveCall(), image);
        Path again = directory.resolve("again.vmimg");
        Path eager = directory.resolve("eager.vmimg");
        session(run.configuration().lazy(true).saveImage(again)).restore(image);
        session(run.configuration().saveImage(eager)).restore(image);

        assertThat(run.output()).isEqualTo("1:1 2:0 1:1 2:0 ");
        assertThat(Files.mismatch(again, eager)).isEqualTo(-1);
    }

    @Test
    void damageInMemoryThatIsReadWhenItIsTouchedStopsTheGuestThere() throws Exception {
        session(run.configuration()).save(compiled("gcc -static", TWICE), new SavePoint.SaveCall(), image);
        byte[] bytes = Files.readAllBytes(image);
        bytes[bytes.length - 1] ^= 1;
        Files.write(image, bytes);

        assertThatThrownBy(() -> session(run.configuration()).restore(image))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("memory at physical");
        assertThat(run.trace).doesNotContain("RESTORE OPERATION");
        assertThatThrownBy(() -> session(run.configuration().lazy(true)).restore(image))
                .isInstanceOf(VmmException.class)
                .hasMessageStartingWith(image + " is damaged: memory at physical")
                .hasMessageContaining("do not match their SHA-256");
    }

    @Test
    void aPackedImageIsReadWholeOrNotAtAll() throws Exception {
        session(run.configuration()).save(TestGuests.booted("ay_caramba"), new SavePoint.SaveCall(), image);
        Path packed = directory.resolve("vm.vmimg.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(image, out);
        }
        assertThatThrownBy(() -> session(run.configuration().lazy(true)).restore(packed))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("cannot be restored lazily from a gzip file");
        assertThat(session(run.configuration()).restore(packed).status()).isZero();
    }

    private static Session session(VmConfiguration.Builder configuration) {
        return new Session(configuration.build());
    }

    private Start compiled(String compiler, String source) throws Exception {
        HostTools.require("gcc");
        Files.writeString(directory.resolve("guest.c"), source);
        HostTools.run(directory, (compiler + " guest.c -o guest").split(" "));
        return new Start.Program(directory.resolve("guest"), List.of());
    }
}
