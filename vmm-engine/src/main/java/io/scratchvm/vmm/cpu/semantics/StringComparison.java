package io.scratchvm.vmm.cpu.semantics;

import io.scratchvm.vmm.cpu.state.Flags;

/**
 * What PCMPESTRI, PCMPESTRM, PCMPISTRI and PCMPISTRM compute (Intel SDM volume 2, section 4.1): the comparison of two
 * strings of up to 16 bytes or eight words, of which the first is a set, a list of ranges or a text to be found.
 */
public final class StringComparison {
    private final long firstLow;
    private final long firstHigh;
    private final long secondLow;
    private final long secondHigh;
    private final int control;
    private final boolean words;
    private final boolean signed;
    /** Characters that a register holds: 16 or 8. */
    private final int capacity;

    private int firstLength;
    private int secondLength;

    /** Of strings that end with a zero, if they do not fill their registers; {@code control} is the immediate byte. */
    public StringComparison(long firstLow, long firstHigh, long secondLow, long secondHigh, int control) {
        this.firstLow = firstLow;
        this.firstHigh = firstHigh;
        this.secondLow = secondLow;
        this.secondHigh = secondHigh;
        this.control = control;
        words = (control & 1) != 0;
        signed = (control & 2) != 0;
        capacity = words ? 8 : 16;
        firstLength = length(firstLow, firstHigh);
        secondLength = length(secondLow, secondHigh);
    }

    /** Of strings of these lengths, whose signs do not matter. */
    public StringComparison withLengths(long first, long second) {
        firstLength = saturated(first);
        secondLength = saturated(second);
        return this;
    }

    private int length(long low, long high) {
        int length = 0;
        while (length < capacity && character(low, high, length) != 0) {
            length++;
        }
        return length;
    }

    private int saturated(long length) {
        // The least number is its own opposite, and large all the same.
        return length == Long.MIN_VALUE ? capacity : (int) Math.min(Math.abs(length), capacity);
    }

    private int character(long low, long high, int index) {
        long value = words ? Shuffles.word(index < 4 ? low : high, index & 3) : Shuffles.octet(low, high, index);
        if (signed) {
            return words ? (short) value : (byte) value;
        }
        return (int) value;
    }

    private int first(int index) {
        return character(firstLow, firstHigh, index);
    }

    private int second(int index) {
        return character(secondLow, secondHigh, index);
    }

    /** A bit for each character of the second string that meets the condition ("IntRes2"). */
    public int result() {
        int met = 0;
        for (int index = 0; index < capacity; index++) {
            met |= meets(index) ? 1 << index : 0;
        }
        return switch (control >> 4 & 3) {
            case 1 -> met ^ below(capacity);
            case 3 -> met ^ below(secondLength);
            default -> met;
        };
    }

    private static int below(int length) {
        return (1 << length) - 1;
    }

    private boolean meets(int index) {
        return switch (control >> 2 & 3) {
            case 0 -> index < secondLength && isInSet(second(index));
            case 1 -> index < secondLength && isInRanges(second(index));
            case 2 -> isSame(index, index);
            default -> beginsAt(index);
        };
    }

    private boolean isInSet(int character) {
        for (int n = 0; n < firstLength; n++) {
            if (first(n) == character) {
                return true;
            }
        }
        return false;
    }

    /** A range of which only the lower end is there is none. */
    private boolean isInRanges(int character) {
        for (int n = 0; n + 1 < firstLength; n += 2) {
            if (first(n) <= character && character <= first(n + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Beyond both ends counts as equal. */
    private boolean isSame(int inFirst, int inSecond) {
        boolean firstEnded = inFirst >= firstLength;
        boolean secondEnded = inSecond >= secondLength;
        return firstEnded || secondEnded ? firstEnded && secondEnded : first(inFirst) == second(inSecond);
    }

    /** Whether the first string stands there, or as much of it as the register has room for. */
    private boolean beginsAt(int index) {
        for (int n = 0; n < firstLength && index + n < capacity; n++) {
            if (!isSame(n, index + n)) {
                return false;
            }
        }
        return true;
    }

    /** PCMPxSTRI: the first or the last bit of {@code result}; the capacity if there is none. */
    public int index(int result) {
        if (result == 0) {
            return capacity;
        }
        return (control & 0x40) == 0
                ? Integer.numberOfTrailingZeros(result)
                : 31 - Integer.numberOfLeadingZeros(result);
    }

    /** PCMPxSTRM: the low half (0) or the high half (1) of the mask of {@code result}. */
    public long mask(int result, int half) {
        if ((control & 0x40) == 0) {
            return half == 0 ? result : 0;
        }
        int width = 128 / capacity;
        int lanes = 64 / width;
        long mask = 0;
        for (int n = 0; n < lanes; n++) {
            if ((result >> half * lanes + n & 1) != 0) {
                mask = Shuffles.insert(width, mask, -1, n);
            }
        }
        return mask;
    }

    /** The six status flags. */
    public int flags(int result) {
        return (result != 0 ? Flags.CF : 0)
                | (secondLength < capacity ? Flags.ZF : 0)
                | (firstLength < capacity ? Flags.SF : 0)
                | ((result & 1) != 0 ? Flags.OF : 0);
    }
}
