package io.scratchvm.vmm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command as a user has it: a process of the packaged jar. */
class ExecutableJarIT {
    private static final Path GUESTS = Path.of("..", "vmm-engine", "src", "test", "resources", "guest")
            .toAbsolutePath()
            .normalize();
    private static final String BOOT = GUESTS.resolve("boot.elf").toString();
    private static final byte[] HALT = {(byte) 0xf4};
    private static final byte[] JUMP_TO_ITSELF = {(byte) 0xeb, (byte) 0xfe};

    @TempDir
    Path directory;

    @Test
    void isSmallAndStandsAlone() throws Exception {
        assertThat(Files.size(JarProcess.jar())).isLessThan(2 << 20);
        JarProcess.Result version = JarProcess.run(directory, "version");
        assertThat(version.status()).isZero();
        assertThat(version.text()).matches("vmm \\d+\\.\\d+\\.\\d+.*\\n");
    }

    @Test
    void savesAndRestoresTheLabInItsWords() throws Exception {
        JarProcess.Result save = run("save", "--boot", BOOT, guest("ay_caramba"));
        assertThat(save.status()).isZero();
        assertThat(save.out()).isEmpty();
        assertThat(save.err())
                .matches("OPEN \\./ay_caramba 32834 511 - return 8\\n"
                        + "WRITE 8 [0-9a-f]+ 16 - return 16\\nSAVE OPERATION\\n");
        assertThat(directory.resolve("ay_caramba")).hasContent("Hello World !!!\n");

        JarProcess.Result restore = run("restore", "vm.vmimg");
        assertThat(restore.status()).isZero();
        assertThat(restore.out()).isEmpty();
        assertThat(restore.err())
                .matches("RESTORE OPERATION\\nWRITE 8 [0-9a-f]+ 12 - return 12\\n" + "CLOSE 8 - return 0\\nEXIT 0\\n");
        assertThat(directory.resolve("ay_caramba")).hasContent("Hello World !!!\nBye Bye !!!\n");
    }

    @Test
    void inspectsAndVerifiesAnImage() throws Exception {
        assertThat(run("save", "--boot", BOOT, "--no-trace", guest("ay_caramba"))
                        .err())
                .isEmpty();
        assertThat(run("verify", "vm.vmimg").text())
                .matches("vm\\.vmimg: whole and undamaged, \\d+ instructions old\\n");
        assertThat(run("inspect", "vm.vmimg").text()).contains("ay_caramba");
        assertThat(run("inspect", "--json", "vm.vmimg").text()).startsWith("{").endsWith("}\n");

        byte[] image = Files.readAllBytes(directory.resolve("vm.vmimg"));
        image[image.length / 2] ^= 1;
        Files.write(directory.resolve("damaged.vmimg"), image);
        for (String command : List.of("verify", "inspect", "restore")) {
            assertOneLine(run(command, "damaged.vmimg"), 125, "damaged.vmimg");
        }
    }

