package io.scratchvm.vmm.memory;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;
import static io.scratchvm.vmm.memory.GuestTables.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.scratchvm.vmm.cpu.state.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Walks of tables that the test builds, against SDM volume 3, chapter 4. */
class PageWalkTest {
    private static final long LINEAR = 0x7fff_1234_5678L;
    private static final long LINEAR_32 = 0xbfc1_2345L;

    private enum Access {
        READ,
        WRITE,
        FETCH,
        USER_READ,
        USER_WRITE,
        USER_FETCH;

        long translate(GuestTables t, long linear) {
            PageWalk walk = new PageWalk(t.vcpu, t.memory);
            boolean write = this == WRITE || this == USER_WRITE;
            walk.translate(linear, write, ordinal() >= 3, this == FETCH || this == USER_FETCH);
            return walk.physical;
        }
    }

    private static int error(GuestTables t, long linear, Access access) {
        Fault fault = catchThrowableOfType(Fault.class, () -> access.translate(t, linear));
        assertThat(fault).as("a fault").isNotNull();
        assertThat(fault.vector()).isEqualTo(Fault.PF);
        assertThat(fault.address()).isEqualTo(linear);
        return fault.errorCode();
    }

    @Test
    void withoutPagingLinearIsPhysical() {
        GuestTables t = new GuestTables(1 << 20);

        assertThat(Access.WRITE.translate(t, 0x1_2345_6789L)).isEqualTo(0x2345_6789L);
    }

    @Test
    void translatesPagesOfEverySizeInFourLevels() {
        GuestTables small = fourLevel().map(LINEAR, 0x5000, P);
        GuestTables medium = fourLevel().set(LINEAR, 2, 0x20_0000 | PS | P);
        GuestTables large = fourLevel().set(LINEAR, 3, 0x4000_0000 | PS | P);

        assertThat(Access.READ.translate(small, LINEAR)).isEqualTo(0x5678);
        assertThat(Access.READ.translate(medium, LINEAR)).isEqualTo(0x20_0000 | LINEAR & 0x1f_ffff);
        assertThat(Access.READ.translate(large, LINEAR)).isEqualTo(0x4000_0000 | LINEAR & 0x3fff_ffff);
    }

    @Test
    void translatesNegativeAddresses() {
        long high = 0xffff_8000_0000_1000L;

        assertThat(Access.READ.translate(fourLevel().map(high, 0x5000, P), high + 5))
                .isEqualTo(0x5005);
    }

    @Test
    void translatesPagesOfBothSizesInPaeAndTwoLevels() {
        assertThat(Access.READ.translate(pae().map(LINEAR_32, 0x5000, P), LINEAR_32))
                .isEqualTo(0x5345);
        assertThat(Access.READ.translate(pae().set(LINEAR_32, 2, 0x20_0000 | PS | P), LINEAR_32))
                .isEqualTo(0x20_0000 | LINEAR_32 & 0x1f_ffff);
        assertThat(Access.READ.translate(twoLevel().map(LINEAR_32, 0x5000, P), LINEAR_32))
                .isEqualTo(0x5345);
        assertThat(Access.READ.translate(twoLevel().set(LINEAR_32, 2, 0x40_0000 | PS | P), LINEAR_32))
                .isEqualTo(0x40_0000 | LINEAR_32 & 0x3f_ffff);
    }

    @Test
    void takesAddressBits32To39OfA4MibPageFromBits13To20() {
        GuestTables t = twoLevel().set(LINEAR_32, 2, 0x40_0000 | PS | P | 0xa5L << 13);

        assertThat(Access.READ.translate(t, LINEAR_32)).isEqualTo(0xa5_0040_0000L | LINEAR_32 & 0x3f_ffff);
    }

    @Test
    void ignoresTheSizeBitWithoutPse() {
        GuestTables t = twoLevel();
        t.vcpu.cr4 = 0;
        t.set(LINEAR_32, 2, 0x6000 | PS | P | W).memory.write32(0x6000 + 0x12 * 4, 0x5000 | P);

        assertThat(Access.READ.translate(t, 0xbfc1_2345L)).isEqualTo(0x5345);
    }

    @ParameterizedTest
    @CsvSource({"READ, 0", "WRITE, 2", "FETCH, 0x10", "USER_READ, 4", "USER_WRITE, 6", "USER_FETCH, 0x14"})
    void faultsWithoutTheProtectionBitOnAbsentPages(Access access, String code) {
        for (int level = 1; level <= 4; level++) {
            assertThat(error(fourLevel().set(LINEAR, level, W | U), LINEAR, access))
                    .isEqualTo(Integer.decode(code));
        }
    }

    @Test
    void checksTheUserBitAtEveryLevel() {
        for (int level = 1; level <= 4; level++) {
            GuestTables t = fourLevel().map(LINEAR, 0x5000, P | W | U);
            t.set(LINEAR, level, t.get(LINEAR, level) & ~U);

            assertThat(error(t, LINEAR, Access.USER_READ)).isEqualTo(5);
            assertThat(error(t, LINEAR, Access.USER_WRITE)).isEqualTo(7);
            assertThat(Access.WRITE.translate(t, LINEAR)).isEqualTo(0x5678);
        }
    }

