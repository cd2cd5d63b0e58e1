package io.scratchvm.vmm.linux.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Flat start: bytes at an address, and the CPU in real mode before the first of them. */
class FlatStartTest {
    private static final byte[] BYTES = {(byte) 0xf4, 1, 2, 3};

    private final Vcpu vcpu = new Vcpu();
    private final Mmu mmu = new Mmu(vcpu, new PhysicalMemory(1 << 22));

    @ParameterizedTest
    @CsvSource({
        "0x7c00, 0, 0, 0x7c00",
        "0xffff, 0, 0, 0xffff",
        "0x10000, 0x1000, 0x10000, 0",
        "0x20005, 0x2000, 0x20000, 5",
        "0x200008, 0, 0x200000, 8"
    })
    void entersRealModeAtTheFirstByte(String address, String selector, String base, String ip) throws Exception {
        Loaded loaded = FlatStart.load(LoadedFile.of("flat", BYTES), Long.decode(address), vcpu, mmu);
        Segment cs = vcpu.segments[Segment.CS];
        assertThat(cs.base() + vcpu.rip).isEqualTo(Long.decode(address)).isEqualTo(loaded.entry());
        assertThat(cs.base()).isEqualTo(Long.decode(base));
        assertThat((long) cs.selector()).isEqualTo(Long.decode(selector));
        assertThat(vcpu.rip).isEqualTo(Long.decode(ip));
        assertThat(vcpu.rflags()).isEqualTo(2);
        assertThat(vcpu.protectedMode()).isFalse();
        assertThat(mmu.read32(Long.decode(address))).isEqualTo(0x030201f4);
    }

    @Test
    void refusesWhatDoesNotFit() {
        refused((1 << 22) - 3, BYTES, "4 bytes at 0x3ffffd do not fit memory");
        refused(-1, BYTES, "do not fit memory");
        refused(Long.MAX_VALUE, BYTES, "do not fit memory");
        refused(0x7c00, new byte[0], "is empty");
    }

    private void refused(long address, byte[] bytes, String message) {
        assertThatThrownBy(() -> FlatStart.load(LoadedFile.of("flat", bytes), address, vcpu, mmu))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining(message);
    }
}
