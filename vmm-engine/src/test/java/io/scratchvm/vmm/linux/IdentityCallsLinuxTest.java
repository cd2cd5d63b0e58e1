package io.scratchvm.vmm.linux;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a program is told of itself and may make of itself, here and by the host's kernel, as the same user. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IdentityCallsLinuxTest {
    private HostLinux linux;

    @BeforeAll
    void compile(@TempDir Path directory) throws Exception {
        linux = new HostLinux(directory);
    }

    @Test
    void knowsWhoItIs() throws Exception {
        StringBuilder script = new StringBuilder("102\n104\n107\n108\n115 0 0\n115 10 b\n115 -1 b\n116 0 0\n");
        for (int number : new int[] {105, 106, 122, 123}) {
            for (String id : new String[] {"1000", "0", "-1", "1001"}) {
                script.append("%d %s\n".formatted(number, id));
            }
        }
        for (int number : new int[] {113, 114, 117, 119}) {
            for (String ids :
                    new String[] {"-1 -1 -1", "1000 -1 1000", "-1 1000 -1", "0 -1 -1", "-1 0 -1", "-1 1000 0"}) {
                if (number >= 117 || !ids.endsWith(" 0")) {
                    script.append("%d %s\n".formatted(number, ids));
                }
            }
        }
        linux.compareAsUser(
                script
                        + """
                118 b b+4 b+8
                bytes 12
                120 b b+4 b+8
                bytes 12
                118 -1 b b
                118 b -1 b
                125 b b+8
                bytes 4
                put 0 0x20080522
                put 4 0
                125 b b+8
                bytes 32
                126 b b+8
                put 8 1
                126 b b+8
                125 b 0
                125 -1 b
                """);
    }

    @Test
    void isScheduledAsAnyOther() throws Exception {
        linux.compareAsUser(
                """
                24
                140 0 0
                140 1 0
                140 2 0
                140 3 0
                140 0 999999
                140 2 1000
                141 3 0 0
                141 0 999999 0
                141 0 0 -1
                141 0 0 5
                140 0 0
                141 0 0 4
                141 0 0 99
                140 0 0
                97 13 b
                bytes 16
                97 14 b
                bytes 16
                145 0
                145 -1
                145 999999
                143 0 b
                bytes 4
                143 0 0
                143 0 -1
                143 -1 b
                put 100 0
                144 0 0 b+100
                144 0 1 b+100
                142 0 b+100
                put 100 1
                144 0 1 b+100
                144 0 0 b+100
                put 100 100
                144 0 2 b+100
                144 0 0 b
                144 0 1 b
                144 0 77 b
                144 0 0 0
                144 0 0 -1
                144 999999 0 b
                142 0 b
                142 0 0
                146 0
                146 1
                146 2
                146 3
                146 4
                146 5
                146 6
                147 0
                147 1
                147 2
                147 4
                148 -1 b
                148 999999 b
                148 0 -1
                204 0 7 b
                204 0 12 b
                203 0 0 b
                203 0 8 -1
                put 0 1
                203 0 8 b
                put 0 0
                203 0 8 b
                309 0 0
                309 -1 0
                """);
    }

    @Test
    void knowsWhatItUses() throws Exception {
        linux.compareAsUser(
                """
                98 2 b
                98 -2 b
                98 0 b
                98 1 b
                98 -1 b
                bytes 16
                98 0 -1
                99 b
                99 -1
                100 -1
                """);
    }

    @Test
    void limitsItself() throws Exception {
        linux.compareAsUser(
                """
                2 s:f 0 0
                put 0 20
                put 8 500
                302 0 7 b b+16
                302 0 7 0 b
                bytes 16
                97 7 b
                bytes 16
                72 3 0 19
                72 3 0 20
                33 3 20
                33 3 18
                put 8 501
                160 7 b
                put 0 501
                put 8 500
                160 7 b
                160 99 b
                97 16 b
                160 7 -1
                97 7 -1
                put 0 100
                put 8 100
                160 0 b
                97 0 b
                bytes 16
                302 999999 7 0 b
                """);
    }
}
