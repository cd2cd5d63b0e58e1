package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.semantics.ModelSpecificRegisters.IA32_APIC_BASE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import org.junit.jupiter.api.Test;

/** CPUID announces no local APIC, so IA32_APIC_BASE has it disabled (SDM volume 3, section 11.4.3). */
class AbsentApicTest {
    private static final int CPUID_APIC = 1 << 9;
    private static final long BOOTSTRAP = 1 << 8, ENABLE = 1 << 11;

    private final Vcpu vcpu = new Vcpu();

    @Test
    void itIsNeitherAnnouncedNorEnabled() {
        assertThat(CpuFeature.mask(CpuFeature.Leaf.BASIC_EDX) & CPUID_APIC).isZero();
        assertThat(ModelSpecificRegisters.read(vcpu, IA32_APIC_BASE)).isEqualTo(0xfee0_0000L | BOOTSTRAP);
    }

    @Test
    void itCannotBeEnabled() {
        long enabled = 0xfee0_0000L | BOOTSTRAP | ENABLE;
        assertThatThrownBy(() -> ModelSpecificRegisters.write(vcpu, null, IA32_APIC_BASE, enabled))
                .isInstanceOfSatisfying(
                        Fault.class, fault -> assertThat(fault.vector()).isEqualTo(Fault.GP));
    }

    /** As a VM saved by a version that had it enabled finds it. */
    @Test
    void itIsDisabledWhateverWasSaved() {
        vcpu.apicBase = 0xfee0_0000L | BOOTSTRAP | ENABLE;
        assertThat(ModelSpecificRegisters.read(vcpu, IA32_APIC_BASE) & ENABLE).isZero();
    }
}
