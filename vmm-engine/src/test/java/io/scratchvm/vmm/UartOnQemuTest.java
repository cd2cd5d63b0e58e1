package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The 16550 answers as QEMU's does under random commands in loopback, where bytes come back without a line's delay. Not
 * compared: a second byte before the first is read, of which QEMU keeps 16 or tells an overrun; what is read where there is
 * nothing.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UartOnQemuTest {
    private static final String COMMANDS =
            """
            enum { DATA = 0x3f8, IER = DATA + 1, IIR = DATA + 2, LCR = DATA + 3, MCR = DATA + 4, LSR = DATA + 5, MSR = DATA + 6 };
            static u32 seed = SEED;
            static u32 next(u32 limit) { seed = seed * 1664525 + 1013904223; return (seed >> 8) % limit; }
            static char line[100];
            static int length;
            static void note(char what, u32 value) {
                line[length++] = what;
                line[length++] = "0123456789abcdef"[value >> 4 & 15];
                line[length++] = "0123456789abcdef"[value & 15];
                line[length++] = ' ';
            }
            static void divisor(void) {
                int kept = in(LCR);
                out(LCR, kept | 0x80);
                out(DATA, next(256)); out(IER, next(256));
                note('d', in(DATA)); note('D', in(IER));
                out(DATA, 1); out(IER, 0);
                out(LCR, kept);
            }
            static void act(void) {
                static const char fifos[] = {0, 1, 1, 3, 5, 7};
                switch (next(11)) {
                    case 0: case 1: if (!(in(LSR) & 1)) out(DATA, next(256)); break;
                    case 2: if (in(LSR) & 1) note('b', in(DATA)); break;
                    case 3: out(IER, next(4)); note('e', in(IER)); break;
                    case 4: case 5: note('i', in(IIR)); break;
                    case 6: note('l', in(LSR)); break;
                    case 7: if (next(3) == 0) out(IIR, fifos[next(6)]); break;
                    case 8: out(MCR, 0x10 | next(16)); note('m', in(MSR) & 0xf0); note('c', in(MCR)); break;
                    case 9: out(DATA + 7, next(256)); note('s', in(DATA + 7)); break;
                    default: divisor();
                }
            }
            /* The line is printed outside of loopback, which must leave everything else as it was. */
            static void print(void) {
                int enabled = in(IER);
                if (in(LSR) & 1) in(DATA);
                out(IER, 0);
                out(MCR, 0);
                for (int i = 0; i < length; i++) put(line[i]);
                put(10);
                length = 0;
                out(MCR, 0x10);
                in(IIR);
                out(IER, enabled);
            }
            void kernel(u32 magic, u32 *information) {
                (void) magic; (void) information;
                out(LCR, 3); out(IIR, 0); out(MCR, 0x10);
                for (int n = 0; n < 3000; n++) { act(); if (n % 10 == 9) print(); }
                out(0xf4, 6);
            }
            """;

    @TempDir
    Path directory;

    @Test
    void answersAreTheSame() throws Exception {
        for (int seed = 1; seed <= 3; seed++) {
            Path kernel = TestKernels.ofC(directory, COMMANDS.replace("SEED", "" + seed), 0x10_0000, 0x10_0000);
            assertThat(new KernelComparison(directory).compare(kernel, 6)).hasLineCount(300);
        }
    }
}
