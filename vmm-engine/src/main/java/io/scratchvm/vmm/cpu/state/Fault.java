package io.scratchvm.vmm.cpu.state;

/**
 * An exception of the guest's CPU (Intel SDM volume 3, chapter 6), thrown by what executes an instruction and caught by
 * the engine, which has it delivered. Never leaves the engine. Whoever throws it has changed no register and no memory
 * of the faulting instruction.
 */
public final class Fault extends RuntimeException {
    /** Vectors (SDM volume 3, table 6-1). */
    public static final int DE = 0,
            DB = 1,
            NMI = 2,
            BP = 3,
            OF = 4,
            BR = 5,
            UD = 6,
            NM = 7,
            DF = 8,
            TS = 10,
            NP = 11,
            SS = 12,
            GP = 13,
            PF = 14,
            MF = 16,
            AC = 17,
            MC = 18,
            XM = 19;

    private static final String[] NAMES = {
        "#DE",
        "#DB",
        "NMI",
        "#BP",
        "#OF",
        "#BR",
        "#UD",
        "#NM",
        "#DF",
        "vector 9",
        "#TS",
        "#NP",
        "#SS",
        "#GP",
        "#PF",
        "vector 15",
        "#MF",
        "#AC",
        "#MC",
        "#XM"
    };

    private final int vector;
    private final int errorCode;
    private final long address;
    private final boolean nonCanonical;

    private Fault(int vector, int errorCode, long address, boolean nonCanonical) {
        super(null, null, false, false);
        this.vector = vector;
        this.errorCode = errorCode;
        this.address = address;
        this.nonCanonical = nonCanonical;
    }

    /** A fault with error code 0 where the vector has one. */
    public static Fault of(int vector) {
        return new Fault(vector, 0, 0, false);
    }

    public static Fault of(int vector, int errorCode) {
        return new Fault(vector, errorCode, 0, false);
    }

    public static Fault gp(int errorCode) {
        return new Fault(GP, errorCode, 0, false);
    }

    public static Fault ud() {
        return new Fault(UD, 0, 0, false);
    }

    /** #PF at a linear address; {@code errorCode} as in SDM volume 3, figure 4-12. */
    public static Fault page(long address, int errorCode) {
        return new Fault(PF, errorCode, address, false);
    }

    /** #GP(0) of a linear address that is not canonical; the engine turns it into #SS(0) for the stack segment. */
    public static Fault nonCanonical() {
        return new Fault(GP, 0, 0, true);
    }

    public int vector() {
        return vector;
    }

    /** The error code, 0 for vectors without one. */
    public int errorCode() {
        return errorCode;
    }

    /** For #PF, the linear address that CR2 is to hold. */
    public long address() {
        return address;
    }

    public boolean isNonCanonical() {
        return nonCanonical;
    }

    /** Whether the CPU pushes an error code for this vector. */
    public boolean hasErrorCode() {
        return switch (vector) {
            case DF, TS, NP, SS, GP, PF, AC -> true;
            default -> false;
        };
    }

    /** The SDM's mnemonic, as {@code #PF}. */
    public String mnemonic() {
        return name(vector);
    }

    /** The SDM's mnemonic of {@code vector}, 0 to 255. */
    public static String name(int vector) {
        return vector < NAMES.length ? NAMES[vector] : "vector " + vector;
    }

    @Override
    public String getMessage() {
        return mnemonic()
                + (hasErrorCode() ? "(0x" + Integer.toHexString(errorCode) + ")" : "")
                + (vector == PF ? " at 0x" + Long.toHexString(address) : "");
    }
}
