package io.scratchvm.vmm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two terminals: one process sends a VM, the other one receives it. */
class MigrationIT {
    private static final Path GUESTS = Path.of("..", "vmm-engine", "src", "test", "resources", "guest")
            .toAbsolutePath()
            .normalize();
    private static final Path DOCUMENT =
            Path.of("..", "docs", "migration.md").toAbsolutePath().normalize();
    private static final String HELLO = "Hello World !!!\n";
    private static final String BYE = "Bye Bye !!!\n";
    private static final String SENT = "VM_APP - OPEN \\./ay_caramba 32834 511 - return 8\\n"
            + "VM_APP - WRITE 8 [0-9a-f]+ 16 - return 16\\n"
            + "VM_APP - SAVE OPERATION\\nVM_APP - VM STATE SENT\\nVMM EXITING\\n";
    private static final String RECEIVED = "VM_APP - RESTORE OPERATION\\nVM_APP - WRITE 8 [0-9a-f]+ 12 - return 12\\n"
            + "VM_APP - CLOSE 8 - return 0\\nVM_APP - EXIT 0\\n";
    private static final Pattern TOKEN = Pattern.compile("--resume ([0-9a-f]{32})");

    @TempDir
    Path directory;

    private Path source;
    private Path destination;
    private String address;

    @BeforeEach
    void makeTwoDirectoriesAndAnAddress() throws IOException {
        source = Files.createDirectory(directory.resolve("source"));
        destination = Files.createDirectory(directory.resolve("destination"));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = "localhost:" + free.getLocalPort();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void movesTheLabInItsWordsInEitherOrder(boolean receiverFirst) throws Exception {
        JarProcess first = receiverFirst ? receive() : send();
        TimeUnit.MILLISECONDS.sleep(800);
        JarProcess second = receiverFirst ? send() : receive();

        JarProcess.Result sent = (receiverFirst ? second : first).result();
        JarProcess.Result received = (receiverFirst ? first : second).result();

        assertThat(sent.err()).matches(SENT);
        assertThat(received.err()).matches(RECEIVED);
        assertThat(sent.status()).isZero();
        assertThat(received.status()).isZero();
        assertThat(sent.out()).isEmpty();
        assertThat(received.out()).isEmpty();
        assertThat(source.resolve("ay_caramba")).hasContent(HELLO);
        assertThat(destination.resolve("ay_caramba")).hasContent(HELLO + BYE);
    }

    @Test
    void movesTheLabBetweenTwoTerminalsInOneDirectory() throws Exception {
        JarProcess receiver = receive("--root", directory.toString(), "--storage=shared");
        JarProcess.Result sent = send("--root", directory.toString()).result();
        assertThat(sent.err()).matches(SENT);
        assertThat(receiver.result().err()).matches(RECEIVED);
        assertThat(directory.resolve("ay_caramba")).hasContent(HELLO + BYE);
    }

    @Test
    void endsWithTheFiguresForAPersonAndForAProgram() throws Exception {
        JarProcess receiver = receive("--stats", "--no-trace");
        JarProcess.Result sent = send("--json").result();
        String figures = lastLine(sent.err());
        assertThat(figures)
                .matches("\\{\"instructions\": \\d+, \"seconds\": [\\d.]+, \"mips\": [\\d.]+, \"engine\": \"\\w+\", "
                        + "\"token\": \"[0-9a-f]{32}\", \"bytes\": \\d+, \"memory_bytes\": \\d+, \"file_bytes\": 16, "
                        + "\"rounds\": 0, \"connections\": 1, \"converged\": true, \"downtime\": \\d+\\.\\d{3}, "
                        + "\"migration_seconds\": \\d+\\.\\d{3}, \"rate\": \\d+}");
        String received = receiver.result().err();
        assertThat(received).matches("instructions=\\d+ .* token=[0-9a-f]{32} bytes=\\d+ .* file_bytes=16 .*\\n");
        assertThat(received).contains(figures.substring(figures.indexOf("token") + 9, figures.indexOf("token") + 41));
    }

    @Test
    void keepsAVmThatIsRefusedWhereItWas() throws Exception {
        Files.writeString(destination.resolve("ay_caramba"), "something else\n");
        JarProcess receiver = receive();
        JarProcess.Result sent = send().result();
        assertThat(sent.status()).isEqualTo(125);
        assertThat(lastLine(sent.err())).startsWith("vmm: the VM was not moved").contains("--overwrite");
        JarProcess.Result received = receiver.result();
        assertThat(received.status()).isEqualTo(125);
        assertThat(received.err())
                .contains("ay_caramba")
                .contains("--overwrite")
                .hasLineCount(1);
        assertThat(destination.resolve("ay_caramba")).hasContent("something else\n");

        JarProcess.Result restored = JarProcess.run(source, "restore", "vm.vmimg");
        assertThat(restored.status()).isZero();
        assertThat(source.resolve("ay_caramba")).hasContent(HELLO + BYE);
    }

    @Test
    void replacesAFileWhereThatIsAllowed() throws Exception {
        Files.writeString(destination.resolve("ay_caramba"), "something else\n");
        JarProcess receiver = receive("--overwrite");
        assertThat(send().result().err()).matches(SENT);
        assertThat(receiver.result().status()).isZero();
        assertThat(destination.resolve("ay_caramba")).hasContent(HELLO + BYE);
    }

    @Test
    void goesOnWithWhatFoundNoReceiver() throws Exception {
        String token = sendToNobody();
        JarProcess.Result restored = JarProcess.run(source, "restore", "vm.vmimg");
        assertThat(restored.status()).isEqualTo(125);
        assertThat(restored.err()).contains(token).hasLineCount(1);

        JarProcess receiver = receive();
        JarProcess.Result sent =
                start(source, "send", "--resume", token, "--to", address).result();
        assertThat(sent.err()).isEqualTo("VM_APP - VM STATE SENT\nVMM EXITING\n");
        assertThat(sent.status()).isZero();
        assertThat(receiver.result().err()).matches(RECEIVED);
        assertThat(destination.resolve("ay_caramba")).hasContent(HELLO + BYE);
        assertThat(JarProcess.run(source, "restore", "vm.vmimg").status()).isEqualTo(125);
    }

    @Test
    void takesBackWhatFoundNoReceiver() throws Exception {
        String token = sendToNobody();
        assertThat(JarProcess.run(source, "send", "--abort", token, "--to", address)
                        .status())
                .isZero();
        assertThat(JarProcess.run(source, "restore", "vm.vmimg").status()).isZero();
        assertThat(source.resolve("ay_caramba")).hasContent(HELLO + BYE);
    }

    @Test
    void namesTheCommandThatGoesOnWhenItIsInterrupted() throws Exception {
        JarProcess sender = send();
        awaitJournal();
        sender.process().destroy();
        JarProcess.Result sent = sender.result();
        assertThat(sent.status()).isEqualTo(143);
        assertThat(lastLine(sent.err())).startsWith("vmm: interrupted: ").containsPattern(TOKEN);
    }

    @Test
    void movesOverTlsWithTheStoresThatTheDocumentMakes() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "the document's commands are a shell's");
        makeStores();
        JarProcess receiver = receive(tls("destination"));
        assertThat(send(tls("source")).result().err()).matches(SENT);
        assertThat(receiver.result().err()).matches(RECEIVED);
    }

    @Test
    void leavesTheMachineOnlyOverTls() throws Exception {
        JarProcess.Result sent = start(source, sending("192.0.2.1:18086")).result();
        assertThat(sent.status()).isEqualTo(125);
        assertThat(sent.err())
                .contains("--to 192.0.2.1:18086")
                .contains("--tls")
                .hasLineCount(1);
        JarProcess.Result received =
                start(destination, "receive", "--listen=0.0.0.0:0").result();
        assertThat(received.status()).isEqualTo(125);
        assertThat(received.err())
                .contains("--listen 0.0.0.0:0")
                .contains("--tls")
                .hasLineCount(1);
    }

    private JarProcess send(String... options) throws IOException {
        return start(source, sending(address, options));
    }

    private static String[] sending(String address, String... options) {
        List<String> arguments = new ArrayList<>(List.of("send", "--to", address));
        arguments.addAll(List.of("--boot", GUESTS.resolve("boot.elf").toString()));
        arguments.addAll(List.of(options));
        arguments.add(GUESTS.resolve("ay_caramba.elf").toString());
        return arguments.toArray(new String[0]);
    }

    private JarProcess receive(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("receive", "--listen", address, "--wait=30s"));
        arguments.addAll(List.of(options));
        return start(destination, arguments.toArray(new String[0]));
    }

    private static JarProcess start(Path directory, String... arguments) throws IOException {
        return JarProcess.start(directory, new byte[0], arguments);
    }

    /** Gives up soon; returns the token that its message names. */
    private String sendToNobody() throws Exception {
        JarProcess.Result sent = send("--wait=1s").result();
        assertThat(sent.status()).isEqualTo(125);
        Matcher token = TOKEN.matcher(lastLine(sent.err()));
        assertThat(token.find()).as(sent.err()).isTrue();
        return token.group(1);
    }

    /** Waits until the sender is about to move its VM. */
    private void awaitJournal() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.exists(source.resolve("vm.vmimg")) && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        TimeUnit.MILLISECONDS.sleep(500);
    }

    /** As the document's commands do. */
    private void makeStores() throws Exception {
        Matcher commands = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(DOCUMENT));
        assertThat(commands.find()).isTrue();
        ProcessBuilder shell = new ProcessBuilder("/bin/sh", "-e", "-c", commands.group(1))
                .directory(directory.toFile())
                .redirectErrorStream(true);
        shell.environment().merge("PATH", System.getProperty("java.home") + "/bin", (path, java) -> java + ":" + path);
        Process process = shell.start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
    }

    private String[] tls(String side) {
        return new String[] {
            "--tls", directory.resolve(side + ".p12").toString(),
            "--tls-password", directory.resolve("password").toString()
        };
    }

    private static String lastLine(String text) {
        List<String> lines = text.lines().toList();
        return lines.get(lines.size() - 1);
    }
}
