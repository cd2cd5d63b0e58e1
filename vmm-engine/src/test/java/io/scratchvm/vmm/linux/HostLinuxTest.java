package io.scratchvm.vmm.linux;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The calls that every program makes, here and in the host's kernel. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostLinuxTest {
    private HostLinux linux;

    @BeforeAll
    void compile(@TempDir Path directory) throws Exception {
        linux = new HostLinux(directory);
    }

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
        linux.compare(script.toString());
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
        linux.compare(script.toString());
    }

    @Test
    void limitsNames() throws Exception {
        linux.compare(
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
        linux.compare(
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
        linux.compare(
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
        linux.compare(
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
        linux.compare(
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
        linux.compare(script.toString());
    }

    @Test
    void walksAbout() throws Exception {
        linux.compare(
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
        linux.compare(
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
