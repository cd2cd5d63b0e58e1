package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.lower;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.pair;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.upper;
import static io.scratchvm.vmm.cpu.interpreter.FloatArithmetic.withLower;

import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.floatingpoint.Binary32;
import io.scratchvm.vmm.cpu.floatingpoint.Binary64;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;
import io.scratchvm.vmm.cpu.floatingpoint.Relation;
import io.scratchvm.vmm.cpu.state.Flags;

/** CMPPS and its kin, which make masks, and COMISS and its kin, which make flags. */
final class FloatComparisons {
    private FloatComparisons() {}

    /** All ones where predicate {@code number} holds, on a half of an XMM register. */
    static long mask(Operation operation, Mxcsr mxcsr, int number, long a, long b) {
        return switch (operation) {
            case CMPPD, CMPSD -> maskOfDoubles(mxcsr, number, a, b);
            case CMPSS -> withLower(a, maskOfSingles(mxcsr, number, lower(a), lower(b)));
            default -> {
                int low = maskOfSingles(mxcsr, number, lower(a), lower(b));
                yield pair(low, maskOfSingles(mxcsr, number, upper(a), upper(b)));
            }
        };
    }

    private static long maskOfDoubles(Mxcsr mxcsr, int number, long a, long b) {
        return Binary64.compare(mxcsr, a, b, Relation.isSignalling(number)).satisfies(number) ? -1 : 0;
    }

    private static int maskOfSingles(Mxcsr mxcsr, int number, int a, int b) {
        return Binary32.compare(mxcsr, a, b, Relation.isSignalling(number)).satisfies(number) ? -1 : 0;
    }

    static Relation relation(Operation operation, Mxcsr mxcsr, long a, long b) {
        return switch (operation) {
            case COMISD -> Binary64.compare(mxcsr, a, b, true);
            case UCOMISD -> Binary64.compare(mxcsr, a, b, false);
            case COMISS -> Binary32.compare(mxcsr, lower(a), lower(b), true);
            default -> Binary32.compare(mxcsr, lower(a), lower(b), false);
        };
    }

    /** ZF, PF and CF (SDM volume 2, "COMISD"); the other status flags are zero. */
    static int flags(Relation relation) {
        return switch (relation) {
            case LESS -> Flags.CF;
            case EQUAL -> Flags.ZF;
            case GREATER -> 0;
            case UNORDERED -> Flags.ZF | Flags.PF | Flags.CF;
        };
    }
}
