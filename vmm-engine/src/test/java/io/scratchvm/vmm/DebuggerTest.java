package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stock tools open the images of VMs that ran: {@code readelf -a IMAGE}, {@code gdb PROGRAM IMAGE}. */
class DebuggerTest {
    private static final String CALLS_SAVE =
            """
            int counter = 42;
            char text[] = "changed by the guest";
            int zeros[3000];
            __attribute__((noinline)) long save(void) {
                long result;
                __asm__ volatile("syscall" : "=a"(result) : "a"(400) : "rcx", "r11", "memory");
                return result;
            }
            int inner(int a) { counter += a; text[0] = 'C'; save(); return counter; }
            int outer(int b) { return inner(b + 1) + 1; }
            int main(void) { return outer(7); }
            """;

    @TempDir
    Path directory;

    private Path image;

    @BeforeEach
    void nameTheImage() {
        image = directory.resolve("vm.vmimg");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -static -no-pie -fno-pie",
                "gcc -static-pie -fPIE",
                "musl-gcc -static -no-pie -fno-pie",
                "clang -static"
            })
    void showAProgramThatCallsSave(String compiler) throws Exception {
        Path program = compile(compiler);
        save(new Start.Program(program, List.of()), new SavePoint.SaveCall());

        readelfIsContent();
        String output = gdb(
                program,
                "info registers rip rax cs",
                "x/i $rip - 2",
                "bt",
                "p counter",
                "p text",
                "p zeros[2999]",
                "frame 1",
                "p a");
        assertThat(output)
                .containsPattern("rax +0x1 ")
                .containsPattern("cs +0x33 ")
                .containsPattern("rip .*<save\\+")
                .containsPattern(":\tsyscall")
                .containsPattern("#1 .* inner \\(a=8\\)")
                .containsPattern("#2 .* outer \\(b=7\\)")
                .containsPattern("#3 .* main \\(\\)");
        assertThat(output.lines().filter(line -> line.startsWith("$")))
                .containsExactly("$1 = 50", "$2 = \"Changed by the guest\"", "$3 = 0", "$4 = 8");
    }

    @Test
    void showTheLabsGuestInItsSave() throws Exception {
        Start.Boot guest = TestGuests.booted("ay_caramba");
        save(guest, new SavePoint.SaveCall());

        readelfIsContent();
        assertThat(gdb(guest.app(), "info registers rip cs", "x/i $rip - 2", "bt"))
                .containsPattern("cs +0x2b ")
                .containsPattern(":\tsyscall")
                .containsPattern("#0 .*save \\(\\)")
                .containsPattern("#1 .* main \\(\\)");
    }

    @Test
    void showAGuestInRealMode() throws Exception {
        Start.Boot guest = TestGuests.booted("ay_caramba");
        save(guest, new SavePoint.Instructions(1));

        readelfIsContent();
        assertThat(gdb(guest.boot(), "info registers rip cs", "x/i $rip", "x/4xb 0x9000"))
                .containsPattern("rip +0x8001 ")
                .containsPattern("cs +0x0 ")
                .containsPattern("=> 0x8001 <_start\\+1>:\tcld")
                .containsPattern("0x9000:\t0x[0-9a-f]{2}");
    }

    @Test
    void showAGuestThatIsInNoElfFile() throws Exception {
        byte[] spin = {(byte) 0x90, (byte) 0xeb, (byte) 0xfd};
        Path file = Files.write(directory.resolve("spin"), spin);
        save(new Start.Flat(file, 0x7c00), new SavePoint.Instructions(3));

        readelfIsContent();
        assertThat(gdb(null, "info registers rip", "x/3xb $rip - 1", "x/3xb 0xffff888000007c00"))
                .containsPattern("rip +0x7c01 ")
                .contains("0x7c00:\t0x90\t0xeb\t0xfd", "0xffff888000007c00:\t0x90\t0xeb\t0xfd");
    }

    private Path compile(String compiler) throws Exception {
        HostTools.require(compiler.split(" ")[0]);
        Files.writeString(directory.resolve("guest.c"), CALLS_SAVE);
        HostTools.run(directory, (compiler + " -g -O0 -fno-omit-frame-pointer guest.c -o guest").split(" "));
        return directory.resolve("guest");
    }

    private void save(Start start, SavePoint point) throws Exception {
        Outcome outcome = new Session(new RecordedRun(directory).configuration().build()).save(start, point, image);
        assertThat(outcome.status()).as(outcome.message()).isZero();
    }

    private void readelfIsContent() throws Exception {
        HostTools.require("readelf");
        assertThat(HostTools.transcript("readelf", "-a", "-W", image.toString()))
                .contains("CORE (Core file)", "NT_PRSTATUS")
                .doesNotContainIgnoringCase("warning")
                .doesNotContainIgnoringCase("error");
    }

    private String gdb(Path program, String... commands) throws Exception {
        HostTools.require("gdb");
        List<String> line = new ArrayList<>(List.of("gdb", "-nx", "-q", "-batch"));
        for (String command : commands) {
            line.addAll(List.of("-ex", command));
        }
        if (program != null) {
            line.add(program.toString());
        }
        line.add("--core=" + image);
        return HostTools.transcript(line.toArray(String[]::new));
    }
}
