package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A digest is never out of date, and not taken again for nothing. */
class RunDigestsTest {
    private static final int RUN = 0x4000, RUNS = 64;

    private final PhysicalMemory memory = new PhysicalMemory((long) RUN * RUNS);
    private final Mmu mmu = new Mmu(new Vcpu(), memory);
    private final RunDigests digests = new RunDigests(memory);

    @BeforeEach
    void letTheGuestAddressMemoryDirectly() {
        mmu.synchronize();
    }

    private byte[] fresh(long address, int length) {
        byte[] bytes = new byte[length];
        memory.read(address, bytes, 0, length);
        return Seal.sha256().digest(bytes);
    }

    @Test
    void isThatOfTheMemoryWhoeverWroteIt() {
        Random random = new Random(3);
        byte[] bytes = new byte[3 * RUN];
        for (int i = 0; i < 3000; i++) {
            long address = random.nextInt(RUN * (RUNS - 4));
            random.nextBytes(bytes);
            switch (random.nextInt(6)) {
                // The guest's own writes go through windows that are opened once and then not seen.
                case 0, 1, 2 -> mmu.write64(address & 0xf_fff8, random.nextLong());
                case 3 -> memory.write(address, bytes, 0, random.nextInt(bytes.length));
                case 4 -> memory.clear(address, random.nextInt(2 * RUN));
                default -> memory.advanceEpoch();
            }
            long run = random.nextInt(RUNS) * (long) RUN;
            int length = random.nextInt(8) == 0 ? RUN / 2 : RUN;
            assertThat(digests.digest(run, length)).isEqualTo(fresh(run, length));
        }
    }

    @Test
    void isKeptUntilThatRunIsWritten() {
        memory.write64(0, 1);
        memory.write64(RUN, 2);
        byte[] first = digests.digest(0, RUN);
        byte[] second = digests.digest(RUN, RUN);

        mmu.write64(RUN + 0x3ff8, 3);
        memory.advanceEpoch();

        assertThat(digests.digest(0, RUN)).isSameAs(first);
        assertThat(digests.digest(RUN, RUN)).isNotEqualTo(second).isEqualTo(fresh(RUN, RUN));
    }

    @Test
    void aWriteOfTheSameBytesIsSeenAndChangesNothing() {
        memory.write64(8, 7);
        byte[] digest = digests.digest(0, RUN);
        memory.write64(8, 7);
        assertThat(digests.digest(0, RUN)).isEqualTo(digest).isNotSameAs(digest);
    }

    @Test
    void manyRunsCostOneEpoch() {
        for (long run = 0; run < (long) RUN * RUNS; run += RUN) {
            memory.write64(run, run + 1);
        }
        long before = memory.epoch();
        byte[][] all = new byte[RUNS][];
        Arrays.setAll(all, i -> digests.digest((long) i * RUN, RUN));
        assertThat(memory.epoch()).isEqualTo(before + 1);
        assertThat(digests.digest(RUN, RUN)).isSameAs(all[1]);
    }

    @Test
    void aRefreshTakesTheRunsThatAnImageWouldHave() {
        memory.write64(RUN, 1);
        memory.write64(RUN + 4096, 1);
        memory.write64(5 * RUN, 1);
        digests.refresh();
        mmu.write64(5 * RUN, 2);
        digests.refresh();
        assertThat(digests.digest(RUN, 8192)).isEqualTo(fresh(RUN, 8192)).isSameAs(digests.digest(RUN, 8192));
        assertThat(digests.digest(5 * RUN, 4096)).isEqualTo(fresh(5 * RUN, 4096));
        long epoch = memory.epoch();
        digests.digest(RUN, 8192);
        digests.digest(5 * RUN, 4096);
        assertThat(memory.epoch()).isEqualTo(epoch);
    }

    @Test
    void whatWasPutHoldsUntilAWriteInItsEpoch() {
        memory.write64(RUN, 1);
        long epoch = memory.advanceEpoch();
        byte[] elsewhere = {1, 2, 3};
        digests.put(RUN, 4096, epoch, elsewhere);
        digests.refresh();
        assertThat(digests.digest(RUN, 4096)).isSameAs(elsewhere);
        mmu.write64(RUN + 8, 1);
        assertThat(digests.digest(RUN, 4096)).isEqualTo(fresh(RUN, 4096));
    }
}