    @Test
    void checksTheWriteBitAtEveryLevel() {
        for (int level = 1; level <= 4; level++) {
            GuestTables t = fourLevel().map(LINEAR, 0x5000, P | W | U);
            t.set(LINEAR, level, t.get(LINEAR, level) & ~W);

            assertThat(error(t, LINEAR, Access.WRITE)).isEqualTo(3);
            assertThat(error(t, LINEAR, Access.USER_WRITE)).isEqualTo(7);
            assertThat(Access.USER_READ.translate(t, LINEAR)).isEqualTo(0x5678);
            t.vcpu.cr0 &= ~CR0_WP;
            assertThat(Access.WRITE.translate(t, LINEAR)).as("without CR0.WP").isEqualTo(0x5678);
            assertThat(error(t, LINEAR, Access.USER_WRITE)).isEqualTo(7);
        }
    }

    @Test
    void checksNoExecuteAtEveryLevel() {
        for (int level = 1; level <= 4; level++) {
            GuestTables t = fourLevel().map(LINEAR, 0x5000, P | W | U);
            t.set(LINEAR, level, t.get(LINEAR, level) | NX);

            assertThat(error(t, LINEAR, Access.FETCH)).isEqualTo(0x11);
            assertThat(error(t, LINEAR, Access.USER_FETCH)).isEqualTo(0x15);
            assertThat(Access.USER_WRITE.translate(t, LINEAR)).isEqualTo(0x5678);
        }
    }

    @Test
    void noExecuteIsReservedUnlessEnabled() {
        GuestTables t = fourLevel().map(LINEAR, 0x5000, P | W | U | NX);
        t.vcpu.efer &= ~EFER_NXE;

        assertThat(error(t, LINEAR, Access.READ)).isEqualTo(9);
        assertThat(error(t, LINEAR, Access.FETCH))
                .as("and fetches are not told apart")
                .isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(ints = {46, 47, 51})
    void addressBitsBeyondThePhysicalWidthAreReserved(int bit) {
        for (int level = 1; level <= 4; level++) {
            GuestTables t = fourLevel().map(LINEAR, 0x5000, P | W | U);
            t.set(LINEAR, level, t.get(LINEAR, level) | 1L << bit);

            assertThat(error(t, LINEAR, Access.USER_WRITE)).isEqualTo(0xf);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 13", "2, 20", "3, 13", "3, 21", "3, 29"})
    void addressBitsInsideALargePageAreReserved(int level, int bit) {
        GuestTables t = fourLevel().set(LINEAR, level, 1L << bit | PS | P);

        assertThat(error(t, LINEAR, Access.READ)).isEqualTo(9);
    }

    @Test
    void reservedBitsOfOtherShapes() {
        assertThat(error(fourLevel().set(LINEAR, 4, 0x2000 | PS | P), LINEAR, Access.READ))
                .isEqualTo(9);
        assertThat(error(twoLevel().set(LINEAR_32, 2, 1 << 21 | PS | P), LINEAR_32, Access.READ))
                .isEqualTo(9);
        assertThat(error(pae().map(LINEAR_32, 1L << 52, P), LINEAR_32, Access.READ))
                .isEqualTo(9);
        assertThat(error(pae().map(LINEAR_32, 1L << 62, P), LINEAR_32, Access.READ))
                .isEqualTo(9);
        GuestTables ignored = fourLevel().map(LINEAR, 0x5000, P | 1L << 52 | 1L << 62 | 1 << 9);
        assertThat(Access.READ.translate(ignored, LINEAR))
                .as("ignored in four levels")
                .isEqualTo(0x5678);
    }

    @Test
    void setsAccessedOnTheWayAndDirtyAtTheLeaf() {
        GuestTables t = fourLevel().map(LINEAR, 0x5000, P | W);

        Access.READ.translate(t, LINEAR);
        for (int level = 1; level <= 4; level++) {
            assertThat(t.get(LINEAR, level) & (A | D)).isEqualTo(A);
        }
        Access.WRITE.translate(t, LINEAR);
        assertThat(t.get(LINEAR, 1) & (A | D)).isEqualTo(A | D);
        assertThat(t.get(LINEAR, 2) & (A | D)).isEqualTo(A);
    }

    @Test
    void setsDirtyOfLargePages() {
        GuestTables t = fourLevel().set(LINEAR, 2, PS | P | W);

        Access.WRITE.translate(t, LINEAR);

        assertThat(t.get(LINEAR, 2) & (A | D)).isEqualTo(A | D);
    }

    @Test
    void leavesTheLeafAloneWhereTheAccessIsNotAllowed() {
        GuestTables t = fourLevel().map(LINEAR, 0x5000, P);

        error(t, LINEAR, Access.WRITE);

        assertThat(t.get(LINEAR, 1)).isEqualTo(0x5000 | P);
    }

    @Test
    void paePointersHaveNoRights() {
        GuestTables t = pae().map(LINEAR_32, 0x5000, P | W | U);

        assertThat(Access.USER_WRITE.translate(t, LINEAR_32)).isEqualTo(0x5345);
        assertThat(t.get(LINEAR_32, 3) & 0xfff).as("and no accessed bit").isEqualTo(P);
    }

    @Test
    void readsTablesOutsideOfMemoryAsOnes() {
        GuestTables t = fourLevel().set(LINEAR, 4, 1L << 40 | P);

        assertThat(error(t, LINEAR, Access.READ)).isEqualTo(9);
    }
}
