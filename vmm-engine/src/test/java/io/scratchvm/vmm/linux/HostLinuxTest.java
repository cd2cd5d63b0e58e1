package io.scratchvm.vmm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.scratchvm.vmm.HostTools;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same calls here and in the host's kernel, in a directory that is the root of both: chroot(2) there. Results and
 * what becomes of the directory must be the same.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostLinuxTest {
    private static final long EDGE = 0x3_0000, TEXT = 0x4_0000;

    private Path directory;
    private Path program;

    @BeforeAll
    void compile(@TempDir Path directory) throws Exception {
        this.directory = directory;
        HostTools.requireLinuxOnX86();
        HostTools.require("gcc");
        Path source = directory.resolve("calls.c");
        try (InputStream in = HostLinuxTest.class.getResourceAsStream("calls.c")) {
            Files.copy(in, source);
        }
        program = directory.resolve("calls");
        HostTools.run(directory, "gcc", "-O1", "-o", program.toString(), source.toString());
    }

    private void compare(String script) throws Exception {
        Path work = Files.createTempDirectory(directory, "case");
        List<String> lines = script.lines().filter(line -> !line.isBlank()).toList();
        Path there = prepare(work.resolve("there"));
        Path here = prepare(work.resolve("here"));
        Path file = Files.write(work.resolve("script"), lines);
        HostTools.Ending host =
                HostTools.end(work, Path.of("/dev/null"), program.toString(), file.toString(), there.toString());
        assumeTrue(host.status() != 77, "chroot(2) is not allowed to us");
        assertThat(host.status()).isZero();
        List<String> expected =
                new String(host.output(), StandardCharsets.UTF_8).lines().toList();
        List<String> actual = ours(here, lines);
        assertThat(zip(lines, actual)).isEqualTo(zip(lines, expected));
        assertThat(tree(here)).isEqualTo(tree(there));
        // JUnit warns of links that lead out when it deletes a temporary directory.
        Files.deleteIfExists(here.resolve("to_root"));
        Files.deleteIfExists(there.resolve("to_root"));
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

    private static List<String> zip(List<String> lines, List<String> results) {
        List<String> zipped = new ArrayList<>();
        for (int i = 0; i < Math.max(lines.size(), results.size()); i++) {
            zipped.add((i < lines.size() ? lines.get(i) : "?") + " -> " + (i < results.size() ? results.get(i) : "?"));
        }
        return zipped;
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

    // -- the scripts -------------------------------------------------------------------------------------------------

    @Test
    void opens() throws Exception {
        StringBuilder script = new StringBuilder();
        String[] paths = {
            "f",
            "./f",
            "f/",
            "f/.",
            "f/..",
            "f/x",
            "d",
            "d/",
            "d/.",
            "d/../f",
            "d/g",
            "d/nothing",
            "nothing",
            "nothing/",
            "nothing/x",
            "nothing/..",
            "/",
            "/f",
            "//f",
            "../f",
            "../../d/../../f",
            "/..",
            ".",
            "..",
            "to_f",
            "to_f/",
            "to_d",
            "to_d/",
            "to_d/g",
            "to_d/../f",
            "to_root",
            "to_root/f",
            "to_abs",
            "to_up",
            "to_nothing",
            "to_slash",
            "to_self",
            "to_self/x",
            "to_file_slash",
            "chain40",
            "chain41",
            "d//g",
            "d/./e/../g"
        };
        int[] flags = {0, 1, 2, 3 << 16, 0x10000, 0x20000, 0x30000, 0x200, 0x201, 0x401, 0x8000, 0x80000};
        for (String path : paths) {
            for (int flag : flags) {
                script.append("2 s:").append(path).append(' ').append(flag).append(" 0\n3 3\n");
            }
        }
        compare(script.toString());
    }

    @Test
    void creates() throws Exception {
        String[] paths = {
            "f",
            "new",
            "new2/",
            "d",
            "d/",
            "d/new",
            "nothing/new",
            "f/new",
            "to_f",
            "to_nothing",
            "to_self",
            "to_d",
            "to_slash",
            ".",
            "..",
            "/",
            "f/",
            "f/x/",
            "nothing/x/",
            "to_f/",
            "d//",
            "/new3",
            "../new4",
            "chain40",
            "to_root/new5",
            "to_abs"
        };
        StringBuilder script = new StringBuilder();
        script.append("2 s:unread 0x40 0444\n1 3 b 1\n3 3\n2 s:unread2 0xc0 0\n0 3 b 1\n3 3\n");
        for (String path : paths) {
            for (int flag : new int[] {0x41, 0xc2, 0x42, 0x242, 0xc0, 0x20042, 0x200c2}) {
                script.append("2 s:").append(path).append(' ').append(flag).append(" 0777\n3 3\n");
                if (path.startsWith("new") && flag == 0x41) {
                    script.append("4 s:")
                            .append(path)
                            .append(" b\n87 s:")
                            .append(path)
                            .append('\n');
                }
            }
        }
        compare(script.toString());
    }

    @Test
    void limitsNames() throws Exception {
        compare(
                """
                2 S:255 66 0644
                2 S:256 66 0644
                2 S:4095 0 0
                2 S:4096 0 0
                2 S:5000 0 0
                2 s: 0 0
                2 0 0 0
                2 -1 0 0
                2 e-1 0 0
                2 e-0 0 0
                4 S:256 b
                83 S:256 0777
                """);
    }

    @Test
    void readsAndWrites() throws Exception {
        compare(
                """
                2 s:f 2 0
                0 3 b 4
                bytes 6
                0 3 b 100
                0 3 b 100
                0 3 b 0
                1 3 b 5
                8 3 -3 2
                0 3 b 2
                8 3 2 1
                8 3 -100 1
                8 3 -1 0
                8 3 0 7
                8 3 100 0
                1 3 b 1
                5 3 b
                mode
                17 3 b 5 2
                bytes 5
                17 3 b 5 -1
                17 3 b 5 1000
                18 3 b 2 0
                8 3 0 1
                0 3 -1 1
                0 3 b -1
                1 3 0x7fffffffffff 4096
                0 99 b 1
                0 -1 b 1
                1 3 e-3 10
                1 3 e-0 10
                8 3 0 0
                0 3 e-3 10
                8 3 0 1
                0 3 e-0 10
                8 3 0 1
                1 3 e-5000 6000
                77 3 7
                77 3 -1
                77 99 0
                77 3 50
                5 3 b
                mode
                3 3
                3 3
                2 s:f 0 0
                1 3 b 1
                77 3 0
                2 s:f 1 0
                0 4 b 1
                2 s:f 1025 0
                8 5 0 0
                1 5 b 3
                8 5 0 1
                18 5 b 2 0
                8 5 0 1
                2 s:d 0 0
                0 6 b 10
                1 6 b 10
                77 6 0
                76 s:f 3
                76 s:d 3
                76 s:nothing 3
                76 s:f -3
                8 3 0 3
                8 3 1000 3
                8 3 0 4
                74 3
                75 3
                74 99
                """);
    }

    @Test
    void refusesVectors() throws Exception {
        compare(
                """
                2 s:f 2 0
                19 3 b -1
                19 3 b 1025
                19 3 0 1
                20 3 e-8 1
                19 3 b 0
                20 3 b 0
                20 99 b 0
                19 99 b 0
                """);
    }

    @Test
    void duplicates() throws Exception {
        compare(
                """
                2 s:f 2 0
                32 3
                0 4 b 3
                8 3 0 1
                33 3 10
                33 3 3
                33 99 99
                33 3 -1
                33 3 1024
                33 99 3
                292 3 3 0
                292 3 11 1
                292 3 11 0x80000
                72 11 1
                72 10 1
                72 10 2 1
                72 10 1
                72 3 3
                72 3 4 1024
                72 3 3
                72 3 0 20
                72 3 1030 20
                72 21 1
                72 3 0 5000
                72 3 0 -1
                72 99 1
                72 3 777
                3 3
                0 4 b 3
                3 10
                3 4
                2 s:d/g 0 0
                16 3 0x5401 b
                16 3 0x5413 b
                16 99 0x5401 b
                """);
    }

    @Test
    void managesNames() throws Exception {
        compare(
                """
                83 s:n 0777
                83 s:n 0777
                83 s:n/m/ 0700
                83 s:nothing/m 0777
                83 s:f/m 0777
                83 s:. 0777
                83 s:/ 0777
                83 s:to_nothing 0777
                4 s:n b
                mode
                84 s:n
                84 s:n/.
                84 s:n/..
                84 s:n/m
                84 s:f
                84 s:nothing
                84 s:/
                84 s:to_d
                87 s:d
                87 s:nothing
                87 s:to_nothing
                87 s:f/
                263 -100 s:n 0
                263 -100 s:n 0x200
                263 -100 s:n 0x100
                82 s:f s:h
                82 s:nothing s:h
                82 s:h s:h
                82 s:h s:d
                82 s:d s:h
                82 s:d s:d/e/x
                82 s:d/e s:d
                82 s:h s:nothing/x
                82 s:h s:h2/
                82 s:. s:x
                82 s:x s:..
                82 s:/ s:x
                82 s:d s:d2
                83 s:d3 0777
                82 s:d3 s:d2
                82 s:d2 s:d3
                82 s:to_self s:to_other
                316 -100 s:h -100 s:d3/g 1
                316 -100 s:h -100 s:d3/g 0
                316 -100 s:h -100 s:d3/g 99
                """);
    }

    @Test
    void tellsStatus() throws Exception {
        StringBuilder script = new StringBuilder();
        for (String path :
                List.of("f", "d", "to_f", "to_d", "to_nothing", "to_self", "f/", "d/", "nothing", "/", "to_d/")) {
            script.append("4 s:")
                    .append(path)
                    .append(" b\nmode\n6 s:")
                    .append(path)
                    .append(" b\nmode\n");
            script.append("262 -100 s:").append(path).append(" b 0x100\nmode\n");
            script.append("21 s:").append(path).append(" 0\n21 s:").append(path).append(" 8\n");
            script.append("89 s:").append(path).append(" b 4\n");
            script.append(path.startsWith("to_") && !path.endsWith("/") ? "bytes 1\n" : "");
        }
        script.append(
                """
                262 -100 s:f b 0x7777777
                262 -100 s:f -1 0
                262 99 s:f b 0
                262 99 s:/f b 0
                262 -100 s: b 0
                2 s:f 0 0
                262 3 s: b 0x1000
                mode
                262 3 s:x b 0
                2 s:d 0x10000 0
                262 4 s:g b 0
                mode
                5 4 b
                mode
                5 99 b
                5 3 -1
                89 s:to_f b 0
                89 s:to_f -1 5
                269 -100 s:f 4
                439 -100 s:f 4 0
                439 -100 s:f 4 0x8000
                257 4 s:g 0 0
                257 3 s:g 0 0
                257 4 s:../f 0 0
                """);
        compare(script.toString());
    }

    @Test
    void walksAbout() throws Exception {
        compare(
                """
                79 b 100
                bytes 2
                80 s:d/e
                79 b 100
                bytes 5
                79 b 4
                79 b 0
                79 -1 100
                2 s:../g 0 0
                2 s:../../../f 0 0
                80 s:nothing
                80 s:/f
                80 s:/to_d
                79 b 100
                bytes 3
                2 s:.. 0 0
                81 5
                79 b 100
                81 3
                81 99
                95 077
                95 0
                95 022
                """);
    }

    @Test
    void answersAboutTheProcess() throws Exception {
        compare(
                """
                13 9 b 0 8
                13 0 0 0 8
                13 65 0 0 8
                13 2 0 b 4
                13 2 0 b 8
                bytes 32
                14 0 0 b 8
                bytes 8
                14 7 b b 8
                14 0 -1 0 8
                158 0x1003 b+64
                158 0x7777 b
                158 0x1002 -1
                158 0x1002 0x800000000000
                318 b 0 0
                318 -1 10 0
                318 b 10 0x100
                228 99 b
                228 0 -1
                228 0 0
                229 1 0
                229 99 b
                35 -1 0
                96 0 0
                201 -1
                302 0 99 0 b
                302 0 7 0 -1
                302 -1 7 0 b
                273 b 23
                24
                62 999999 0
                """);
    }
}
