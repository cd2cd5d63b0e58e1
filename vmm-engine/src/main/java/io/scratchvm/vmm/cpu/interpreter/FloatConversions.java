package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.lower;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.pair;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.upper;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.withLower;

import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.floatingpoint.Binary32;
import io.scratchvm.vmm.cpu.floatingpoint.Binary64;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;

/** CVT* and ROUND* on halves of XMM registers: four, two or one number at a time. */
final class FloatConversions {
    private FloatConversions() {}

    /** From an integer to a single or a double, which replaces the lower number of {@code a}. */
    static long fromInteger(Operation operation, Mxcsr mxcsr, long a, long value) {
        return operation == Operation.CVTSI2SD
                ? Binary64.fromInteger(mxcsr, value)
                : withLower(a, Binary32.fromInteger(mxcsr, value));
    }

    /** CVTSS2SD and CVTSD2SS: replaces the lower number of {@code a}. */
    static long scalar(Operation operation, Mxcsr mxcsr, long a, long b) {
        return operation == Operation.CVTSS2SD
                ? Binary64.fromBinary32(mxcsr, lower(b))
                : withLower(a, Binary32.fromBinary64(mxcsr, b));
    }

    /** To an integer of 32 or 64 {@code bits}. */
    static long toInteger(Operation operation, Mxcsr mxcsr, long b, int bits) {
        return switch (operation) {
            case CVTSS2SI -> Binary32.toInteger(mxcsr, lower(b), bits);
            case CVTTSS2SI -> Binary32.truncate(mxcsr, lower(b), bits);
            case CVTSD2SI -> Binary64.toInteger(mxcsr, b, bits);
            default -> Binary64.truncate(mxcsr, b, bits);
        };
    }

    /** Two singles to two doublewords. */
    static long singlesToIntegers(Mxcsr mxcsr, long b) {
        int low = (int) Binary32.toInteger(mxcsr, lower(b), 32);
        return pair(low, (int) Binary32.toInteger(mxcsr, upper(b), 32));
    }

    static long singlesTruncated(Mxcsr mxcsr, long b) {
        int low = (int) Binary32.truncate(mxcsr, lower(b), 32);
        return pair(low, (int) Binary32.truncate(mxcsr, upper(b), 32));
    }

    /** Two doubles to two doublewords. */
    static long doublesToIntegers(Mxcsr mxcsr, long low, long high) {
        int lower = (int) Binary64.toInteger(mxcsr, low, 32);
        return pair(lower, (int) Binary64.toInteger(mxcsr, high, 32));
    }

    static long doublesTruncated(Mxcsr mxcsr, long low, long high) {
        int lower = (int) Binary64.truncate(mxcsr, low, 32);
        return pair(lower, (int) Binary64.truncate(mxcsr, high, 32));
    }

    /** Two doubles to two singles. */
    static long doublesToSingles(Mxcsr mxcsr, long low, long high) {
        int lower = Binary32.fromBinary64(mxcsr, low);
        return pair(lower, Binary32.fromBinary64(mxcsr, high));
    }

    /** Two doublewords to two singles. */
    static long integersToSingles(Mxcsr mxcsr, long b) {
        int low = Binary32.fromInteger(mxcsr, lower(b));
        return pair(low, Binary32.fromInteger(mxcsr, upper(b)));
    }

    /** Two singles rounded to integral numbers. */
    static long roundSingles(Mxcsr mxcsr, long b, int control) {
        int low = Binary32.roundToIntegral(mxcsr, lower(b), control);
        return pair(low, Binary32.roundToIntegral(mxcsr, upper(b), control));
    }
}
