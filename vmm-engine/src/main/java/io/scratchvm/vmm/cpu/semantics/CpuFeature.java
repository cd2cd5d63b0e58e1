package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The features that CPUID announces: where each stands, and the bits of CR4 and EFER that exist because of it. CPUID's
 * answers and the checks of MOV to CR4 and WRMSR to EFER are made from this table alone, so what is announced is what
 * can be turned on.
 *
 * <p>All of x86-64-v3 is here (System V ABI, AMD64 supplement, "micro-architecture levels"). VME, PVI, MCE, MTRR, APIC,
 * UMIP, SMEP, SMAP, PCID, MONITOR, SHA and AVX-512 are not implemented and therefore absent.
 */
public enum CpuFeature {
    FPU(Leaf.BASIC_EDX, 0, "x87 floating-point unit"),
    DE(Leaf.BASIC_EDX, 2, "debugging extensions: CR4.DE", CR4_DE, 0),
    PSE(Leaf.BASIC_EDX, 3, "4 MiB pages", CR4_PSE, 0),
    TSC(Leaf.BASIC_EDX, 4, "time-stamp counter: RDTSC", CR4_TSD, 0),
    MSR(Leaf.BASIC_EDX, 5, "RDMSR and WRMSR"),
    PAE(Leaf.BASIC_EDX, 6, "physical-address extension", CR4_PAE, 0),
    CX8(Leaf.BASIC_EDX, 8, "CMPXCHG8B"),
    SEP(Leaf.BASIC_EDX, 11, "SYSENTER and SYSEXIT"),
    PGE(Leaf.BASIC_EDX, 13, "global pages", CR4_PGE, 0),
    CMOV(Leaf.BASIC_EDX, 15, "CMOVcc"),
    PAT(Leaf.BASIC_EDX, 16, "page-attribute table"),
    PSE36(Leaf.BASIC_EDX, 17, "4 MiB pages above 4 GiB"),
    CLFSH(Leaf.BASIC_EDX, 19, "CLFLUSH"),
    MMX(Leaf.BASIC_EDX, 23, "MMX"),
    FXSR(Leaf.BASIC_EDX, 24, "FXSAVE and FXRSTOR", CR4_OSFXSR, 0),
    SSE(Leaf.BASIC_EDX, 25, "SSE", CR4_OSXMMEXCPT, 0),
    SSE2(Leaf.BASIC_EDX, 26, "SSE2"),

    PNI(Leaf.BASIC_ECX, 0, "SSE3"),
    PCLMULQDQ(Leaf.BASIC_ECX, 1, "PCLMULQDQ: products without carries"),
    SSSE3(Leaf.BASIC_ECX, 9, "SSSE3"),
    FMA(Leaf.BASIC_ECX, 12, "multiply-add rounded once: VFMADD132PS and its kin"),
    CX16(Leaf.BASIC_ECX, 13, "CMPXCHG16B"),
    SSE4_1(Leaf.BASIC_ECX, 19, "SSE4.1"),
    SSE4_2(Leaf.BASIC_ECX, 20, "SSE4.2"),
    MOVBE(Leaf.BASIC_ECX, 22, "MOVBE"),
    POPCNT(Leaf.BASIC_ECX, 23, "POPCNT"),
    AES(Leaf.BASIC_ECX, 25, "AES-NI: AESENC and its kin"),
    XSAVE(Leaf.BASIC_ECX, 26, "XSAVE, XRSTOR, XGETBV and XSETBV, for x87, SSE and AVX state", CR4_OSXSAVE, 0),
    AVX(Leaf.BASIC_ECX, 28, "AVX: VEX forms of SSE, 256 bits of floating point"),
    F16C(Leaf.BASIC_ECX, 29, "VCVTPH2PS and VCVTPS2PH"),
    RDRAND(Leaf.BASIC_ECX, 30, "RDRAND: numbers of the VM's generator"),
    HYPERVISOR(Leaf.BASIC_ECX, 31, "runs under a hypervisor: leaf 0x40000000 exists"),

