package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.CR4_OSXSAVE;

import io.scratchvm.vmm.cpu.semantics.CpuFeature.Leaf;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * CPUID (Intel SDM volume 2, CPUID). Feature bits come from {@link CpuFeature}; the rest is here. The CPU calls itself
 * a GenuineIntel of family 6, because where Intel and AMD differ it does as Intel's do. What leaves 2 and 4 say of
 * caches is what C libraries size their copying by, and stands for no cache of this machine.
 */
public final class Cpuid {
    /** Physical and linear address bits. */
    private static final int PHYSICAL_BITS = 46, LINEAR_BITS = 48;

    private static final String VENDOR = "GenuineIntel";
    private static final String HYPERVISOR = "ScratchVMvmm";
    private static final String BRAND = "vmm virtual x86-64 CPU";

    private static final int MAX_BASIC = 0xd, MAX_EXTENDED = 0x8000_0008;
    private static final int HYPERVISOR_LEAF = 0x4000_0000;

    /** Family 6, model 15, stepping 11. */
    private static final int SIGNATURE = 0x6fb;

    /** CLFLUSH line of 8 quadwords; one logical processor; APIC ID 0. */
    private static final int BRAND_AND_TOPOLOGY = 1 << 16 | 8 << 8;

    /** Leaf 2: one round, and "see leaf 4". */
    private static final int DESCRIPTORS = 0xff01;

    /** Leaf 1, ECX: what CR4.OSXSAVE is. */
    private static final int OSXSAVE = 1 << 27;

    private Cpuid() {}

    /** EAX, EBX, ECX and EDX of a leaf. */
    private record Answer(int eax, int ebx, int ecx, int edx) {
        static final Answer NOTHING = new Answer(0, 0, 0, 0);
    }

    /** CPUID: reads EAX and ECX, writes RAX, RBX, RCX and RDX. */
    public static void execute(Vcpu vcpu) {
        int leaf = (int) vcpu.gpr[Vcpu.RAX];
        Answer answer = answer(vcpu, leaf, (int) vcpu.gpr[Vcpu.RCX]);
        vcpu.gpr[Vcpu.RAX] = answer.eax & 0xffff_ffffL;
        vcpu.gpr[Vcpu.RBX] = answer.ebx & 0xffff_ffffL;
        vcpu.gpr[Vcpu.RCX] = answer.ecx & 0xffff_ffffL;
        vcpu.gpr[Vcpu.RDX] = answer.edx & 0xffff_ffffL;
    }

    private static Answer answer(Vcpu vcpu, int leaf, int subleaf) {
        return switch (leaf) {
            case 0 -> new Answer(MAX_BASIC, word(VENDOR, 0), word(VENDOR, 2), word(VENDOR, 1));
            case 1 ->
                new Answer(
                        SIGNATURE,
                        BRAND_AND_TOPOLOGY,
                        CpuFeature.mask(Leaf.BASIC_ECX) | ((vcpu.cr4 & CR4_OSXSAVE) != 0 ? OSXSAVE : 0),
                        CpuFeature.mask(Leaf.BASIC_EDX));
            case 2 -> new Answer(DESCRIPTORS, 0, 0, 0);
            case 4 -> cache(subleaf);
            case 7 -> structuredFeatures(subleaf);
            case 0xd -> extendedState(vcpu, subleaf);
            case HYPERVISOR_LEAF ->
                new Answer(HYPERVISOR_LEAF, word(HYPERVISOR, 0), word(HYPERVISOR, 1), word(HYPERVISOR, 2));
            case 0x8000_0000 -> new Answer(MAX_EXTENDED, 0, 0, 0);
            case 0x8000_0001 -> new Answer(0, 0, CpuFeature.mask(Leaf.EXTENDED_ECX), extendedEdx(vcpu));
            case 0x8000_0002, 0x8000_0003, 0x8000_0004 -> brand(4 * (leaf - 0x8000_0002));
            case 0x8000_0008 -> new Answer(PHYSICAL_BITS | LINEAR_BITS << 8, 0, 0, 0);
            default -> Answer.NOTHING;
        };
    }

    private static Answer structuredFeatures(int subleaf) {
        return subleaf == 0
                ? new Answer(0, CpuFeature.mask(Leaf.STRUCTURED_EBX), CpuFeature.mask(Leaf.STRUCTURED_ECX), 0)
                : Answer.NOTHING;
    }

    /** Components that XCR0 may have; the sizes of XSAVE's area for those it has and for all; each beyond SSE. */
    private static Answer extendedState(Vcpu vcpu, int subleaf) {
        return switch (subleaf) {
            case 0 -> new Answer((int) ExtendedState.COMPONENTS, ExtendedState.area(vcpu), ExtendedState.MAX_AREA, 0);
            case 1 -> new Answer(CpuFeature.mask(Leaf.EXTENDED_STATE_EAX), 0, 0, 0);
            case 2 -> new Answer(ExtendedState.AVX_SIZE, ExtendedState.AVX_AT, 0, 0);
            default -> Answer.NOTHING;
        };
    }

    private static int extendedEdx(Vcpu vcpu) {
        int syscall = 1 << CpuFeature.SYSCALL.bit();
        return CpuFeature.mask(Leaf.EXTENDED_EDX) & (vcpu.mode64() ? -1 : ~syscall);
    }

    /** 32 KiB of first-level data and of instruction cache, 1 MiB of second level; lines of 64 bytes. */
    private static Answer cache(int index) {
        return switch (index) {
            case 0 -> cache(1, 1, 8, 64);
            case 1 -> cache(2, 1, 8, 64);
            case 2 -> cache(3, 2, 16, 1024);
            default -> Answer.NOTHING;
        };
    }

    private static Answer cache(int type, int level, int ways, int sets) {
        int selfInitializing = 1 << 8;
        return new Answer(type | level << 5 | selfInitializing, ways - 1 << 22 | 64 - 1, sets - 1, 0);
    }

    private static Answer brand(int firstWord) {
        return new Answer(
                word(BRAND, firstWord),
                word(BRAND, firstWord + 1),
                word(BRAND, firstWord + 2),
                word(BRAND, firstWord + 3));
    }

    /** Four characters of {@code text}, zeros after its end. */
    private static int word(String text, int index) {
        byte[] padded = new byte[48];
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, padded, 0, bytes.length);
        return ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN).getInt(4 * index);
    }
}
