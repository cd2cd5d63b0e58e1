package io.scratchvm.vmm.linux;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Files that are made other than by opening them, and what is told of the file system, here and by the host's kernel. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeCallsLinuxTest {
    private HostLinux linux;

    @BeforeAll
    void compile(@TempDir Path directory) throws Exception {
        linux = new HostLinux(directory);
    }

    @Test
    void makeRegularFiles() throws Exception {
        linux.compare(
                """
                133 s:d/new 0100666 0
                4 s:d/new b
                mode
                133 s:d/new 0100666 0
                133 s:d/plain 0600 0
                259 -100 s:d/at 0100444 0
                133 s:nothing/new 0100666 0
                133 s:f/new 0100666 0
                133 s:new/ 0100666 0
                133 s:to_nothing 0100666 0
                133 s:d/directory 0040777 0
                133 s:d/link 0120777 0
                133 s:d/unknown 0170000 0
                259 99 s:x 0100666 0
                133 0 0100666 0
                """);
    }

    @Test
    void makeNoDevicesForAnOrdinaryUser() throws Exception {
        linux.compareAsUser("133 s:f 0020666 259\n133 s:nothing/x 0060666 259\n133 s:d/dir 0040777 0\n");
    }

    @Test
    void makeFilesInMemory() throws Exception {
        linux.compare(
                """
                319 s:name 0
                5 3 b
                mode
                77 3 100
                1 3 b 50
                8 3 0 1
                17 3 b 100 40
                bytes 20
                5 3 b
                3 3
                319 s:name 1
                72 3 1 0
                72 3 3 0
                3 3
                319 S:249 3
                3 3
                319 S:250 0
                319 s: 0
                3 3
                319 0 0
                319 s:name 0x100
                """);
    }

    /** Sizes are the host's own; that there are answers is the same. */
    @Test
    void tellsOfTheFileSystem() throws Exception {
        linux.compare(
                """
                137 s:f b
                137 s:to_d b
                137 s:nothing b
                137 s:f/x b
                137 s:f -1
                2 s:d 0 0
                138 3 b
                138 99 b
                """);
    }

    /** In /proc, the host's kernel keeps none either. */
    @Test
    void knowsNoExtendedAttributes() throws Exception {
        linux.compareKernelFiles(
                """
                191 s:/proc/self s:user.name b 100
                192 s:/proc/self/fd/0 s:user.name b 100
                189 s:/proc/self/fd/0 s:user.name b 10 0
                191 s:/dev/null s:user.name b 100
                188 s:/dev/null s:user.name b 10 0
                191 s:/proc/self/nothing s:user.name b 100
                191 s:/proc/self s: b 100
                191 s:/proc/self S:255 b 100
                191 s:/proc/self S:256 b 100
                191 s:/proc/self 0 b 100
                194 s:/proc/self b 100
                196 99 b 100
                193 99 s:user.name b 100
                """);
    }
}
