package io.scratchvm.vmm.cpu.semantics;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CpuidTest {
    private final Kernel kernel = new Kernel();
    private final Vcpu vcpu = kernel.vcpu;

    private int[] cpuid(int leaf, int subleaf) {
        vcpu.gpr[Vcpu.RAX] = 0xffff_ffff_0000_0000L | leaf & 0xffff_ffffL;
        vcpu.gpr[Vcpu.RCX] = subleaf;
        Cpuid.execute(vcpu);
        return new int[] {
            (int) vcpu.gpr[Vcpu.RAX], (int) vcpu.gpr[Vcpu.RBX], (int) vcpu.gpr[Vcpu.RCX], (int) vcpu.gpr[Vcpu.RDX]
        };
    }

    private static String text(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            bytes.putInt(word);
        }
        return new String(bytes.array(), StandardCharsets.US_ASCII);
    }

    @Test
    void saysWhoItIs() {
        int[] vendor = cpuid(0, 0);
        assertThat(text(vendor[1], vendor[3], vendor[2])).isEqualTo("GenuineIntel");
        int[] hypervisor = cpuid(0x4000_0000, 0);
        assertThat(text(hypervisor[1], hypervisor[2], hypervisor[3])).isEqualTo("ScratchVMvmm");
        StringBuilder brand = new StringBuilder();
        for (int leaf = 0x8000_0002; leaf <= 0x8000_0004; leaf++) {
            brand.append(text(cpuid(leaf, 0)));
        }
        assertThat(brand.toString().replace("\0", "")).isEqualTo("vmm virtual x86-64 CPU");
        assertThat(vcpu.gpr[Vcpu.RAX] >>> 32).as("upper halves are cleared").isZero();
    }

    @Test
    void announcesTheBaselineOfX8664() {
        int baseline = 1 << 0 | 1 << 8 | 1 << 15 | 1 << 23 | 1 << 24 | 1 << 25 | 1 << 26;

        assertThat(cpuid(1, 0)[3] & baseline).isEqualTo(baseline);
        assertThat(cpuid(0x8000_0001, 0)[3]).isEqualTo(1 << 11 | 1 << 20 | 1 << 26 | 1 << 27 | 1 << 29);
        assertThat(cpuid(0x8000_0008, 0)[0]).isEqualTo(48 << 8 | 46);
    }

    @Test
    void showsSyscallIn64BitModeOnly() {
        vcpu.segments[Segment.CS] = Segment.flatData(Kernel.CODE, 0);

        assertThat(cpuid(0x8000_0001, 0)[3] & 1 << 11).isZero();
    }

    @Test
    void answersUnknownLeavesWithZeros() {
        assertThat(cpuid(0x8000_0009, 0)).containsOnly(0);
        assertThat(cpuid(7, 1)).containsOnly(0);
        assertThat(cpuid(4, 3)).containsOnly(0);
        assertThat(cpuid(-1, 0)).containsOnly(0);
    }

    @Test
    void featuresDoNotShareBits() {
        for (CpuFeature.Leaf leaf : CpuFeature.Leaf.values()) {
            long features = java.util.Arrays.stream(CpuFeature.values())
                    .filter(f -> f.leaf() == leaf)
                    .count();
            assertThat(Integer.bitCount(CpuFeature.mask(leaf))).isEqualTo((int) features);
        }
    }

    @Test
    void onlyAnnouncedFeaturesCanBeTurnedOn() {
        for (int bit = 0; bit < 64; bit++) {
            long value = 1L << bit | ControlRegisters.CR4_PAE;
            boolean allowed = (value & ~CpuFeature.cr4()) == 0;
            if (allowed) {
                ControlRegisterMoves.write(vcpu, kernel.mmu, 4, value);
                assertThat(vcpu.cr4).isEqualTo(value);
            } else {
                Fault fault = Kernel.fault(() -> ControlRegisterMoves.write(vcpu, kernel.mmu, 4, value));
                assertThat(fault.vector()).isEqualTo(Fault.GP);
            }
        }
        assertThat(CpuFeature.cr4() & ControlRegisters.CR4_SMEP).isZero();
        assertThat(CpuFeature.cr4() & ControlRegisters.CR4_UMIP).isZero();
    }

    @Test
    void theTimeStampCountsInstructions() {
        vcpu.instructions = 1000;
        ModelSpecificRegisters.write(vcpu, kernel.mmu, ModelSpecificRegisters.IA32_TIME_STAMP_COUNTER, 5);
        vcpu.instructions = 1010;

        assertThat(ModelSpecificRegisters.readTimeStamp(vcpu)).isEqualTo(15);
        kernel.enter(3);
        assertThat(ModelSpecificRegisters.readTimeStamp(vcpu)).isEqualTo(15);
        vcpu.cr4 |= ControlRegisters.CR4_TSD;
        assertThat(Kernel.fault(() -> ModelSpecificRegisters.readTimeStamp(vcpu))
                        .vector())
                .isEqualTo(Fault.GP);
    }

    @Test
    void longModeIsLeftFromCompatibilityCode() {
        vcpu.segments[Segment.CS] = Segment.flatData(Kernel.CODE, 0);

        ControlRegisterMoves.write(vcpu, kernel.mmu, 0, vcpu.cr0 & ~ControlRegisters.CR0_PG);

        assertThat(vcpu.longMode()).isFalse();
        assertThat(vcpu.efer & ControlRegisters.EFER_LME).isNotZero();
        vcpu.cr4 = 0;
        assertThat(Kernel.fault(() ->
                                ControlRegisterMoves.write(vcpu, kernel.mmu, 0, vcpu.cr0 | ControlRegisters.CR0_PG))
                        .vector())
                .as("not without PAE")
                .isEqualTo(Fault.GP);
        assertThat(vcpu.longMode()).isFalse();
    }
}
