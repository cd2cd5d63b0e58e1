package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.linux.Caller.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile guest may try with names. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConfinementTest {
    private static final int RDWR_CREAT = 0x42;

    @TempDir
    Path directory;

    private Path root;
    private Path secret;
    private Caller caller;

    @BeforeEach
    void start() throws Exception {
        root = Files.createDirectory(directory.resolve("root"));
        secret = Files.writeString(directory.resolve("secret"), "secret");
        caller = new Caller(root);
    }

    @Test
    void neverClimbsOutOfTheRoot() throws Exception {
        assertThat(caller.open("../secret", 0, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(caller.open("/../../../../../" + secret, 0, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(caller.open(secret.toString(), 0, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(caller.open("../mine", RDWR_CREAT, 0600)).isEqualTo(8);
        assertThat(root.resolve("mine")).exists();
        assertThat(directory.resolve("mine")).doesNotExist();
    }

    @Test
    void followsNoLinkOutOfTheRoot() throws Exception {
        Files.createSymbolicLink(root.resolve("file"), secret);
        Files.createSymbolicLink(root.resolve("up"), Path.of("../secret"));
        Files.createSymbolicLink(root.resolve("outside"), directory);
        Files.createSymbolicLink(root.resolve("top"), Path.of("/"));
        for (String path : new String[] {"file", "up", "outside/secret", "outside/root/file", "top/etc/passwd"}) {
            assertThat(caller.open(path, 0, 0)).as(path).isEqualTo(-Errno.ENOENT);
            caller.call(76, caller.path(path), 0);
            caller.call(82, caller.path(path), caller.string(SECOND_PATH, "stolen"));
        }
        caller.open("up", RDWR_CREAT | 0x200, 0600);
        caller.call(87, caller.path("outside/secret"));
        caller.call(83, caller.path("outside/new"), 0777);
        assertThat(secret).hasContent("secret");
        try (var names = Files.list(directory)) {
            assertThat(names).containsExactlyInAnyOrder(root, secret);
        }
    }

    @Test
    void givesUpOnLoops() throws Exception {
        Files.createSymbolicLink(root.resolve("a"), Path.of("b/x"));
        Files.createSymbolicLink(root.resolve("b"), Path.of("a/x"));
        Files.createSymbolicLink(root.resolve("wide"), Path.of("wide/wide/wide/wide"));
        assertThat(caller.open("a", RDWR_CREAT, 0600)).isEqualTo(-Errno.ELOOP);
        assertThat(caller.open("wide", 0, 0)).isEqualTo(-Errno.ELOOP);
        assertThat(caller.call(4, caller.path("a"), STRUCTURE)).isEqualTo(-Errno.ELOOP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\\b",
                "..\\secret",
                "\\\\?\\C:\\x",
                "C:",
                "C:x",
                "file:stream",
                "CON",
                "con",
                "NUL",
                "nul.txt",
                "AUX.c",
                "COM1",
                "lpt9.log",
                "COM\u00b9",
                "CONIN$",
                "PRN .x",
                "d/NUL",
                "NUL/x"
            })
    void refusesNamesThatSomeHostReadsOtherwise(String name) throws Exception {
        Files.createDirectory(root.resolve("d"));
        assertThat(caller.open(name, RDWR_CREAT, 0600)).isEqualTo(-Errno.EINVAL);
        assertThat(caller.call(83, caller.path(name), 0777)).isEqualTo(-Errno.EINVAL);
        try (var names = Files.list(root)) {
            assertThat(names).containsExactly(root.resolve("d"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"console", "COM", "COM10", "nullable", "comet1", "a.nul", "LPTX"})
    void takesNamesThatOnlyLookLikeDevices(String name) {
        assertThat(caller.open(name, RDWR_CREAT, 0600)).isEqualTo(8);
    }

    @Test
    void refusesBytesThatAreNoText() {
        for (byte[] bytes : new byte[][] {
            {(byte) 0xff, 0}, {(byte) 0xc0, (byte) 0xaf, 0}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80, 0}
        }) {
            caller.mmu.writeUser(PATH, bytes, 0, bytes.length);
            assertThat(caller.call(OPEN, PATH, RDWR_CREAT, 0600)).isEqualTo(-Errno.EINVAL);
        }
    }

    @Test
    void boundsPathsWithoutAnEnd() {
        byte[] endless = new byte[0x20000];
        Arrays.fill(endless, (byte) 'a');
        caller.put(endless);
        assertThat(caller.call(OPEN, BUFFER, 0, 0)).isEqualTo(-Errno.ENAMETOOLONG);
        assertThat(caller.trace).containsExactly("OPEN 0x10000 0 0 - return -36");
    }

    @Test
    void followsDeepPathsAsFarAsTheHostCan() {
        String deep = "d/".repeat(2000) + "f";
        assertThat(caller.open(deep, 0, 0)).isEqualTo(-Errno.ENOENT);
        for (int i = 0; i < 300; i++) {
            assertThat(caller.call(83, caller.path("n".repeat(200)), 0777)).isIn(0L, (long) -Errno.ENAMETOOLONG);
            caller.call(80, caller.path("n".repeat(200)));
        }
        assertThat(caller.open("x", 0, 0)).isIn((long) -Errno.ENOENT, (long) -Errno.ENAMETOOLONG);
    }

    @Test
    void opensNoPipes() throws Exception {
        HostTools.require("mkfifo");
        HostTools.run(root, "mkfifo", "pipe");
        for (int flags : new int[] {0, 1, 2, 0x41, 0x200, 0x800}) {
            assertThat(caller.open("pipe", flags, 0600)).isEqualTo(-Errno.EACCES);
        }
        assertThat(caller.call(76, caller.path("pipe"), 0)).isEqualTo(-Errno.EACCES);
    }

    @Test
    void hidesTheHostsKernelFromARootThatIsTheHosts() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "the host has no /proc");
        Caller everything = new Caller(new Setting(Path.of("/")));
        assertThat(everything.open("/proc/self/mem", 0, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(everything.open("/dev/tty", 0, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(everything.call(89, everything.path("/proc/self/exe"), BUFFER, 100))
                .isEqualTo(-Errno.ENOENT);
        assertThat(caller.call(89, caller.path("/proc/self/exe"), BUFFER, 100)).isEqualTo(-Errno.ENOENT);
        assertThat(everything.open("/proc/cpuinfo", 0, 0)).isEqualTo(-Errno.ENOENT);
        assertThat(everything.open("/dev/mem", 0, 0)).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void runsOutOfDescriptorsBeforeTheHostDoes() {
        int opened = 0;
        while (caller.open("f", RDWR_CREAT, 0600) >= 0) {
            opened++;
        }
        assertThat(opened).isEqualTo(1024 - 8);
        assertThat(caller.vcpu.gpr[0]).isEqualTo(-Errno.EMFILE);
        assertThat(caller.call(32, 8)).isEqualTo(-Errno.EMFILE);
    }

    @Test
    void keepsTheMonitorsDescriptorsToItself() {
        caller.open("f", RDWR_CREAT, 0600);
        for (int reserved = 3; reserved < 8; reserved++) {
            assertThat(caller.call(33, 8, reserved)).isEqualTo(-Errno.EBADF);
            assertThat(caller.call(CLOSE, reserved)).isEqualTo(-Errno.EBADF);
            assertThat(caller.call(WRITE, reserved, BUFFER, 1)).isEqualTo(-Errno.EBADF);
        }
        assertThat(caller.call(72, 8, 0, 3)).isEqualTo(9);
        caller.call(CLOSE, 0);
        assertThat(caller.open("f", 0, 0)).isZero();
    }

    @Test
    void listsDirectoriesInOrder() throws Exception {
        Files.createDirectory(root.resolve("d"));
        for (String name : new String[] {"c", "a", "bbbbbbbbbb"}) {
            Files.writeString(root.resolve("d").resolve(name), "");
        }
        caller.open("d", 0x10000, 0);
        StringBuilder names = new StringBuilder();
        for (long n = caller.call(217, 8, BUFFER, 64); n > 0; n = caller.call(217, 8, BUFFER, 64)) {
            Structure entries = Structure.of(caller.get(BUFFER, (int) n));
            for (int at = 0; at < n; at += entries.getInt(at + 16) & 0xffff) {
                String name = new String(entries.bytes(), at + 19, 32 < n - at - 19 ? 32 : (int) n - at - 19);
                names.append(name, 0, name.indexOf(0))
                        .append(entries.bytes()[at + 18])
                        .append(' ');
            }
        }
        assertThat(names).hasToString(".4 ..4 a8 bbbbbbbbbb8 c8 ");
        assertThat(caller.call(217, 1, BUFFER, 64)).isEqualTo(-Errno.ENOTDIR);
        caller.call(LSEEK, 8, 0, 0);
        assertThat(caller.call(217, 8, BUFFER, 10)).isEqualTo(-Errno.EINVAL);
    }
}
