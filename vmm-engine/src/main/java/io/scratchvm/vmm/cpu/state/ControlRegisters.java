package io.scratchvm.vmm.cpu.state;

/** Bits of the control registers, of XCR0 and of EFER (Intel SDM volume 3, sections 2.5, 2.6 and 2.2.1). */
public final class ControlRegisters {
    public static final long CR0_PE = 1,
            CR0_MP = 1 << 1,
            CR0_EM = 1 << 2,
            CR0_TS = 1 << 3,
            CR0_ET = 1 << 4,
            CR0_NE = 1 << 5,
            CR0_WP = 1 << 16,
            CR0_AM = 1 << 18,
            CR0_NW = 1 << 29,
            CR0_CD = 1 << 30,
            CR0_PG = 1L << 31;
    public static final long CR4_VME = 1,
            CR4_PVI = 1 << 1,
            CR4_TSD = 1 << 2,
            CR4_DE = 1 << 3,
            CR4_PSE = 1 << 4,
            CR4_PAE = 1 << 5,
            CR4_MCE = 1 << 6,
            CR4_PGE = 1 << 7,
            CR4_PCE = 1 << 8,
            CR4_OSFXSR = 1 << 9,
            CR4_OSXMMEXCPT = 1 << 10,
            CR4_UMIP = 1 << 11,
            CR4_FSGSBASE = 1 << 16,
            CR4_OSXSAVE = 1 << 18,
            CR4_SMEP = 1 << 20,
            CR4_SMAP = 1 << 21;
    public static final long XCR0_X87 = 1, XCR0_SSE = 1 << 1, XCR0_AVX = 1 << 2;
    public static final long EFER_SCE = 1, EFER_LME = 1 << 8, EFER_LMA = 1 << 10, EFER_NXE = 1 << 11;

    private ControlRegisters() {}
}
