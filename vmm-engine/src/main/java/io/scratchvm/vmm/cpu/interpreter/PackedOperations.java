package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.semantics.HorizontalIntegers;
import io.scratchvm.vmm.cpu.semantics.PackedIntegers;
import io.scratchvm.vmm.cpu.semantics.PackedShifts;
import io.scratchvm.vmm.cpu.semantics.Shuffles;

/** Operations on 64 bits of lanes, which MMX does once and SSE twice. */
final class PackedOperations {
    private PackedOperations() {}

    /** Whether it is one of {@link #lanes}. */
    static boolean areLanes(Operation operation) {
        return switch (operation) {
            case ANDPS, ANDPD, ANDNPS, ANDNPD, ORPS, ORPD, XORPS, XORPD, PAND, PANDN, POR, PXOR -> true;
            case PADDB, PADDW, PADDD, PADDQ, PADDSB, PADDSW, PADDUSB, PADDUSW, PAVGB, PAVGW -> true;
            case PSUBB, PSUBW, PSUBD, PSUBQ, PSUBSB, PSUBSW, PSUBUSB, PSUBUSW, PSADBW -> true;
            case PMULLW, PMULHW, PMULHUW, PMULUDQ, PMADDWD, PMULHRSW, PMADDUBSW, PMULLD, PMULDQ -> true;
            case PCMPEQB, PCMPEQW, PCMPEQD, PCMPEQQ, PCMPGTB, PCMPGTW, PCMPGTD, PCMPGTQ -> true;
            case PMINUB, PMINUW, PMINUD, PMINSB, PMINSW, PMINSD -> true;
            case PMAXUB, PMAXUW, PMAXUD, PMAXSB, PMAXSW, PMAXSD -> true;
            case PABSB, PABSW, PABSD, PSIGNB, PSIGNW, PSIGND -> true;
            default -> false;
        };
    }

    /** An operation whose lanes stay where they are. */
    static long lanes(Operation operation, long a, long b) {
        return switch (operation) {
            case ANDPS, ANDPD, PAND -> a & b;
            case ANDNPS, ANDNPD, PANDN -> ~a & b;
            case ORPS, ORPD, POR -> a | b;
            case XORPS, XORPD, PXOR -> a ^ b;
            case PADDB -> PackedIntegers.add(8, a, b);
            case PADDW -> PackedIntegers.add(16, a, b);
            case PADDD -> PackedIntegers.add(32, a, b);
            case PADDQ -> a + b;
            case PSUBB -> PackedIntegers.subtract(8, a, b);
            case PSUBW -> PackedIntegers.subtract(16, a, b);
            case PSUBD -> PackedIntegers.subtract(32, a, b);
            case PSUBQ -> a - b;
            case PCMPEQB -> PackedIntegers.equal(8, a, b);
            case PCMPEQW -> PackedIntegers.equal(16, a, b);
            case PCMPEQD -> PackedIntegers.equal(32, a, b);
            case PCMPGTB -> PackedIntegers.greater(8, a, b);
            case PCMPGTW -> PackedIntegers.greater(16, a, b);
            case PCMPGTD -> PackedIntegers.greater(32, a, b);
            case PMINUB -> PackedIntegers.minimumUnsigned(8, a, b);
            case PMAXUB -> PackedIntegers.maximumUnsigned(8, a, b);
            case PMINSW -> PackedIntegers.minimumSigned(16, a, b);
            case PMAXSW -> PackedIntegers.maximumSigned(16, a, b);
            case PMULLW -> PackedIntegers.multiplyLow(a, b);
            case PMULHW -> PackedIntegers.multiplyHigh(a, b);
            case PMULHUW -> PackedIntegers.multiplyHighUnsigned(a, b);
            case PMULUDQ -> PackedIntegers.multiplyDoublewords(a, b);
            case PMADDWD -> PackedIntegers.multiplyAdd(a, b);
            case PSADBW -> PackedIntegers.sumOfDifferences(a, b);
            case PAVGB -> PackedIntegers.average(8, a, b);
            case PAVGW -> PackedIntegers.average(16, a, b);
            default -> saturated(operation, a, b);
        };
    }

