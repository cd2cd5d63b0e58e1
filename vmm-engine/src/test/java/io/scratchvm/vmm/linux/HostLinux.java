package io.scratchvm.vmm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.abi.Structure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The same calls here and in the host's kernel, in a directory that is the root of both: chroot(2) there. Results and
 * what becomes of the directory must be the same.
 */
final class HostLinux {
    private static final long EDGE = 0x3_0000, TEXT = 0x4_0000;

    private final Path directory;
    private final Path program;

    /** Skips the test where there is nothing to compare with. */
    HostLinux(Path directory) throws Exception {
        this.directory = directory;
        HostTools.requireLinuxOnX86();
        HostTools.require("gcc");
        Path source = directory.resolve("calls.c");
        try (InputStream in = HostLinux.class.getResourceAsStream("calls.c")) {
            Files.copy(in, source);
        }
        program = directory.resolve("calls");
        HostTools.run(directory, "gcc", "-O1", "-o", program.toString(), source.toString());
    }

    /** Compares a script of calls, the host's being the superuser's. */
    void compare(String script) throws Exception {
        compare(script, 0);
    }

    /** Compares a script of calls that the host's kernel, too, gets from the user {@link Identity#USER}. */
    void compareAsUser(String script) throws Exception {
        compare(script, Identity.USER);
    }

    private void compare(String script, int user) throws Exception {
        Path work = Files.createTempDirectory(directory, "case");
        Path there = prepare(work.resolve("there"));
        Path here = prepare(work.resolve("here"));
        compare(script, work, there, user, here);
        assertThat(String.join("\n", tree(here))).isEqualTo(String.join("\n", tree(there)));
        // JUnit warns of links that lead out when it deletes a temporary directory.
        Files.deleteIfExists(here.resolve("to_root"));
        Files.deleteIfExists(there.resolve("to_root"));
    }

    /** Compares a script of calls on what the kernel itself provides, the host's as it has it; it must change nothing. */
    void compareKernelFiles(String script) throws Exception {
        Path work = Files.createTempDirectory(directory, "case");
        compare(script, work, Path.of("/"), 0, prepare(work.resolve("here")));
    }

    private void compare(String script, Path work, Path there, int user, Path here) throws Exception {
        List<String> lines = script.lines().filter(line -> !line.isBlank()).toList();
        Path file = Files.write(work.resolve("script"), lines);
        HostTools.Ending host = HostTools.end(
                work, Path.of("/dev/null"), program.toString(), file.toString(), there.toString(), "" + user);
        HostTools.requireLeave(host.status() != 77, "chroot(2)");
        assertThat(host.status()).isZero();
        List<String> expected =
                new String(host.output(), StandardCharsets.UTF_8).lines().toList();
        List<String> actual = ours(here, lines);
        assertThat(differences(lines, actual, expected)).isEmpty();
    }

    /** f with ten bytes, d with a file in it, links of all sorts. */
    private static Path prepare(Path root) throws IOException {
        Files.createDirectories(root.resolve("d/e"));
        Files.writeString(root.resolve("f"), "0123456789");
        Files.writeString(root.resolve("d/g"), "g");
        link(root, "to_f", "f");
        link(root, "to_d", "d");
        link(root, "to_root", "/");
        link(root, "to_abs", "/d/g");
        link(root, "to_up", "../../../../f");
        link(root, "to_nothing", "nothing");
        link(root, "to_slash", "nothing/");
        link(root, "to_self", "to_self");
        link(root, "to_file_slash", "f/");
        String last = "f";
        for (int i = 1; i <= 41; i++) {
            link(root, "chain" + i, last);
            last = "chain" + i;
        }
        return root;
    }

    private static void link(Path root, String name, String target) throws IOException {
        Files.createSymbolicLink(root.resolve(name), Path.of(target.replaceFirst("(.)/$", "$1/.")));
    }

    private static List<String> differences(List<String> lines, List<String> actual, List<String> expected) {
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String here = i < actual.size() ? actual.get(i) : "nothing";
            String there = i < expected.size() ? expected.get(i) : "nothing";
            if (!here.equals(there)) {
                differences.add("%s (line %d) gives %s instead of %s".formatted(lines.get(i), i + 1, here, there));
            }
        }
        return differences;
    }

    private static List<String> tree(Path root) throws IOException {
        List<String> entries = new ArrayList<>();
        try (var paths = Files.walk(root)) {
            for (Path path : paths.sorted().toList()) {
                String content = Files.isSymbolicLink(path)
                        ? "-> " + Files.readSymbolicLink(path)
                        : Files.isDirectory(path)
                                ? "/"
                                : new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1);
                entries.add(root.relativize(path) + " "
                        + (Files.isSymbolicLink(path)
                                ? ""
                                : Files.getPosixFilePermissions(path).stream()
                                        .sorted()
                                        .toList())
                        + content);
            }
        }
        return entries;
    }

    // -- our side
    // ------------------------------------------------------------------------------------------------------

    private static List<String> ours(Path root, List<String> lines) throws IOException {
        Caller.Setting setting = new Caller.Setting(root);
        setting.first = 3;
        Caller caller = new Caller(setting);
        fill(caller, EDGE - 0x2000, 0x2000, 'e');
        fill(caller, Caller.BUFFER, 1 << 17, 'b');
        caller.page(EDGE);
        List<String> results = new ArrayList<>();
        for (String line : lines) {
            results.add(result(caller, line.strip().split(" +")));
        }
        caller.process.descriptors().close();
        return results;
    }

    private static void fill(Caller caller, long address, int length, char value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        caller.mmu.writeUser(address, bytes, 0, length);
    }

    private static String result(Caller caller, String[] words) {
        switch (words[0]) {
            case "mode" -> {
                Structure stat = Structure.of(caller.get(Caller.BUFFER, 144));
                int mode = stat.getInt(24);
                return Integer.toOctalString(mode) + " " + ((mode & 0170000) == 0040000 ? 0 : stat.getLong(48));
            }
            case "put" -> {
                long value = argument(caller, words[2], TEXT);
                caller.mmu.writeUser(
                        Caller.BUFFER + Integer.parseInt(words[1]),
                        new Structure(8).putLong(0, value).bytes(),
                        0,
                        8);
                return "";
            }
            case "bytes" -> {
                StringBuilder hex = new StringBuilder();
                for (byte b : caller.get(Caller.BUFFER, Integer.parseInt(words[1]))) {
                    hex.append("%02x".formatted(b));
                }
                return hex.toString();
            }
            default -> {
                long[] arguments = new long[6];
                for (int i = 1; i < words.length; i++) {
                    arguments[i - 1] = argument(caller, words[i], TEXT + i * 0x4000L);
                }
                return Long.toString(caller.call(Long.parseLong(words[0]), arguments));
            }
        }
    }

    private static long argument(Caller caller, String word, long text) {
        if (word.startsWith("b")) {
            return Caller.BUFFER + (word.length() > 2 ? Long.parseLong(word.substring(2)) : 0);
        }
        if (word.startsWith("e")) {
            return EDGE - Long.parseLong(word.substring(2));
        }
        if (word.startsWith("s:")) {
            return caller.string(text, word.substring(2));
        }
        if (word.startsWith("S:")) {
            return caller.string(text, "n".repeat(Integer.parseInt(word.substring(2))));
        }
        return Long.decode(word);
    }
}
