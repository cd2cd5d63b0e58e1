package io.scratchvm.vmm.linux;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an ordinary user is refused here is refused by the host's kernel, too, as far as every kernel has the call. */
class PrivilegedCallsLinuxTest {
    @Test
    void areRefused(@TempDir Path directory) throws Exception {
        new HostLinux(directory)
                .compareAsUser(
                        """
                        103 5 0 0
                        153
                        155 s:d s:d/e
                        161 s:d
                        163 s:f
                        put 0 1
                        put 8 0
                        164 b b
                        165 s:f s:d s:ext4 0 0
                        166 s:d 0
                        167 s:f 0
                        168 s:f
                        169 1 2 3 0
                        170 s:name 4
                        171 s:name 4
                        227 0 b
                        """);
    }
}
