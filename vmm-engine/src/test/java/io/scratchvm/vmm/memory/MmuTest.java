package io.scratchvm.vmm.memory;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;
import static io.scratchvm.vmm.memory.GuestTables.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MmuTest {
    private static final long PAGE = 0x40_0000, FRAME = 0x80_0000, OTHER = 0x81_0000;

    private final GuestTables t = fourLevel();
    private final Mmu mmu = t.mmu;

    private static Fault fault(Runnable access) {
        return catchThrowableOfType(Fault.class, access::run);
    }

    @Test
    void readsAndWritesEverySize() {
        t.map(PAGE, FRAME, P | W);
        for (int size : new int[] {1, 2, 4, 8}) {
            mmu.write(PAGE + 0x100, -1, 8);
            mmu.write(PAGE + 0x100, 0x1122_3344_5566_7788L, size);

            long expected = 0x1122_3344_5566_7788L << 64 - 8 * size >>> 64 - 8 * size;
            assertThat(mmu.read(PAGE + 0x100, size)).isEqualTo(expected);
            assertThat(t.memory.read(FRAME + 0x100, size)).isEqualTo(expected);
            assertThat(mmu.read(PAGE + 0x100 + size, 1)).isEqualTo(size == 8 ? 0 : 0xff);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
    void crossesPagesThatAreNotNeighboursInMemory(int inFirst) {
        t.map(PAGE, FRAME, P | W).map(PAGE + 0x1000, OTHER, P | W);
        long at = PAGE + 0x1000 - inFirst;

        mmu.write64(at, 0x1122_3344_5566_7788L);

        assertThat(mmu.read64(at)).isEqualTo(0x1122_3344_5566_7788L);
        assertThat(t.memory.read(FRAME + 0x1000 - inFirst, inFirst))
                .isEqualTo(0x1122_3344_5566_7788L & (1L << 8 * inFirst) - 1);
        assertThat(t.memory.read(OTHER, 8 - inFirst)).isEqualTo(0x1122_3344_5566_7788L >>> 8 * inFirst);
    }

    @Test
    void aWriteThatFaultsInItsSecondPageChangesNothing() {
        t.map(PAGE, FRAME, P | W).map(PAGE + 0x1000, OTHER, P);

        Fault fault = fault(() -> mmu.write64(PAGE + 0xffc, -1));

        assertThat(fault.address()).isEqualTo(PAGE + 0x1000);
        assertThat(fault.errorCode()).isEqualTo(3);
        assertThat(t.memory.read64(FRAME + 0xff8)).isZero();
        assertThat(fault(() -> mmu.checkWrite(PAGE + 0xffc, 8)).address()).isEqualTo(PAGE + 0x1000);
        assertThat(fault(() -> mmu.checkWriteAs(PAGE + 0xffc, 8, false)).address())
                .isEqualTo(PAGE + 0x1000);
    }

    @Test
    void aChangedTableIsSeenAtOnce() {
        t.map(PAGE, FRAME, P | W).map(PAGE + 0x5000, t.entry(PAGE, 1) & -0x1000, P | W);
        long entry = PAGE + 0x5000 + (t.entry(PAGE, 1) & 0xfff);
        t.memory.write32(FRAME, 1);
        t.memory.write32(OTHER, 2);
        assertThat(mmu.read32(PAGE)).isEqualTo(1);

        mmu.write64(entry, OTHER | P | W);

        assertThat(mmu.read32(PAGE)).isEqualTo(2);
        mmu.write32(PAGE, 3);
        assertThat(t.memory.read32(OTHER)).isEqualTo(3);
        mmu.write64(entry, 0);
        assertThat(fault(() -> mmu.read32(PAGE)).errorCode()).isZero();
    }

    @Test
    void aTableThatWasWritableBeforeItBecameOneIsWatched() {
        long table = 0x90_0000;
        t.map(PAGE, table, P | W);
        mmu.write64(PAGE, FRAME | P | W);
        t.set(0x60_0000, 2, table | P | W);
        t.memory.write32(OTHER, 2);
        assertThat(mmu.read32(0x60_0000)).isZero();

        mmu.write64(PAGE, OTHER | P | W);

        assertThat(mmu.read32(0x60_0000)).isEqualTo(2);
    }

    @Test
    void dirtyIsSetByTheFirstWriteAfterReads() {
        t.map(PAGE, FRAME, P | W);
        mmu.read8(PAGE);
        assertThat(t.get(PAGE, 1) & D).isZero();

        mmu.write8(PAGE, 1);

        assertThat(t.get(PAGE, 1) & D).isNotZero();
        t.set(PAGE, 1, FRAME | P | W);
        mmu.write8(PAGE, 1);
        assertThat(t.get(PAGE, 1) & D).as("again after the guest cleared it").isNotZero();
    }

    @Test
    void privilegesHaveTranslationsOfTheirOwn() {
        t.map(PAGE, FRAME, P | W).map(PAGE + 0x1000, OTHER, P | W | U);
        mmu.write8(PAGE, 1);
        mmu.write8(PAGE + 0x1000, 1);

        t.asUser();

        assertThat(fault(() -> mmu.read8(PAGE)).errorCode()).isEqualTo(5);
        assertThat(fault(() -> mmu.write8(PAGE, 1)).errorCode()).isEqualTo(7);
        assertThat(mmu.read8(PAGE + 0x1000)).isEqualTo(1);
        assertThat(mmu.readSystem(PAGE, 1)).isEqualTo(1);
        assertThat(fault(() -> mmu.forFetch(PAGE)).errorCode()).isEqualTo(0x15);
        assertThat(fault(() -> mmu.readUser(PAGE, new byte[4], 0, 4)).errorCode())
                .isEqualTo(5);
    }

    @Test
    void wpCountsAtOnce() {
        t.map(PAGE, FRAME, P);
        t.vcpu.cr0 &= ~CR0_WP;
        mmu.synchronize();
        mmu.write8(PAGE, 1);

        t.vcpu.cr0 |= CR0_WP;
        mmu.synchronize();

        assertThat(fault(() -> mmu.write8(PAGE, 2)).errorCode()).isEqualTo(3);
    }

    @Test
    void addressesThatAreNotCanonicalAreNoPageFaults() {
        for (long linear : new long[] {1L << 47, -1L << 48, 0x7fff_ffff_fffdL}) {
            assertThat(fault(() -> mmu.read64(linear)).mnemonic()).isIn("#GP", "#PF");
        }
        assertThat(fault(() -> mmu.read64(1L << 47)).isNonCanonical()).isTrue();
        t.map(0x7fff_ffff_f000L, FRAME, P | W);
        assertThat(fault(() -> mmu.write64(0x7fff_ffff_fffdL, 1)).isNonCanonical())
                .as("across the border")
                .isTrue();
        assertThat(t.memory.read64(FRAME + 0xff8)).isZero();
    }

    @Test
    void wrapsAroundAt4GibOutsideOfLongMode() {
        GuestTables legacy = twoLevel().map(0xffff_f000L, FRAME, P | W).map(0, OTHER, P | W);

        legacy.mmu.write32(0xffff_fffeL, 0x1122_3344);

        assertThat(legacy.memory.read(FRAME + 0xffe, 2)).isEqualTo(0x3344);
        assertThat(legacy.memory.read(OTHER, 2)).isEqualTo(0x1122);
    }

    @Test
    void checksAlignmentInRing3Only() {
        t.map(PAGE, FRAME, P | W | U).map(PAGE + 0x1000, OTHER, P | W | U);
        t.vcpu.cr0 |= CR0_AM;
        t.vcpu.systemFlags |= Flags.AC;
        mmu.synchronize();
        mmu.read64(PAGE + 1);

        t.asUser();

        assertThat(fault(() -> mmu.read64(PAGE + 1)).vector()).isEqualTo(Fault.AC);
        assertThat(fault(() -> mmu.write16(PAGE + 1, 1)).vector()).isEqualTo(Fault.AC);
        assertThat(fault(() -> mmu.checkWrite(PAGE + 1, 4)).vector()).isEqualTo(Fault.AC);
        assertThat(fault(() -> mmu.read8(PAGE + 1))).isNull();
        assertThat(fault(() -> mmu.checkWrite(PAGE + 16, 512)))
                .as("FXSAVE's 512 bytes")
                .isNull();
        mmu.write64(PAGE + 8, 1);
        t.vcpu.systemFlags &= ~Flags.AC;
        mmu.synchronize();
        assertThat(mmu.read64(PAGE + 9)).isZero();
    }

    @Test
    void writesThroughTheCacheAreInTheirEpoch() {
        t.map(PAGE, FRAME, P | W).map(PAGE + 0x1000, OTHER, P | W);
        mmu.write8(PAGE, 1);
        mmu.write8(PAGE + 0x1000, 1);

        long epoch = t.memory.advanceEpoch();
        assertThat(t.memory.writtenSince(FRAME, epoch)).isFalse();
        mmu.write8(PAGE, 2);

        assertThat(t.memory.writtenSince(FRAME, epoch)).isTrue();
        assertThat(t.memory.writtenSince(OTHER, epoch)).isFalse();
    }

    @Test
    void writesToCodeAreReportedWhereverTheyComeFrom() {
        List<String> events = new ArrayList<>();
        mmu.setCodeObserver(new Mmu.CodeObserver() {
            @Override
            public void codeWritten(long physicalAddress, int length) {
                events.add(Long.toHexString(physicalAddress) + "+" + length);
            }

            @Override
            public void translationsChanged() {}
        });
        t.map(PAGE, FRAME, P | W).map(PAGE + 0x3000, FRAME, P | W | U);
        mmu.write8(PAGE, 1);
        t.memory.markCode(FRAME + 0x40, 0x20);

        mmu.write32(PAGE + 0x3e, 1);
        mmu.write8(PAGE + 0x3000 + 0x5f, 1);
        mmu.writeUser(PAGE + 0x3000, new byte[0x100], 0, 0x100);
        mmu.write8(PAGE + 0x80, 1);

        assertThat(events).containsExactly("80003e+4", "80005f+1", "800000+256");
    }

    @Test
    void aZeroPageThatWasReadIsSeenOnceItIsWritten() {
        t.map(PAGE, 0xa0_0000, P | W).map(PAGE + 0x1000, 0xa0_0000, P | W);
        assertThat(mmu.read64(PAGE)).isZero();

        mmu.write64(PAGE + 0x1000, 7);

        assertThat(mmu.read64(PAGE)).isEqualTo(7);
    }

    @Test
    void pagesOutsideOfMemoryReadAsOnes() {
        t.map(PAGE, 1L << 40, P | W);

        mmu.write64(PAGE, 7);

        assertThat(mmu.read64(PAGE)).isEqualTo(-1);
    }

    @Test
    void copiesForTheGuestPageByPage() {
        t.map(PAGE, FRAME, P | W | U).map(PAGE + 0x1000, OTHER, P | U);
        byte[] data = {1, 2, 3, 4, 5, 6};

        Fault fault = fault(() -> mmu.writeUser(PAGE + 0xffd, data, 0, 6));

        assertThat(fault.address()).isEqualTo(PAGE + 0x1000);
        byte[] back = new byte[6];
        mmu.readUser(PAGE + 0xffd, back, 0, 6);
        assertThat(back).containsExactly(1, 2, 3, 0, 0, 0);
    }
}
