package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** RDMSR, WRMSR, RDTSC, RDFSBASE and its kin (Intel SDM volume 4). An MSR that is not here is #GP(0). */
public final class ModelSpecificRegisters {
    /** Architectural names (SDM volume 4, table 2-2). */
    public static final int IA32_TIME_STAMP_COUNTER = 0x10,
            IA32_APIC_BASE = 0x1b,
            IA32_MTRRCAP = 0xfe,
            IA32_SYSENTER_CS = 0x174,
            IA32_SYSENTER_ESP = 0x175,
            IA32_SYSENTER_EIP = 0x176,
            IA32_MISC_ENABLE = 0x1a0,
            IA32_PAT = 0x277,
            IA32_EFER = 0xc000_0080,
            IA32_STAR = 0xc000_0081,
            IA32_LSTAR = 0xc000_0082,
            IA32_CSTAR = 0xc000_0083,
            IA32_FMASK = 0xc000_0084,
            IA32_FS_BASE = 0xc000_0100,
            IA32_GS_BASE = 0xc000_0101,
            IA32_KERNEL_GS_BASE = 0xc000_0102,
            IA32_TSC_AUX = 0xc000_0103;

    /** Fast strings on; branch trace storage and precise event sampling unavailable. */
    private static final long MISC_ENABLE = 1 | 1 << 11 | 1 << 12;

    /**
     * The local APIC's enable bit. While it is clear the CPU is as one without an APIC, which is what CPUID says (SDM
     * volume 3, section 11.4.3); here it cannot be set.
     */
    private static final long APIC_ENABLE = 1 << 11;

    /** Bits 0-7, 9, 10, those above the physical address, and what is not there to be enabled. */
    private static final long APIC_BASE_RESERVED = 0x6ff | APIC_ENABLE | -1L << 46;

    private ModelSpecificRegisters() {}

    /** RDMSR. */
    public static long read(Vcpu vcpu, int index) {
        Privilege.requireKernel(vcpu);
        return switch (index) {
            case IA32_TIME_STAMP_COUNTER -> timeStamp(vcpu);
            case IA32_APIC_BASE -> vcpu.apicBase & ~APIC_ENABLE;
            case IA32_MTRRCAP -> 0;
            case IA32_SYSENTER_CS -> vcpu.sysenterCs;
            case IA32_SYSENTER_ESP -> vcpu.sysenterEsp;
            case IA32_SYSENTER_EIP -> vcpu.sysenterEip;
            case IA32_MISC_ENABLE -> MISC_ENABLE;
            case IA32_PAT -> vcpu.pat;
            case IA32_EFER -> vcpu.efer;
            case IA32_STAR -> vcpu.star;
            case IA32_LSTAR -> vcpu.lstar;
            case IA32_CSTAR -> vcpu.cstar;
            case IA32_FMASK -> vcpu.fmask;
            case IA32_FS_BASE -> vcpu.segments[Segment.FS].base();
            case IA32_GS_BASE -> vcpu.segments[Segment.GS].base();
            case IA32_KERNEL_GS_BASE -> vcpu.kernelGsBase;
            case IA32_TSC_AUX -> vcpu.tscAux;
            default -> throw Fault.gp(0);
        };
    }

    /** WRMSR. */
    public static void write(Vcpu vcpu, Mmu mmu, int index, long value) {
        Privilege.requireKernel(vcpu);
        switch (index) {
            case IA32_TIME_STAMP_COUNTER -> vcpu.tscOffset = value - vcpu.instructions;
            case IA32_APIC_BASE -> vcpu.apicBase = without(APIC_BASE_RESERVED, value);
            case IA32_SYSENTER_CS -> vcpu.sysenterCs = value & 0xffff_ffffL;
            case IA32_SYSENTER_ESP -> vcpu.sysenterEsp = canonical(value);
            case IA32_SYSENTER_EIP -> vcpu.sysenterEip = canonical(value);
            case IA32_MISC_ENABLE -> without(-1, value ^ MISC_ENABLE);
            case IA32_PAT -> vcpu.pat = memoryTypes(value);
            case IA32_EFER -> writeEfer(vcpu, mmu, value);
            case IA32_STAR -> vcpu.star = value;
            case IA32_LSTAR -> vcpu.lstar = canonical(value);
            case IA32_CSTAR -> vcpu.cstar = canonical(value);
            case IA32_FMASK -> vcpu.fmask = without(-1L << 32, value);
            case IA32_FS_BASE -> setBase(vcpu, Segment.FS, canonical(value));
            case IA32_GS_BASE -> setBase(vcpu, Segment.GS, canonical(value));
            case IA32_KERNEL_GS_BASE -> vcpu.kernelGsBase = canonical(value);
            case IA32_TSC_AUX -> vcpu.tscAux = without(-1L << 32, value);
            default -> throw Fault.gp(0);
        }
    }

    /** LMA follows CR0.PG and is not written; LME may only change while paging is off. */
    private static void writeEfer(Vcpu vcpu, Mmu mmu, long value) {
        boolean paging = (vcpu.cr0 & CR0_PG) != 0;
        if ((value & ~CpuFeature.efer()) != 0 || paging && ((value ^ vcpu.efer) & EFER_LME) != 0) {
            throw Fault.gp(0);
        }
        vcpu.efer = value & ~EFER_LMA | vcpu.efer & EFER_LMA;
        mmu.synchronize();
    }

    static void setBase(Vcpu vcpu, int register, long base) {
        Segment s = vcpu.segments[register];
        vcpu.segments[register] = new Segment(s.selector(), base, s.limit(), s.attributes());
    }

    /**
     * RDFSBASE and RDGSBASE: the base of {@code register}.
     *
     * @throws Fault #UD unless CR4.FSGSBASE allows them
     */
    public static long readBase(Vcpu vcpu, int register) {
        requireBases(vcpu);
        return vcpu.segments[register].base();
    }

    /** WRFSBASE and WRGSBASE. */
    public static void writeBase(Vcpu vcpu, int register, long base) {
        requireBases(vcpu);
        setBase(vcpu, register, canonical(base));
    }

    private static void requireBases(Vcpu vcpu) {
        if ((vcpu.cr4 & CR4_FSGSBASE) == 0) {
            throw Fault.ud();
        }
    }

    private static long canonical(long value) {
        Privilege.requireCanonical(value);
        return value;
    }

    private static long without(long reserved, long value) {
        if ((value & reserved) != 0) {
            throw Fault.gp(0);
        }
        return value;
    }

    /** Eight memory types, each 0, 1 or 4 to 7 (SDM volume 3, table 11-10). */
    private static long memoryTypes(long value) {
        for (int i = 0; i < 64; i += 8) {
            long type = value >>> i & 0xff;
            if (type > 7 || type == 2 || type == 3) {
                throw Fault.gp(0);
            }
        }
        return value;
    }

    // -- counters ----------------------------------------------------------------------------------------------------

    private static long timeStamp(Vcpu vcpu) {
        return vcpu.instructions + vcpu.tscOffset;
    }

    /** RDTSC: one tick an instruction. */
    public static long readTimeStamp(Vcpu vcpu) {
        if (vcpu.cpl != 0 && (vcpu.cr4 & CR4_TSD) != 0) {
            throw Fault.gp(0);
        }
        return timeStamp(vcpu);
    }

    /** RDPMC: there are no performance counters, so no index is valid. */
    public static long readPerformanceCounter(Vcpu vcpu, int index) {
        throw Fault.gp(0);
    }
}
