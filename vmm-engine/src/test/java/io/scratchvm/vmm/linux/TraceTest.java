package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.linux.Caller.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceTest {
    @TempDir
    Path root;

    private Caller caller;

    @BeforeEach
    void start() throws Exception {
        caller = new Caller(root);
    }

    @Test
    void tellsTheLabsCallsInTheLabsWords() throws Exception {
        caller.string(0xa07e, "Hello World !!!\n");
        assertThat(caller.call(OPEN, caller.path("./ay_caramba"), 32834, 511)).isEqualTo(8);
        assertThat(caller.call(WRITE, 8, 0xa07e, 16)).isEqualTo(16);
        assertThat(caller.outcome(400).kind()).isEqualTo(Outcome.Kind.SAVE);
        assertThat(caller.call(CLOSE, 8)).isZero();
        assertThat(caller.outcome(60, 0)).isEqualTo(Outcome.exited(0));
        assertThat(caller.trace)
                .containsExactly(
                        "OPEN ./ay_caramba 32834 511 - return 8",
                        "WRITE 8 a07e 16 - return 16",
                        "CLOSE 8 - return 0",
                        "EXIT 0");
        assertThat(root.resolve("ay_caramba")).hasContent("Hello World !!!\n");
    }

    @Test
    void tellsEveryWayToOpenAsOpen() {
        caller.call(257, -100, caller.path("a"), 0x42, 0600);
        caller.call(85, caller.path("b"), 0644);
        caller.call(OPEN, caller.path("c"), 0, 0);
        caller.call(OPEN, -1L, 0, 0);
        assertThat(caller.trace)
                .containsExactly(
                        "OPEN a 66 384 - return 8",
                        "OPEN b 577 420 - return 9",
                        "OPEN c 0 0 - return -2",
                        "OPEN 0xffffffffffffffff 0 0 - return -14");
    }

    @Test
    void tellsReadsSeeksAndOutput() throws Exception {
        Files.writeString(root.resolve("f"), "0123456789");
        caller.open("f", 2, 0);
        caller.read(8, 4);
        caller.call(LSEEK, 8, -2, 2);
        caller.call(17, 8, BUFFER, 3, 1);
        caller.call(18, 8, BUFFER, 3, 1);
        caller.write(1, "hi");
        caller.write(2, "oh");
        caller.call(READ, -1, BUFFER, 5);
        caller.call(77, 8, 3);
        assertThat(caller.trace)
                .containsExactly(
                        "OPEN f 2 0 - return 8",
                        "READ 8 10000 4 - return 4",
                        "LSEEK 8 -2 2 - return 8",
                        "PREAD64 8 10000 3 1 - return 3",
                        "PWRITE64 8 10000 3 1 - return 3",
                        "WRITE 1 10000 2 - return 2",
                        "WRITE 2 10000 2 - return 2",
                        "READ -1 10000 5 - return -9",
                        "FTRUNCATE 8 3 - return 0");
        assertThat(caller.output).hasToString("hi");
        assertThat(caller.error).hasToString("oh");
    }

    @Test
    void passesOverWhatOnlySetsUpTheLibrary() {
        caller.call(158, 0x1002, 0x5000);
        caller.call(218, 0x5000);
        caller.call(16, 1, 0x5413, STRUCTURE);
        caller.call(334, 0, 0, 0);
        caller.call(318, BUFFER, 8, 0);
        caller.call(228, 0, STRUCTURE);
        assertThat(caller.trace).isEmpty();
    }

    @Test
    void namesCallsThatNobodyKnows() {
        assertThat(caller.call(425)).isEqualTo(-Errno.ENOSYS);
        assertThat(caller.call(450)).isEqualTo(-Errno.ENOSYS);
        assertThat(caller.call(5000)).isEqualTo(-Errno.ENOSYS);
        assertThat(caller.call(-1)).isEqualTo(-Errno.ENOSYS);
        assertThat(caller.trace)
                .containsExactly(
                        "UNKNOWN 425 io_uring_setup - return -38",
                        "UNKNOWN 450 set_mempolicy_home_node - return -38",
                        "UNKNOWN 5000 ? - return -38",
                        "UNKNOWN -1 ? - return -38");
    }

    @Test
    void tellsTheStatusThatTheUserSees() {
        assertThat(caller.outcome(231, 256 + 3)).isEqualTo(Outcome.exited(3));
        assertThat(caller.trace).containsExactly("EXIT 3");
    }

    @Test
    void escapesWhatATerminalWouldActUpon() {
        caller.open("a\n\u001b[31mb\\c\u202e\u0085é", 0, 0);
        assertThat(caller.trace).containsExactly("OPEN a\\x0a\\x1b[31mb\\\\c\\u{202e}\\x85é 0 0 - return -22");
        caller.trace.clear();
        caller.mmu.writeUser(PATH, new byte[] {'x', (byte) 0xff, (byte) 0xc3, 0}, 0, 4);
        caller.call(OPEN, PATH, 0, 0);
        assertThat(caller.trace).containsExactly("OPEN x\u00ff\u00c3 0 0 - return -22");
    }
}