    @Test
    void passesTheGuestsBytesThroughAsTheyAre() throws Exception {
        byte[] bytes = new byte[3 * 256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        Files.write(directory.resolve("ay_caramba"), bytes);
        JarProcess.Result shown = run("run", "--boot", BOOT, "--memory", "1M", guest("show"));
        assertThat(shown.err()).isEmpty();
        assertThat(shown.out()).isEqualTo(bytes);
        assertThat(shown.status()).isZero();
    }

    @Test
    void givesTheGuestItsInputAndNothingToStandardOutputOfItsOwn() throws Exception {
        JarProcess.Result upper = JarProcess.start(
                        directory,
                        "one\ntwo".getBytes(StandardCharsets.UTF_8),
                        "run",
                        "--boot",
                        BOOT,
                        "--memory=1M",
                        "--trace",
                        "--stats",
                        guest("upper"))
                .result();
        assertThat(upper.text()).isEqualTo("1: ONE\n2: TWOEND\n");
        assertThat(upper.err()).contains("EXIT 0\n");
        assertThat(lastLine(upper)).matches("instructions=\\d+ seconds=\\d+\\.\\d{3} mips=\\d+\\.\\d engine=\\w+.*");
    }

    @Test
    void endsWithTheGuestsStatus() throws Exception {
        JarProcess.Result missing = run("run", "--boot", BOOT, "--memory", "1M", guest("show"));
        assertThat(missing.status()).isEqualTo(1);
        assertThat(missing.err()).startsWith("./ay_caramba: ");
        assertThat(run("run", "--flat", "0x7c00", file("halt", HALT)).status()).isZero();
    }

    @Test
    void endsAGuestThatDoesNot() throws Exception {
        String spin = file("spin", JUMP_TO_ITSELF);
        assertOneLine(run("run", "--flat=0x7c00", "--max-instructions=1000", spin), 125, "1000 instructions");
        assertOneLine(run("run", "--flat=0x7c00", "--timeout=200ms", spin), 125, "0.2 s");
    }

    @Test
    void writesNoImageOfAGuestThatDoesNotSave() throws Exception {
        assertOneLine(run("save", "--flat=0x7c00", file("halt", HALT)), 125, "no image was written");
        assertThat(directory.resolve("vm.vmimg")).doesNotExist();
    }

    @Test
    void endsAtOnceWhenInterrupted() throws Exception {
        JarProcess running =
                JarProcess.start(directory, new byte[0], "run", "--flat=0x7c00", file("spin", JUMP_TO_ITSELF));
        running.process().waitFor(1500, TimeUnit.MILLISECONDS);
        running.process().destroy();
        JarProcess.Result ended = running.result();
        assertOneLine(ended, 143, "interrupted");
    }

    @Test
    void saysSoWhenTheHeapIsTooSmall() throws Exception {
        JarProcess.Result result = JarProcess.start(
                        directory,
                        new byte[0],
                        List.of("-Xmx64m"),
                        "run",
                        "--memory=1G",
                        "--timeout=30s",
                        file("greedy", greedyProgram()))
                .result();
        assertOneLine(result, 125, "-Xmx");
    }

    @Test
    void endsWhenItsReaderWentAway() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a shell to close a pipe");
        Process shell = new ProcessBuilder(pipedIntoHead("run", "--boot", BOOT, "--memory=1M", guest("count")))
                .directory(directory.toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
        String first = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(first).isEqualTo("168 primes below 1000\n");
        assertThat(shell.waitFor()).isZero();
        assertThat(directory.resolve("status")).hasContent("141\n");
        assertThat(directory.resolve("err"))
                .content()
                .matches("vmm: SIGPIPE: sent to the program, RIP 0x[0-9a-f]+ \\(write\\+0x[0-9a-f]+\\)\\R");
    }

    private static List<String> pipedIntoHead(String... arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", "-c", "(\"$@\"; echo $? > status) | head -n 1", "sh"));
        command.addAll(List.of(java, "-jar", JarProcess.jar().toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private JarProcess.Result run(String... arguments) throws IOException, InterruptedException {
        return JarProcess.run(directory, arguments);
    }

    private static String guest(String name) {
        return GUESTS.resolve(name + ".elf").toString();
    }

    private String file(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content).toString();
    }

    /** A static Linux program that writes to each page of 512 MiB. */
    private static byte[] greedyProgram() {
        long base = 0x400000;
        int headers = 64 + 56;
        ByteBuffer elf = ByteBuffer.allocate(headers + 22).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        elf.putShort((short) 2)
                .putShort((short) 62)
                .putInt(1)
                .putLong(base + headers)
                .putLong(64)
                .putLong(0);
        elf.putInt(0)
                .putShort((short) 64)
                .putShort((short) 56)
                .putShort((short) 1)
                .putShort((short) 64)
                .putInt(0);
        elf.putInt(1).putInt(7).putLong(0).putLong(base).putLong(base).putLong(elf.capacity());
        elf.putLong(512 << 20).putLong(0x1000);
        elf.put(new byte[] {0x48, (byte) 0xbf}).putLong(base + 0x1000); // mov rdi, base + 0x1000
        elf.put(new byte[] {(byte) 0xc6, 0x07, 0x01}); // mov byte [rdi], 1
        elf.put(new byte[] {0x48, (byte) 0x81, (byte) 0xc7, 0, 0x10, 0, 0}); // add rdi, 0x1000
        elf.put(new byte[] {(byte) 0xeb, (byte) 0xf4}); // jmp to the mov
        return elf.array();
    }

    private static String lastLine(JarProcess.Result result) {
        List<String> lines = result.err().lines().toList();
        return lines.get(lines.size() - 1);
    }

    private static void assertOneLine(JarProcess.Result result, int status, String message) {
        assertThat(result.err()).startsWith("vmm: ").contains(message);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.status()).isEqualTo(status);
        assertThat(result.out()).isEmpty();
    }
}
