package io.scratchvm.vmm.cpu.floatingpoint;

/** How one number stands to another (IEEE 754, section 5.11). */
public enum Relation {
    LESS,
    EQUAL,
    GREATER,
    /** At least one is a NaN. */
    UNORDERED;

    /**
     * Whether predicate {@code number} of CMPPS and its kin holds, 0 to 7, or to 31 under VEX (SDM volume 2, "CMPPD",
     * table 3-1).
     */
    public boolean satisfies(int number) {
        boolean holds =
                switch (number & 11) {
                    case 0 -> this == EQUAL;
                    case 1 -> this == LESS;
                    case 2 -> this == LESS || this == EQUAL;
                    case 3 -> this == UNORDERED;
                    case 8 -> this == EQUAL || this == UNORDERED;
                    case 9 -> this == LESS || this == UNORDERED;
                    case 10 -> this != GREATER;
                    default -> false;
                };
        return holds == ((number & 4) == 0);
    }

    /** Whether a quiet NaN is invalid under that predicate. */
    public static boolean isSignalling(int number) {
        int base = number & 3;
        return (base == 1 || base == 2) == ((number & 16) == 0);
    }
}
