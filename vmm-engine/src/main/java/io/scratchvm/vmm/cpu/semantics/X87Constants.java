package io.scratchvm.vmm.cpu.semantics;

/** The numbers that FLDL2T, FLDL2E, FLDPI, FLDLG2 and FLDLN2 push: exact, but for rounding control; without PE. */
public final class X87Constants {
    private X87Constants() {}

    public static Extended log2Of10(X87Rounding r) {
        return rounded(1, 0xd49a_784b_cd1b_8afeL, 0x492b_f6ff_4daf_db4cL, r);
    }

    public static Extended log2OfE(X87Rounding r) {
        return rounded(0, 0xb8aa_3b29_5c17_f0bbL, 0xbe87_fed0_691d_3e88L, r);
    }

    public static Extended pi(X87Rounding r) {
        return rounded(1, 0xc90f_daa2_2168_c234L, 0xc4c6_628b_80dc_1cd1L, r);
    }

    public static Extended log10Of2(X87Rounding r) {
        return rounded(-2, 0x9a20_9a84_fbcf_f798L, 0x8f89_59ac_0b7c_9178L, r);
    }

    public static Extended lnOf2(X87Rounding r) {
        return rounded(-1, 0xb172_17f7_d1cf_79abL, 0xc9e3_b398_03f2_f6afL, r);
    }

    private static Extended rounded(int exponent, long high, long low, X87Rounding r) {
        return r.silent().round(false, exponent, high, low);
    }
}
