package io.scratchvm.vmm.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhysicalMemoryTest {
    private static final long MIB = 1 << 20;

    private final PhysicalMemory memory = new PhysicalMemory(3 * MIB + 0x3000);

    @ParameterizedTest
    @ValueSource(longs = {0, -4096, 1, 4095, 4097, Long.MAX_VALUE})
    void refusesSizesThatAreNoPositiveMultipleOfAPage(long size) {
        assertThatThrownBy(() -> new PhysicalMemory(size)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesNoHeapForWhatWasNotWritten() {
        PhysicalMemory huge = new PhysicalMemory(1L << 40);

        huge.write64((1L << 40) - 8, 0x1122_3344_5566_7788L);

        assertThat(huge.read64((1L << 40) - 8)).isEqualTo(0x1122_3344_5566_7788L);
        assertThat(huge.read64(1L << 39)).isZero();
    }

    @Test
    void readsBackWhatABytewiseModelHolds() {
        byte[] model = new byte[(int) memory.size()];
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            int size = 1 + random.nextInt(8);
            int near = random.nextInt(4) * (int) MIB + random.nextInt(32) - 16;
            int at = Math.max(0, Math.min(near, model.length - size));
            long value = random.nextLong();
            memory.write(at, value, size);
            for (int k = 0; k < size; k++) {
                model[at + k] = (byte) (value >>> 8 * k);
            }
            assertThat(memory.read(at, size)).isEqualTo(value << 64 - 8 * size >>> 64 - 8 * size);
        }
        byte[] all = new byte[model.length];
        memory.read(0, all, 0, all.length);
        assertThat(all).isEqualTo(model);
    }

    @Test
    void readsOnesAndIgnoresWritesBeyondItsEnd() {
        long end = memory.size();
        memory.write64(end - 4, -2);
        memory.write64(end, 7);
        memory.write(-8, new byte[16], 0, 16);

        assertThat(memory.read64(end - 4)).isEqualTo(-2);
        assertThat(memory.read64(end)).isEqualTo(-1);
        assertThat(memory.read(-1, 1)).isEqualTo(0xff);
        assertThat(memory.read(Long.MAX_VALUE, 8)).isEqualTo(-1);
        byte[] across = new byte[8];
        memory.read(end - 4, across, 0, 8);
        assertThat(across).containsExactly(-2, -1, -1, -1, -1, -1, -1, -1);
    }

    @Test
    void knowsWhichPagesAreZero() {
        memory.write(MIB + 0x1fff, 1, 1);

        assertThat(memory.isZeroPage(MIB + 0x1000)).isFalse();
        assertThat(memory.isZeroPage(MIB + 0x2000)).isTrue();
        assertThat(memory.isZeroPage(2 * MIB)).isTrue();
        memory.clear(MIB, 0x4000);
        assertThat(memory.isZeroPage(MIB + 0x1000)).isTrue();
    }

    @Test
    void clearsExactlyTheBytesNamedWhereverChunksAreAbsent() {
        PhysicalMemory large = new PhysicalMemory(5 * MIB);
        for (long at : new long[] {0x10, 3 * MIB + 0x7fe, 3 * MIB + 0x1801, 5 * MIB - 1}) {
            large.write(at, 0xff, 1);
        }
        large.clear(0x11, 3 * MIB + 0x17f0);
        large.clear(4 * MIB, 7 * MIB);
        assertThat(large.read8(0x10)).isEqualTo(0xff);
        assertThat(large.read8(3 * MIB + 0x7fe)).isZero();
        assertThat(large.read8(3 * MIB + 0x1801)).isEqualTo(0xff);
        assertThat(large.read8(5 * MIB - 1)).isZero();
    }

    @Test
    void remembersInWhichEpochAPageWasWritten() {
        memory.write(0x1000, 1, 1);
        long second = memory.advanceEpoch();
        memory.write64(0x2ffc, 1);
        long third = memory.advanceEpoch();

        assertThat(memory.writtenSince(0x1000, second)).isFalse();
        assertThat(memory.writtenSince(0x2000, second)).isTrue();
        assertThat(memory.writtenSince(0x3000, second))
                .as("the second page of a write across two")
                .isTrue();
        assertThat(memory.writtenSince(0x2000, third)).isFalse();
        assertThat(memory.writtenSince(2 * MIB, 0)).as("never written").isFalse();
    }

    @Test
    void reportsWritesToMarkedCodeOnly() {
        Observed observed = new Observed();
        memory.setObserver(observed);
        memory.markCode(0x1040, 0x41);
        observed.events.clear();

        memory.write(0x103f, 1, 1);
        memory.write(0x10c0, 1, 1);
        assertThat(observed.events).isEmpty();
        memory.write64(0x1038 + 1, 1);
        memory.write(0x1080, 1, 1);
        memory.write(0x0800, new byte[0x1000], 0, 0x1000);
        assertThat(observed.events).containsExactly("code 1039+8", "code 1080+1", "code 1000+2048");
        memory.unmarkCode(0x1000);
        memory.unmarkCode(1L << 50);
        memory.write(0x1080, 1, 1);
        assertThat(observed.events).hasSize(3);
    }

    @Test
    void reportsWritesToPageTables() {
        Observed observed = new Observed();
        memory.write(0x2000, 0, 1);
        memory.setObserver(observed);
        memory.markTable(0x2008);
        memory.write(0x2fff, 1, 1);
        memory.setTableBits(0x2000, PageWalk.ACCESSED);
        memory.write64(0x1ffc, 0);

        assertThat(observed.events).containsExactly("writes to be seen", "table", "table");
        memory.unmarkTables();
        memory.write(0x2fff, 1, 1);
        assertThat(observed.events).hasSize(3);
    }

    @Test
    void reportsAccessedBitsThatLandInCode() {
        Observed observed = new Observed();
        memory.setObserver(observed);
        memory.markCode(0x2000, 8);
        observed.events.clear();

        memory.setTableBits(0x2000, PageWalk.ACCESSED);

        assertThat(observed.events).containsExactly("code 2000+1");
    }

    @Test
    void forgetsManyTableMarks() {
        for (int i = 0; i < 100; i++) {
            memory.write(i << 12, 0, 1);
            memory.markTable(i << 12);
        }
        assertThat(memory.isMarked(99 << 12)).isTrue();
        memory.unmarkTables();
        for (int i = 0; i < 100; i++) {
            assertThat(memory.isMarked(i << 12)).isFalse();
        }
    }

    private static final class Observed implements PhysicalMemory.WriteObserver {
        final List<String> events = new ArrayList<>();

        @Override
        public void codeWritten(long physicalAddress, int length) {
            events.add("code " + Long.toHexString(physicalAddress) + "+" + length);
        }

        @Override
        public void tableWritten() {
            events.add("table");
        }

        @Override
        public void writesToBeSeen() {
            events.add("writes to be seen");
        }

        @Override
        public void chunkReplaced() {
            events.add("chunk");
        }
    }

    @Test
    void writtenPagesAreFoundOneAfterTheOther() {
        PhysicalMemory memory = new PhysicalMemory((5 << 20) + 3 * 4096);
        assertThat(memory.nextWritten(0, 0)).isEqualTo(memory.size());
        memory.write(0x2345, 1, 1);
        long since = memory.advanceEpoch();
        assertThat(memory.nextWritten(0, since)).isEqualTo(memory.size());
        memory.write(memory.size() - 1, 1, 1);
        memory.write(3 << 20, 1, 8);
        assertThat(memory.nextWritten(0, since)).isEqualTo(3 << 20);
        assertThat(memory.nextWritten((3 << 20) + 4095, since)).isEqualTo(3 << 20);
        assertThat(memory.nextWritten((3 << 20) + 4096, since)).isEqualTo(memory.size() - 4096);
        assertThat(memory.nextWritten(memory.size(), since)).isEqualTo(memory.size());
        // Of all pages that exist, whether they were written or not.
        assertThat(memory.nextWritten(0, 0)).isZero();
        assertThat(memory.nextWritten(1 << 20, 0)).isEqualTo(3 << 20);
    }
}
