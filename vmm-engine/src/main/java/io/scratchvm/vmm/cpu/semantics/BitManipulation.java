package io.scratchvm.vmm.cpu.semantics;

import io.scratchvm.vmm.cpu.state.Flags;

/**
 * LZCNT, BMI1, BMI2 and ADX. Operands are zero-extended; {@code size} is theirs in bytes. Flags that the SDM leaves
 * undefined are cleared.
 */
public final class BitManipulation {
    private BitManipulation() {}

    /** LZCNT; CF where the source is zero, ZF where the count is. */
    public static long leadingZeros(Flags flags, int size, long source) {
        return counted(flags, source, Long.numberOfLeadingZeros(source) - (64 - 8 * size));
    }

    /** TZCNT. */
    public static long trailingZeros(Flags flags, int size, long source) {
        return counted(flags, source, Math.min(Long.numberOfTrailingZeros(source), 8 * size));
    }

    private static long counted(Flags flags, long source, int count) {
        flags.set((source == 0 ? Flags.CF : 0) | (count == 0 ? Flags.ZF : 0));
        return count;
    }

    /** Records SF and ZF of a result, CF as given, OF clear. */
    private static long recorded(Flags flags, int size, long result, boolean carry) {
        long cut = result << 64 - 8 * size;
        flags.set((carry ? Flags.CF : 0) | (cut == 0 ? Flags.ZF : 0) | (cut < 0 ? Flags.SF : 0));
        return result;
    }

    /** ANDN. */
    public static long andNot(Flags flags, int size, long a, long b) {
        return recorded(flags, size, ~a & b, false);
    }

    /** BLSI: the lowest bit that is set. */
    public static long lowest(Flags flags, int size, long a) {
        return recorded(flags, size, a & -a, a != 0);
    }

    /** BLSR: all but the lowest bit that is set. */
    public static long withoutLowest(Flags flags, int size, long a) {
        return recorded(flags, size, a & a - 1, a == 0);
    }

    /** BLSMSK: all bits up to the lowest that is set. ZF is clear: of a source of zero all are. */
    public static long throughLowest(Flags flags, int size, long a) {
        return recorded(flags, size, a ^ a - 1, a == 0);
    }

    /** BEXTR: as many bits as the second byte of {@code control} says, from where its first byte says. */
    public static long extract(Flags flags, long source, long control) {
        int start = (int) control & 0xff;
        int length = (int) control >> 8 & 0xff;
        long result = start < 64 ? source >>> start : 0;
        result = length < 64 ? result & (1L << length) - 1 : result;
        flags.set(result == 0 ? Flags.ZF : 0);
        return result;
    }

    /** BZHI: the bits below the index that the low byte of {@code control} says; CF where there are no more above. */
    public static long zeroHigh(Flags flags, int size, long source, long control) {
        int index = (int) control & 0xff;
        boolean beyond = index >= 8 * size;
        return recorded(flags, size, beyond ? source : source & (1L << index) - 1, beyond);
    }

    /** PDEP: the lowest bits of {@code source} at the places that {@code mask} has. */
    public static long deposit(long source, long mask) {
        long result = 0;
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            if ((source & 1) != 0) {
                result |= rest & -rest;
            }
            source >>>= 1;
        }
        return result;
    }

    /** PEXT: the bits of {@code source} at the places that {@code mask} has, side by side. */
    public static long gather(long source, long mask) {
        long result = 0;
        int to = 0;
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            result |= (source & rest & -rest) != 0 ? 1L << to : 0;
            to++;
        }
        return result;
    }

    /** RORX. */
    public static long rotateRight(int size, long a, int count) {
        return size == 8 ? Long.rotateRight(a, count) : Integer.rotateRight((int) a, count) & 0xffff_ffffL;
    }

    /** ADCX ({@code flag} CF) and ADOX (OF): addition with a carry that is in and goes to one flag; the others stay. */
    public static long addWithFlag(Flags flags, int size, long a, long b, int flag) {
        int status = flags.status();
        long sum = a + b + ((status & flag) != 0 ? 1 : 0);
        boolean carry = size == 8 ? ((a & b | (a | b) & ~sum) < 0) : sum >>> 32 != 0;
        flags.set(carry ? status | flag : status & ~flag);
        return sum;
    }
}
