package io.scratchvm.vmm;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The 8254 counts as QEMU's does, where that follows the data sheet. It does not, and is not compared, in these: a count
 * written in modes 2 and 3 begins at once, not with the next period; an odd count in mode 3 is not made even; the outputs of
 * modes 2 and 4 are high for one tick, not low; status never says that a count is not loaded yet; the first byte of a count in
 * mode 0 does not stop counting, nor does a gate that is shut in modes 0 and 4; there is no decimal counting.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TimerOnQemuTest {
    /** A poll is shorter than a tick on both sides, so that each count is seen, however long a tick is. */
    private static final String COUNTS =
            """
            enum { STATUS_SHOWN = 0x3f, OUT = 0x80, MOST = 40 };
            static u32 seen[MOST];
            static u32 count(int channel, int access) {
                u32 value = access & 1 ? in(0x40 + channel) : 0;
                return access & 2 ? value | in(0x40 + channel) << 8 : value;
            }
            /* Read-back of status and count together; the status is read first. */
            static u32 look(int channel, int mode, int access) {
                out(0x43, 0xc0 | 2 << channel);
                u32 status = in(0x40 + channel) & (mode == 2 || mode == 4 ? STATUS_SHOWN : STATUS_SHOWN | OUT);
                return status << 16 | count(channel, access);
            }
            static void write(int channel, int access, u32 value) {
                if (access & 1) out(0x40 + channel, value);
                if (access & 2) out(0x40 + channel, value >> 8);
            }
            static void program(int channel, int mode, int access, u32 value) {
                out(0x43, channel << 6 | access << 4 | mode << 1);
                write(channel, access, value);
            }
            static void watch(const char *name, int channel, int mode, int access, int n) {
                u32 last = ~0;
                for (int i = 0; i < n;) {
                    u32 now = look(channel, mode, access);
                    if (now != last) seen[i++] = last = now;
                }
                say(name);
                for (int i = 0; i < n; i++) hex(seen[i]);
                put(10);
            }
            static void wait(void) { for (volatile int i = 0; i < 3000; i++); }
            static u32 latched(int channel) { out(0x43, channel << 6); return count(channel, 3); }

            static void modes(int channel) {
                program(channel, 0, 3, 6); watch("mode 0 ", channel, 0, 3, 12);
                program(channel, 2, 3, 7); watch("mode 2 ", channel, 2, 3, 20);
                program(channel, 3, 3, 12); watch("mode 3 ", channel, 3, 3, 20);
                program(channel, 3, 3, 2); watch("mode 3 of 2 ", channel, 3, 3, 6);
                program(channel, 0, 3, 0); watch("the most ", channel, 0, 3, 4);
                program(channel, 4, 3, 5); watch("mode 4 ", channel, 4, 3, 9);
                program(channel, 0, 1, 9); watch("low bytes ", channel, 0, 1, 12);
                program(channel, 2, 2, 0x300); watch("high bytes ", channel, 2, 2, 8);
            }
            static void counts_again(int channel) {
                program(channel, 0, 3, 30); watch("before ", channel, 0, 3, 5);
                write(channel, 3, 8); watch("written again ", channel, 0, 3, 12);
                program(channel, 2, 3, 9); watch("another mode ", channel, 2, 3, 12);
            }
            static void latches(int channel) {
                program(channel, 2, 3, 0xffff);
                out(0x43, channel << 6);
                wait();
                out(0x43, channel << 6);
                u32 first = count(channel, 3), later = count(channel, 3);
                say("held "); hex(first > 0xfff0); hex(first > later);
                out(0x43, 0xc0 | 0x10 | 2 << channel);
                wait();
                first = count(channel, 3); later = latched(channel);
                say("read back "); hex(first < 0xffff); hex(first > later);
                out(0x43, 0xc0 | 0x20 | 2 << channel);
                say("status "); hex(in(0x40 + channel) & STATUS_SHOWN); hex(count(channel, 3) <= later);
                out(0x43, channel << 6);
                u32 low = in(0x40 + channel);
                wait();
                out(0x43, channel << 6);
                u32 high = in(0x40 + channel);
                first = high << 8 | low;
                say("half "); hex(first <= later); hex(count(channel, 3) < first); put(10);
            }
            static void gate(void) {
                program(2, 2, 3, 5); watch("runs ", 2, 2, 3, 9);
                out(0x61, 0); out(0x61, 1); watch("triggered ", 2, 2, 3, 9);
            }
            void kernel(u32 magic, u32 *information) {
                (void) magic; (void) information;
                stop_timer();
                out(0x61, 1);
                modes(0); modes(2);
                counts_again(0); counts_again(2);
                latches(0); latches(2);
                gate();
                out(0xf4, 5);
            }
            """;

    @TempDir
    Path directory;

    @Test
    void countsAreTheSame() throws Exception {
        Path kernel = TestKernels.ofC(directory, COUNTS, 0x10_0000, 0x10_0000);
        new KernelComparison(directory).compare(kernel, 5);
    }
}