    FSGSBASE(Leaf.STRUCTURED_EBX, 0, "RDFSBASE, RDGSBASE, WRFSBASE and WRGSBASE", CR4_FSGSBASE, 0),
    BMI1(Leaf.STRUCTURED_EBX, 3, "ANDN, BEXTR, BLSI, BLSMSK, BLSR and TZCNT"),
    AVX2(Leaf.STRUCTURED_EBX, 5, "AVX2: 256 bits of integers, gathers"),
    BMI2(Leaf.STRUCTURED_EBX, 8, "BZHI, MULX, PDEP, PEXT, RORX, SARX, SHLX and SHRX"),
    RDSEED(Leaf.STRUCTURED_EBX, 18, "RDSEED: the same numbers as RDRAND's"),
    ADX(Leaf.STRUCTURED_EBX, 19, "ADCX and ADOX"),
    CLFLUSHOPT(Leaf.STRUCTURED_EBX, 23, "CLFLUSHOPT"),
    RDPID(Leaf.STRUCTURED_ECX, 22, "RDPID: IA32_TSC_AUX"),
    XSAVEOPT(Leaf.EXTENDED_STATE_EAX, 0, "XSAVEOPT"),

    LAHF64(Leaf.EXTENDED_ECX, 0, "LAHF and SAHF in 64-bit mode"),
    ABM(Leaf.EXTENDED_ECX, 5, "LZCNT"),
    SYSCALL(Leaf.EXTENDED_EDX, 11, "SYSCALL and SYSRET; shown in 64-bit mode only, as by Intel", 0, EFER_SCE),
    NX(Leaf.EXTENDED_EDX, 20, "no-execute pages", 0, EFER_NXE),
    RDTSCP(Leaf.EXTENDED_EDX, 27, "RDTSCP and IA32_TSC_AUX"),
    PAGE1GB(Leaf.EXTENDED_EDX, 26, "1 GiB pages"),
    LM(Leaf.EXTENDED_EDX, 29, "Intel 64: long mode", 0, EFER_LME | EFER_LMA);

    /** The registers of CPUID that hold feature bits. */
    public enum Leaf {
        /** Leaf 1, ECX. */
        BASIC_ECX,
        /** Leaf 1, EDX. */
        BASIC_EDX,
        /** Leaf 7, subleaf 0, EBX. */
        STRUCTURED_EBX,
        /** Leaf 7, subleaf 0, ECX. */
        STRUCTURED_ECX,
        /** Leaf 13, subleaf 1, EAX. */
        EXTENDED_STATE_EAX,
        /** Leaf 0x80000001, ECX. */
        EXTENDED_ECX,
        /** Leaf 0x80000001, EDX. */
        EXTENDED_EDX
    }

    /** CR4.PCE needs no feature: every CPU since the Pentium Pro has it. */
    private static final long CR4_ALWAYS = CR4_PCE;

    private final Leaf leaf;
    private final int bit;
    private final String description;
    private final long cr4;
    private final long efer;

    CpuFeature(Leaf leaf, int bit, String description) {
        this(leaf, bit, description, 0, 0);
    }

    CpuFeature(Leaf leaf, int bit, String description, long cr4, long efer) {
        this.leaf = leaf;
        this.bit = bit;
        this.description = description;
        this.cr4 = cr4;
        this.efer = efer;
    }

    /** The register of CPUID that announces this feature. */
    public Leaf leaf() {
        return leaf;
    }

    /** Its bit there, 0 to 31. */
    public int bit() {
        return bit;
    }

    /** One line for documentation. */
    public String description() {
        return description;
    }

    /** The names of all features, in lower case. */
    public static List<String> names() {
        List<String> names = new ArrayList<>();
        for (CpuFeature feature : values()) {
            names.add(feature.name().toLowerCase(Locale.ROOT));
        }
        return names;
    }

    /** All feature bits of one register of CPUID. */
    public static int mask(Leaf leaf) {
        int mask = 0;
        for (CpuFeature feature : values()) {
            mask |= feature.leaf == leaf ? 1 << feature.bit : 0;
        }
        return mask;
    }

    /** The bits of CR4 that may be set. */
    static long cr4() {
        long mask = CR4_ALWAYS;
        for (CpuFeature feature : values()) {
            mask |= feature.cr4;
        }
        return mask;
    }

    /** The bits of EFER that are not reserved. */
    static long efer() {
        long mask = 0;
        for (CpuFeature feature : values()) {
            mask |= feature.efer;
        }
        return mask;
    }
}
