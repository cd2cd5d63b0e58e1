package io.scratchvm.vmm.cpu.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What returns to ring 3 do to the data segments. */
class FarReturnsTest {
    private static final long THREAD = 0x7000_1234_5000L;

    private final Kernel kernel = new Kernel();
    private final Vcpu vcpu = kernel.vcpu;

    /** Kernels set FS's base by WRMSR, with a null selector, and return by IRET. */
    @ParameterizedTest
    @ValueSource(ints = {Segment.FS, Segment.GS})
    void theBaseOfANullSegmentOutlivesTheReturn(int register) {
        vcpu.segments[register] = Segment.unusable(0);
        ModelSpecificRegisters.setBase(vcpu, register, THREAD);

        returnToRing3();

        assertThat(vcpu.segments[register].base()).isEqualTo(THREAD);
        assertThat(vcpu.segments[register].isUnusable()).isTrue();
    }

    @Test
    void segmentsOfTheInnerRingBecomeNull() {
        vcpu.segments[Segment.DS] = Segment.flatData(Kernel.DATA, 0);
        vcpu.segments[Segment.ES] = Segment.flatData(Kernel.USER_DATA, 3);

        returnToRing3();

        assertThat(vcpu.segments[Segment.DS].selector()).isZero();
        assertThat(vcpu.segments[Segment.DS].isUnusable()).isTrue();
        assertThat(vcpu.segments[Segment.ES].selector()).isEqualTo(Kernel.USER_DATA);
    }

    private void returnToRing3() {
        long[] frame = {0x1000, Kernel.USER_CODE, 0x202, Kernel.STACK, Kernel.USER_DATA};
        for (int n = 0; n < frame.length; n++) {
            kernel.memory.write64(Kernel.STACK - 0x100 + 8 * n, frame[n]);
        }
        vcpu.gpr[Vcpu.RSP] = Kernel.STACK - 0x100;
        FarReturns.iret(vcpu, kernel.mmu, 8);
        assertThat(vcpu.cpl).isEqualTo(3);
    }
}