    private static long saturated(Operation operation, long a, long b) {
        return switch (operation) {
            case PADDSB -> PackedIntegers.addSigned(8, a, b);
            case PADDSW -> PackedIntegers.addSigned(16, a, b);
            case PADDUSB -> PackedIntegers.addUnsignedSaturated(8, a, b);
            case PADDUSW -> PackedIntegers.addUnsignedSaturated(16, a, b);
            case PSUBSB -> PackedIntegers.subtractSigned(8, a, b);
            case PSUBSW -> PackedIntegers.subtractSigned(16, a, b);
            case PSUBUSB -> PackedIntegers.subtractUnsignedSaturated(8, a, b);
            case PSUBUSW -> PackedIntegers.subtractUnsignedSaturated(16, a, b);
            default -> supplemental(operation, a, b);
        };
    }

    /** Of SSSE3 and SSE4. */
    private static long supplemental(Operation operation, long a, long b) {
        return switch (operation) {
            case PABSB -> PackedIntegers.absolute(8, b);
            case PABSW -> PackedIntegers.absolute(16, b);
            case PABSD -> PackedIntegers.absolute(32, b);
            case PSIGNB -> PackedIntegers.sign(8, a, b);
            case PSIGNW -> PackedIntegers.sign(16, a, b);
            case PSIGND -> PackedIntegers.sign(32, a, b);
            case PMULHRSW -> PackedIntegers.multiplyRounded(a, b);
            case PMADDUBSW -> PackedIntegers.multiplyAddBytes(a, b);
            case PMULLD -> PackedIntegers.multiplyLowDoublewords(a, b);
            case PMULDQ -> PackedIntegers.multiplySignedDoublewords(a, b);
            case PMINSB -> PackedIntegers.minimumSigned(8, a, b);
            case PMAXSB -> PackedIntegers.maximumSigned(8, a, b);
            case PMINUW -> PackedIntegers.minimumUnsigned(16, a, b);
            case PMAXUW -> PackedIntegers.maximumUnsigned(16, a, b);
            case PMINSD -> PackedIntegers.minimumSigned(32, a, b);
            case PMAXSD -> PackedIntegers.maximumSigned(32, a, b);
            case PMINUD -> PackedIntegers.minimumUnsigned(32, a, b);
            case PMAXUD -> PackedIntegers.maximumUnsigned(32, a, b);
            case PCMPEQQ -> a == b ? -1 : 0;
            case PCMPGTQ -> a > b ? -1 : 0;
            default -> throw new IllegalArgumentException("not on lanes: " + operation);
        };
    }

    /** An operation on neighbours; {@code a}'s results come below {@code b}'s. */
    static long horizontal(Operation operation, long a, long b) {
        return switch (operation) {
            case PHADDW -> HorizontalIntegers.add(16, a, b);
            case PHADDD -> HorizontalIntegers.add(32, a, b);
            case PHADDSW -> HorizontalIntegers.addSaturated(a, b);
            case PHSUBW -> HorizontalIntegers.subtract(16, a, b);
            case PHSUBD -> HorizontalIntegers.subtract(32, a, b);
            default -> HorizontalIntegers.subtractSaturated(a, b);
        };
    }

    static long shift(Operation operation, long a, long count) {
        return switch (operation) {
            case PSLLW -> PackedShifts.left(16, a, count);
            case PSLLD -> PackedShifts.left(32, a, count);
            case PSLLQ -> PackedShifts.left(64, a, count);
            case PSRLW -> PackedShifts.right(16, a, count);
            case PSRLD -> PackedShifts.right(32, a, count);
            case PSRLQ -> PackedShifts.right(64, a, count);
            case PSRAW -> PackedShifts.rightArithmetic(16, a, count);
            default -> PackedShifts.rightArithmetic(32, a, count);
        };
    }

    static long pack(Operation operation, long a, long b) {
        return switch (operation) {
            case PACKSSWB -> Shuffles.packWords(a, b);
            case PACKUSWB -> Shuffles.packWordsUnsigned(a, b);
            case PACKUSDW -> Shuffles.packDoublewordsUnsigned(a, b);
            default -> Shuffles.packDoublewords(a, b);
        };
    }

    /** The width of the lanes that an interleaving moves. */
    static int width(Operation operation) {
        return switch (operation) {
            case PUNPCKLBW, PUNPCKHBW -> 8;
            case PUNPCKLWD, PUNPCKHWD -> 16;
            default -> 32;
        };
    }
}
