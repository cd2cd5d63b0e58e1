package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.linux.Caller.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.device.OutputLimit;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.Structure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransferCallsTest {
    private static final int READV = 19, WRITEV = 20, RDWR_CREAT = 0x42;
    private static final long HOLE = 0x3_0000;

    @TempDir
    Path root;

    private Setting setting;

    @BeforeEach
    void set() {
        setting = new Setting(root);
    }

    private static Caller withInput(Setting setting, String text) throws IOException {
        setting.input = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        return new Caller(setting);
    }

    /** Puts a vector of addresses and lengths where {@link Caller#STRUCTURE} says. */
    private static void vector(Caller caller, long... parts) {
        Structure vector = new Structure(parts.length * 8);
        for (int i = 0; i < parts.length; i++) {
            vector.putLong(i * 8, parts[i]);
        }
        caller.mmu.writeUser(STRUCTURE, vector.bytes(), 0, parts.length * 8);
    }

    // -- files
    // ---------------------------------------------------------------------------------------------------------

    @Test
    void movesMoreThanItsBufferHolds() throws Exception {
        Caller caller = new Caller(setting);
        byte[] bytes = new byte[300_000];
        new java.util.Random(1).nextBytes(bytes);
        caller.put(bytes);
        caller.open("f", RDWR_CREAT, 0600);
        assertThat(caller.call(WRITE, 8, BUFFER, bytes.length)).isEqualTo(bytes.length);
        assertThat(root.resolve("f")).hasBinaryContent(bytes);
        caller.put(new byte[bytes.length]);
        caller.call(LSEEK, 8, 0, 0);
        assertThat(caller.read(8, 400_000)).isEqualTo(bytes.length);
        assertThat(caller.get(BUFFER, bytes.length)).isEqualTo(bytes);
    }

    @Test
    void movesVectors() throws Exception {
        Caller caller = new Caller(setting);
        caller.page(HOLE);
        caller.put("onetwothree".getBytes());
        caller.open("f", RDWR_CREAT, 0600);
        vector(caller, BUFFER, 3, BUFFER, 0, BUFFER + 6, 5);
        assertThat(caller.call(WRITEV, 8, STRUCTURE, 3)).isEqualTo(8);
        assertThat(root.resolve("f")).hasContent("onethree");
        caller.call(LSEEK, 8, 0, 0);
        vector(caller, BUFFER + 2, 2, BUFFER, 2, BUFFER + 100, 100);
        assertThat(caller.call(READV, 8, STRUCTURE, 3)).isEqualTo(8);
        assertThat(caller.text(4)).isEqualTo("eton");
        vector(caller, BUFFER, 3, HOLE, 5);
        assertThat(caller.call(WRITEV, 8, STRUCTURE, 2)).isEqualTo(3);
        vector(caller, HOLE, 3, BUFFER, 5);
        assertThat(caller.call(WRITEV, 8, STRUCTURE, 2)).isEqualTo(-Errno.EFAULT);
        vector(caller, BUFFER, 3, BUFFER, -1);
        assertThat(caller.call(WRITEV, 8, STRUCTURE, 2)).isEqualTo(-Errno.EINVAL);
        assertThat(caller.call(WRITEV, 8, HOLE - 8, 1)).isEqualTo(-Errno.EFAULT);
    }

    @Test
    void transfersUpToTheFirstBadPage() throws Exception {
        Caller caller = new Caller(setting);
        caller.page(HOLE);
        Files.writeString(root.resolve("f"), "0123456789");
        caller.open("f", 2, 0);
        assertThat(caller.call(READ, 8, HOLE - 4, 10)).isEqualTo(4);
        assertThat(caller.get(HOLE - 4, 4)).isEqualTo("0123".getBytes());
        assertThat(caller.call(LSEEK, 8, 0, 1)).isEqualTo(4);
        assertThat(caller.call(READ, 8, HOLE, 10)).isEqualTo(-Errno.EFAULT);
        assertThat(caller.call(LSEEK, 8, 0, 1)).isEqualTo(4);
        assertThat(caller.call(WRITE, 8, HOLE - 3, 10)).isEqualTo(3);
        assertThat(caller.call(WRITE, 8, HOLE, 10)).isEqualTo(-Errno.EFAULT);
        assertThat(root.resolve("f")).hasContent("0123012789".replace("012789", "123789"));
        assertThat(caller.call(WRITE, 1, HOLE - 3, 10)).isEqualTo(3);
        assertThat(caller.output).hasToString("123");
    }

    @Test
    void providesPagesAtTheirFirstUse() throws Exception {
        Caller[] late = new Caller[1];
        setting.faults = fault -> {
            boolean first = late[0].mmu.physical().read(0xf_3000 + HOLE / 0x1000 * 8, 8) == 0;
            late[0].mmu.physical().write(0xf_3000 + HOLE / 0x1000 * 8, HOLE | 7, 8);
            return first;
        };
        late[0] = new Caller(setting);
        late[0].page(HOLE);
        Files.writeString(root.resolve("f"), "0123456789");
        late[0].open("f", 2, 0);
        assertThat(late[0].call(READ, 8, HOLE - 4, 10)).isEqualTo(10);
        assertThat(late[0].get(HOLE - 4, 10)).isEqualTo("0123456789".getBytes());
    }

    @Test
    void appendsWhereverTheOffsetIs() throws Exception {
        Caller caller = new Caller(setting);
        caller.open("f", RDWR_CREAT | 0x400, 0600);
        caller.write(8, "one");
        Files.writeString(root.resolve("f"), "two", java.nio.file.StandardOpenOption.APPEND);
        caller.call(LSEEK, 8, 0, 0);
        caller.write(8, "three");
        assertThat(root.resolve("f")).hasContent("onetwothree");
        assertThat(caller.call(LSEEK, 8, 0, 1)).isEqualTo(11);
    }

    // -- the output limit
    // ----------------------------------------------------------------------------------------------

    @Test
    void endsARunAtItsOutputLimit() throws Exception {
        setting.outputLimit = OutputLimit.NEW_FILE + 10;
        Caller caller = new Caller(setting);
        caller.open("f", RDWR_CREAT, 0600);
        assertThat(caller.write(8, "01234")).isEqualTo(5);
        assertThat(caller.write(1, "56789")).isEqualTo(5);
        caller.put("x".getBytes());
        assertThat(caller.outcome(WRITE, 2, BUFFER, 1)).isEqualTo(Outcome.OUTPUT_LIMIT);
        assertThat(caller.outcome(WRITE, 8, BUFFER, 1)).isEqualTo(Outcome.OUTPUT_LIMIT);
        assertThat(root.resolve("f")).hasContent("01234");
        assertThat(caller.output).hasToString("56789");
    }

    @Test
    void writesWhatTheLimitStillAllows() throws Exception {
        setting.outputLimit = OutputLimit.NEW_FILE + 10;
        Caller caller = new Caller(setting);
        caller.open("f", RDWR_CREAT, 0600);
        caller.put("0123456789abcdef".getBytes());
        assertThat(caller.outcome(WRITE, 8, BUFFER, 16).limit()).isEqualTo("output");
        assertThat(root.resolve("f")).hasContent("0123456789");
    }

    @Test
    void countsGapsAsOutput() throws Exception {
        setting.outputLimit = 1000;
        Caller caller = new Caller(setting);
        caller.open("f", RDWR_CREAT, 0600);
        caller.put("x".getBytes());
        assertThat(caller.outcome(18, 8, BUFFER, 1, 1L << 40)).isEqualTo(Outcome.OUTPUT_LIMIT);
        assertThat(Files.size(root.resolve("f"))).isZero();
        caller = new Caller(setting);
        caller.open("f", RDWR_CREAT, 0600);
        assertThat(caller.outcome(77, 8, 1L << 40)).isEqualTo(Outcome.OUTPUT_LIMIT);
        assertThat(Files.size(root.resolve("f"))).isZero();
    }

    // -- standard input
    // ------------------------------------------------------------------------------------------------

    @Test
    void readsStandardInputToItsEnd() throws Exception {
        Caller caller = withInput(setting, "hello");
        assertThat(caller.read(0, 3)).isEqualTo(3);
        assertThat(caller.text(3)).isEqualTo("hel");
        assertThat(caller.read(0, 100)).isEqualTo(2);
        assertThat(caller.read(0, 100)).isZero();
        assertThat(caller.read(0, 0)).isZero();
        assertThat(caller.call(LSEEK, 0, 0, 0)).isEqualTo(-Errno.ESPIPE);
        assertThat(caller.call(17, 0, BUFFER, 1, 0)).isEqualTo(-Errno.ESPIPE);
        assertThat(caller.call(WRITE, 0, BUFFER, 1)).isEqualTo(-Errno.EBADF);
        assertThat(caller.call(READ, 1, BUFFER, 1)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void losesNoInputToABadAddress() throws Exception {
        Caller caller = withInput(setting, "hello");
        caller.page(HOLE);
        assertThat(caller.call(READ, 0, HOLE, 5)).isEqualTo(-Errno.EFAULT);
        assertThat(caller.call(READ, 0, HOLE - 2, 5)).isEqualTo(2);
        assertThat(caller.read(0, 5)).isEqualTo(3);
        assertThat(caller.text(3)).isEqualTo("llo");
    }

    @Test
    void fillsAVectorFromOneRead() throws Exception {
        Caller caller = withInput(setting, "hello");
        vector(caller, BUFFER, 2, BUFFER + 10, 100);
        assertThat(caller.call(READV, 0, STRUCTURE, 2)).isEqualTo(5);
        assertThat(caller.get(BUFFER + 10, 3)).isEqualTo("llo".getBytes());
    }

    @Test
    void stopsAtInputBeforeAnythingIsTaken() throws Exception {
        Caller caller = withInput(setting, "hello");
        caller.kernel.stopAtInput(true);
        assertThat(caller.read(0, 0)).isZero();
        assertThat(caller.outcome(READ, 0, BUFFER, 5)).isEqualTo(Outcome.INPUT_WAIT);
        assertThat(caller.vcpu.gpr[0]).isEqualTo(READ);
        assertThat(caller.kernel.pendingIo().call().number()).isEqualTo(READ);
        assertThat(caller.kernel.pendingIo().call().arguments()).startsWith(0L, BUFFER, 5L);
        assertThat(caller.kernel.pendingIo().readAhead()).isEmpty();
        assertThat(caller.trace).containsExactly("READ 0 10000 0 - return 0");
        caller.kernel.stopAtInput(false);
        assertThat(caller.read(0, 5)).isEqualTo(5);
        assertThat(caller.kernel.pendingIo().call()).isNull();
    }

    @Test
    void endsAWaitForInputWhenToldTo() throws Exception {
        PipedOutputStream far = new PipedOutputStream();
        setting.input = new PipedInputStream(far);
        Caller caller = new Caller(setting);
        Thread stopper = new Thread(() -> {
            sleep(200);
            caller.stop = true;
        });
        stopper.start();
        assertThat(caller.outcome(READ, 0, BUFFER, 5)).isEqualTo(Outcome.STOPPED);
        assertThat(caller.trace).isEmpty();
        stopper.join();
        caller.stop = false;
        far.write("hello".getBytes());
        far.flush();
        assertThat(caller.read(0, 3)).isEqualTo(3);
        assertThat(caller.read(0, 3)).isEqualTo(2);
    }

    @Test
    void waitsForInputThatComesLate() throws Exception {
        PipedOutputStream far = new PipedOutputStream();
        setting.input = new PipedInputStream(far);
        Caller caller = new Caller(setting);
        Thread writer = new Thread(() -> {
            sleep(200);
            try (far) {
                far.write("late".getBytes());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        writer.start();
        assertThat(caller.read(0, 100)).isEqualTo(4);
        assertThat(caller.read(0, 100)).isZero();
        writer.join();
    }

    @Test
    void endsAWaitForStreamsThatNeverAnswer() throws Exception {
        setting.input = new InputStream() {
            @Override
            public int read() {
                sleep(1_000_000);
                return -1;
            }
        };
        Caller caller = new Caller(setting);
        caller.stop = true;
        assertThat(caller.outcome(READ, 0, BUFFER, 5)).isEqualTo(Outcome.STOPPED);
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // -- broken output
    // -------------------------------------------------------------------------------------------------

    private static OutputStream failing(String reason) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(reason);
            }
        };
    }

    @Test
    void endsAGuestWhoseReaderHasGone() throws Exception {
        setting.output = failing("Broken pipe");
        Caller caller = new Caller(setting);
        assertThat(caller.outcome(WRITE, 1, BUFFER, 1)).isEqualTo(Outcome.killed(13));
    }

    @Test
    void tellsAGuestThatIgnoresSigpipe() throws Exception {
        setting.output = failing("Broken pipe");
        Caller caller = new Caller(setting);
        caller.mmu.writeUser(STRUCTURE, new Structure(32).putLong(0, 1).bytes(), 0, 32);
        assertThat(caller.call(13, 13, STRUCTURE, 0, 8)).isZero();
        assertThat(caller.call(WRITE, 1, BUFFER, 1)).isEqualTo(-Errno.EPIPE);
        setting.output = failing("No space left on device");
        assertThat(new Caller(setting).call(WRITE, 1, BUFFER, 1)).isEqualTo(-Errno.ENOSPC);
    }
}
