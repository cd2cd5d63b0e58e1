package io.scratchvm.vmm.linux;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Calls that change and copy files and what is noted of them, here and in the host's kernel. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FileCallsLinuxTest {
    private HostLinux linux;

    @BeforeAll
    void compile(@TempDir Path directory) throws Exception {
        linux = new HostLinux(directory);
    }

    @Test
    void links() throws Exception {
        StringBuilder script = new StringBuilder();
        for (String path : List.of("f", "d", "to_f", "to_d", "to_nothing", "to_self", "nothing", "f/", "d/", "f/x")) {
            for (String link : List.of("f", "d", "new", "new/", "d/new", "nothing/new", "to_nothing", "f/x", "/", "")) {
                script.append("86 s:%s s:%s\n6 s:%s b\nmode\n87 s:new\n87 s:d/new\n".formatted(path, link, link));
            }
        }
        linux.compare(
                script
                        + """
                265 -100 s:to_f -100 s:followed 0x400
                6 s:followed b
                mode
                265 -100 s:to_f -100 s:kept 0
                6 s:kept b
                mode
                265 -100 s:f -100 s:other 0x100
                265 99 s:f -100 s:other 0
                265 -100 s:f 99 s:other 0
                86 0 s:other
                86 s:f 0
                2 s:followed 2 0
                1 3 b+200 3
                4 s:f b
                mode
                """);
    }

    @Test
    void linksSymbolically() throws Exception {
        StringBuilder script = new StringBuilder();
        for (String link :
                List.of("f", "d", "new", "new2/", "d/new", "nothing/new", "to_nothing", "f/x", "/", "", ".")) {
            script.append("88 s:some/where s:%s\n89 s:%s b 20\nbytes 20\n".formatted(link, link));
        }
        linux.compare(
                script
                        + """
                88 s: s:empty
                88 0 s:x
                88 s:x 0
                88 S:4095 s:long
                88 S:4096 s:long
                88 s:/d s:absolute
                2 s:absolute/g 0 0
                2 s:d 0x10000 0
                266 s:../f 4 s:up
                2 s:d/up 0 0
                266 s:f 99 s:x
                266 s:f 3 s:x
                """);
    }

    @Test
    void changesRights() throws Exception {
        StringBuilder script = new StringBuilder();
        for (String path : List.of("f", "d", "to_f", "to_d", "to_nothing", "to_self", "nothing", "f/", "f/x", "")) {
            script.append("90 s:%s 0640\n4 s:%s b\nmode\n".formatted(path, path));
            script.append("268 -100 s:%s 0755\n6 s:%s b\nmode\n".formatted(path, path));
        }
        linux.compareAsUser(
                script
                        + """
                2 s:f 2 0
                91 3 0600
                5 3 b
                mode
                90 s:f 0444
                5 3 b
                mode
                1 3 b 1
                2 s:f 2 0
                21 s:f 2
                21 s:f 4
                87 s:f
                91 3 0111
                5 3 b
                mode
                91 99 0
                268 99 s:f 0
                92 s:d 1000 1000
                92 s:d -1 -1
                92 s:d 0 -1
                92 s:d -1 0
                92 s:nothing -1 -1
                94 s:to_nothing -1 -1
                92 s:to_nothing -1 -1
                93 3 1000 -1
                93 3 1 -1
                93 99 -1 -1
                260 -100 s:d -1 -1 0x100
                260 -100 s:d -1 -1 0x200
                260 3 s: -1 -1 0x1000
                260 3 s: 7 -1 0x1000
                """);
    }

    @Test
    void changesTimes() throws Exception {
        linux.compareAsUser(
                """
                280 -100 s:f 0 0
                280 -100 s:nothing 0 0
                280 -100 s:f b 0
                280 -100 s:f -1 0
                280 -100 s:f 0 0x200
                280 -100 s:to_nothing 0 0
                280 -100 s:to_nothing 0 0x100
                280 99 0 0 0
                280 -100 0 0 0
                280 99 s:f 0 0
                2 s:f 0 0
                280 3 0 0 0
                280 3 s:x 0 0
                280 3 s: 0 0x1000
                235 s:f 0
                235 s:f b
                235 s:nothing 0
                132 s:f 0
                132 s:nothing 0
                132 s:f -1
                261 -100 s:f 0
                261 -100 s:f b
                261 3 0 0
                put 0 1000000000
                put 8 500
                put 16 -5
                put 24 999999999
                280 -100 s:f b 0
                235 s:f b
                132 s:f b
                put 24 1000000000
                280 -100 s:f b 0
                put 8 0x3fffffff
                put 24 0x3ffffffe
                280 -100 s:f b 0
                280 -100 s:nothing b 0
                put 8 0x3ffffffe
                280 -100 s:nothing b 0
                280 99 s:nothing b 0x7777
                put 0 -4000000000000000
                put 8 0
                280 -100 s:f b 0
                """);
    }

    @Test
    void growsFiles() throws Exception {
        linux.compare(
                """
                2 s:f 2 0
                285 3 0 0 100
                5 3 b
                mode
                285 3 1 0 10000
                5 3 b
                mode
                285 3 0 5 5
                5 3 b
                mode
                285 3 0 -1 5
                285 3 0 5 0
                285 3 0 5 -1
                285 3 0x40000000 0 1
                285 99 0 0 1
                2 s:f 0 0
                285 4 0 0 1
                2 s:d 0 0
                285 5 0 0 1
                221 3 0 0 0
                221 3 0 0 5
                221 3 0 0 6
                221 3 0 -1 0
                221 99 0 0 0
                221 5 0 0 0
                187 3 0 100
                187 5 0 100
                187 99 0 100
                277 3 0 100 7
                277 3 0 100 8
                277 3 -1 100 7
                277 3 0 -1 7
                162
                306 3
                306 99
                """);
    }

    @Test
    void copies() throws Exception {
        linux.compare(
                """
                2 s:f 0 0
                2 s:to 0x42 0600
                40 4 3 0 4
                40 4 3 0 100
                40 4 3 0 100
                8 4 0 1
                8 3 0 1
                40 3 4 0 1
                40 4 99 0 1
                40 99 3 0 1
                40 4 3 -1 1
                40 4 3 0 -1
                2 s:d 0 0
                40 4 5 0 1
                40 5 3 0 1
                2 s:f 1025 0
                40 6 3 0 1
                8 3 2 0
                326 3 0 4 0 3 0
                326 3 0 4 0 100 0
                326 3 0 4 0 100 0
                326 3 0 4 0 1 1
                326 5 0 4 0 1 0
                326 3 0 5 0 1 0
                326 3 0 6 0 1 0
                326 4 0 3 0 1 0
                326 99 0 4 0 1 0
                326 3 0 99 0 1 0
                8 4 0 0
                326 4 0 4 0 100 0
                17 4 b 100 0
                bytes 24
                """);
    }

    @Test
    void transfersAtPositions() throws Exception {
        linux.compare(
                """
                2 s:f 2 0
                put 0 b+100
                put 8 2
                put 16 b+200
                put 24 3
                put 32 -1
                put 40 1
                295 3 b 2 1
                8 3 0 1
                296 3 b 2 8
                5 3 b+400
                295 3 b 3 1
                296 3 b 3 0
                327 3 b 2 5 0
                327 3 b 2 -1 0
                8 3 0 1
                328 3 b 1 -1 0 0
                8 3 0 1
                327 3 b 2 1 0 0x10000
                2 s:f 1025 0
                296 4 b 2 0
                295 3 b -1 0
                295 3 b 0 0
                295 3 b 0 -1
                295 3 b 1 0
                295 99 b 0 0
                296 3 b 0 5
                296 99 b 0 0
                327 3 b 0 -1 0 0
                327 3 b 0 -2 0 0
                328 3 b 0 0 0 0
                328 99 b 0 0 0 0
                295 3 0 1 0
                295 3 e-8 1 0
                """);
    }

    @Test
    void controlsDescriptors() throws Exception {
        linux.compare(
                """
                2 s:f 2 0
                2 s:f 0 0
                16 3 0x5451 0
                72 3 1
                16 3 0x5450 0
                72 3 1
                16 3 0x541b b
                bytes 4
                0 3 b 4
                16 3 0x541b b
                bytes 4
                16 3 0x541b -1
                16 99 0x5451 0
                16 3 0x5421 -1
                put 0 1
                16 3 0x5421 b
                72 3 3
                put 0 0
                16 3 0x5421 b
                72 3 3
                2 s:d 0 0
                16 5 0x5401 b
                436 6 5 0
                436 4 4 8
                436 4 4 4
                72 4 1
                436 4 4 0
                3 4
                3 5
                436 100 899 0
                3 3
                """);
    }

    @Test
    void opensDevices() throws Exception {
        StringBuilder script = new StringBuilder("put 100 0x1122334455667788\n");
        for (String device : List.of("null", "zero", "full")) {
            script.append(
                    """
                    4 s:/dev/%1$s b
                    mode
                    2 s:/dev/%1$s 2 0
                    put 0 0x7777777777777777
                    0 3 b 5
                    bytes 5
                    1 3 b 5
                    8 3 100 0
                    8 3 0 1
                    17 3 b 5 100
                    18 3 b 5 100
                    5 3 b
                    mode
                    77 3 0
                    74 3
                    16 3 0x5401 b
                    72 3 3
                    3 3
                    2 s:/dev/%1$s 0x241 0666
                    1 3 b 7
                    0 3 b 1
                    3 3
                    2 s:/dev/%1$s 0x401 0
                    1 3 b 7
                    3 3
                    2 s:/dev/%1$s 0xc1 0
                    2 s:/dev/%1$s 0x10000 0
                    2 s:/dev/%1$s/x 0 0
                    21 s:/dev/%1$s 6
                    89 s:/dev/%1$s b 5
                    """
                            .formatted(device));
        }
        linux.compareKernelFiles(
                script
                        + """
                2 s:/dev/urandom 0 0
                0 3 b 100
                17 3 b 10 5
                8 3 5 0
                3 3
                2 s:/dev/nothing 0 0
                89 s:/dev/stdin b 100
                89 s:/dev/fd b 100
                2 s:/proc/self/fd/3 0 0
                2 s:/proc/self/fd/x 0 0
                """);
    }

    @Test
    void waitsForFiles() throws Exception {
        linux.compare(
                """
                2 s:f 2 0
                put 0 0x700000003
                put 8 0x1000000001
                7 b 1 -1
                bytes 8
                put 0 0xffff00000003
                7 b 1 0
                bytes 8
                put 0 0x100000063
                put 8 0x1000000ffffffff
                put 16 0x400000001
                7 b 3 100
                bytes 24
                7 b 0 0
                7 b 0 1
                7 -1 1 0
                7 b 2000 0
                put 100 0
                put 108 1000
                put 0 0x0
                7 b+8 1 1
                271 b+8 1 b+100 0 8
                put 108 1000000000
                271 b+8 1 b+100 0 8
                put 108 -1
                271 b+8 1 b+100 0 8
                put 100 0
                put 108 0
                put 200 8
                put 300 8
                put 400 8
                23 4 b+200 b+300 b+400 b+100
                17 3 b 0 0
                23 4 b+200 0 0 b+100
                23 3 b+200 0 0 b+100
                put 200 16
                23 5 b+200 0 0 b+100
                23 -1 0 0 0 b+100
                23 0 0 0 0 b+100
                put 108 500
                23 0 0 0 0 b+100
                put 200 8
                23 4 -1 0 0 b+100
                put 100 -1
                23 4 b+200 0 0 b+100
                put 100 0
                put 200 8
                270 4 0 b+200 0 b+100 0
                put 108 1000000000
                270 4 0 b+200 0 b+100 0
                """);
    }

    @Test
    void hasNoSockets() throws Exception {
        StringBuilder script = new StringBuilder("2 s:f 2 0\n41 77 1 0\n53 77 1 0 b\n");
        for (int call : new int[] {42, 43, 44, 45, 48, 49, 50, 51, 52, 54, 55, 288}) {
            script.append("%d 99 b 0 0 0 0\n%d 3 b 0 0 0 0\n".formatted(call, call));
        }
        linux.compare(script.toString());
    }
}
