package io.scratchvm.vmm.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.host.DirectoryHost;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PortsTest {
    private static final int DATA = 0x3f8,
            IER = 0x3f9,
            IIR = 0x3fa,
            LCR = 0x3fb,
            MCR = 0x3fc,
            LSR = 0x3fd,
            MSR = 0x3fe,
            SCRATCH = 0x3ff;

    @TempDir
    Path root;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private Console console;

    private Ports ports(String input, long limit) throws IOException {
        return ports(new ByteArrayInputStream(input.getBytes()), output, limit);
    }

    private Ports ports(InputStream input, OutputStream out, long limit) throws IOException {
        console = new Console(new DirectoryHost(root, input, out, out), new OutputLimit(limit));
        return new Ports(console, () -> 0, UartState.RESET, InterruptsState.RESET);
    }

    @Test
    void sendsBytes() throws Exception {
        Ports ports = ports("", Long.MAX_VALUE);
        for (char c : "hi\n".toCharArray()) {
            assertThat(ports.read(LSR, 1)).isEqualTo(0x60);
            ports.write(DATA, 1, c);
        }
        ports.write(DATA, 1, 0x1ff);
        assertThat(output.toByteArray()).containsExactly('h', 'i', '\n', 0xff);
    }

    @Test
    void receivesBytesInOrder() throws Exception {
        Ports ports = ports("ab", Long.MAX_VALUE);
        assertThat(ports.read(LSR, 1)).isEqualTo(0x61);
        assertThat(ports.read(LSR, 1)).isEqualTo(0x61);
        assertThat(ports.read(DATA, 1)).isEqualTo('a');
        assertThat(console.state().readAhead()).isEqualTo(new byte[] {'b'});
        assertThat(ports.read(DATA, 1)).isEqualTo('b');
        assertThat(ports.read(LSR, 1)).isEqualTo(0x60);
        assertThat(ports.read(DATA, 1)).isZero();
    }

    @Test
    void givesWhatWasReadAheadFirstAfterARestore() throws Exception {
        Ports ports = ports("abc", Long.MAX_VALUE);
        ports.read(DATA, 1);
        Console restored = new Console(
                new DirectoryHost(root, new ByteArrayInputStream("xyz".getBytes()), output, output),
                new OutputLimit(Long.MAX_VALUE),
                console.state());
        Ports again = new Ports(restored, () -> 0, ports.uartState(), ports.interruptsState());
        StringBuilder received = new StringBuilder();
        while ((again.read(LSR, 1) & 1) != 0) {
            received.append((char) again.read(DATA, 1));
        }
        assertThat(received).hasToString("bcxyz");
    }

    @Test
    void keepsItsRegisters() throws Exception {
        Ports ports = ports("", Long.MAX_VALUE);
        ports.write(LCR, 1, 0x83);
        ports.write(DATA, 1, 0x0c);
        ports.write(IER, 1, 0x01);
        assertThat(ports.read(DATA, 1)).isEqualTo(0x0c);
        assertThat(ports.read(IER, 1)).isEqualTo(0x01);
        ports.write(LCR, 1, 0x03);
        ports.write(IER, 1, 0xff);
        ports.write(MCR, 1, 0xef);
        ports.write(SCRATCH, 1, 0x5a);
        ports.write(LSR, 1, 0);
        ports.write(MSR, 1, 0);
        assertThat(ports.read(IER, 1)).isEqualTo(0x0f);
        assertThat(ports.read(MCR, 1)).isEqualTo(0x0f);
        assertThat(ports.read(SCRATCH, 1)).isEqualTo(0x5a);
        assertThat(ports.read(LCR, 1)).isEqualTo(0x03);
        assertThat(ports.read(LSR, 1)).isEqualTo(0x60);
        assertThat(ports.read(MSR, 1)).isEqualTo(0xb0);
        assertThat(ports.uartState()).isEqualTo(new UartState(0x0c, 0x01, 0x0f, 0x03, 0x0f, 0x5a, false, -1, true));
        assertThat(new Ports(console, () -> 0, ports.uartState(), InterruptsState.RESET).uartState())
                .isEqualTo(ports.uartState());
        assertThat(output.size()).isZero();
    }

    @Test
    void identifiesWhatWouldInterrupt() throws Exception {
        Ports ports = ports("a", Long.MAX_VALUE);
        assertThat(ports.read(IIR, 1)).isEqualTo(0x01);
        ports.write(IIR, 1, 0x01);
        assertThat(ports.read(IIR, 1)).isEqualTo(0xc1);
        ports.write(IER, 1, 0x03);
        assertThat(ports.read(IIR, 1)).isEqualTo(0xc4);
        ports.read(DATA, 1);
        assertThat(ports.read(IIR, 1)).isEqualTo(0xc2);
        assertThat(ports.read(IIR, 1)).isEqualTo(0xc1);
        ports.write(DATA, 1, 'x');
        assertThat(ports.read(IIR, 1)).isEqualTo(0xc2);
    }

    /** What Linux does to tell a UART from an empty port. */
    @Test
    void passesTheLoopbackTest() throws Exception {
        Ports ports = ports("", Long.MAX_VALUE);
        ports.write(MCR, 1, 0x1a);
        assertThat(ports.read(MSR, 1) & 0xf0).isEqualTo(0x90);
        ports.write(DATA, 1, 0xae);
        assertThat(ports.read(LSR, 1)).isEqualTo(0x61);
        assertThat(ports.read(DATA, 1)).isEqualTo(0xae);
        assertThat(ports.read(LSR, 1)).isEqualTo(0x60);
        assertThat(output.size()).isZero();
    }

    @Test
    void readsAllOnesWhereNothingAnswers() throws Exception {
        Ports ports = ports("", Long.MAX_VALUE);
        assertThat(ports.read(0x60, 1)).isEqualTo(0xff);
        assertThat(ports.read(0xcf8, 2)).isEqualTo(0xffff);
        assertThat(ports.read(0xcfc, 4)).isEqualTo(-1);
        assertThat(ports.read(0xffff, 4)).isEqualTo(-1);
        ports.write(0x80, 4, 0x1234);
        ports.write(SCRATCH, 1, 0x42);
        assertThat(ports.read(SCRATCH, 2)).isEqualTo(0xff42);
        assertThat(ports.read(0x3f7, 2) & 0xff).isEqualTo(0xff);
    }

    @Test
    void stopsAtTheOutputLimit() throws Exception {
        Ports ports = ports("", 2);
        ports.write(DATA, 1, 'a');
        ports.write(DATA, 1, 'b');
        assertThat(console.hasTrouble()).isFalse();
        ports.write(DATA, 1, 'c');
        assertThat(console.limitReached()).isTrue();
        assertThat(output).hasToString("ab");
    }

    @Test
    void remembersThatItsOutputBroke() throws Exception {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        ports(InputStream.nullInputStream(), broken, Long.MAX_VALUE).write(DATA, 1, 'a');
        assertThat(console.hasTrouble()).isTrue();
        assertThat(console.outputTrouble()).hasMessage("Broken pipe");
    }

    /** A guest that only asks whether it may send must not wait for input that never comes. */
    @Test
    void neverWaitsForInput() throws Exception {
        InputStream silent = new InputStream() {
            @Override
            public int read() {
                throw new AssertionError("asked for a byte that is not there");
            }
        };
        Ports ports = ports(silent, output, Long.MAX_VALUE);
        assertThat(ports.read(LSR, 1)).isEqualTo(0x60);
    }
}
