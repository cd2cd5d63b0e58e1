package io.scratchvm.vmm.cpu.decode;

import static io.scratchvm.vmm.cpu.decode.Form.*;
import static io.scratchvm.vmm.cpu.decode.Operation.*;
import static io.scratchvm.vmm.cpu.decode.Row.*;

/**
 * SSE under a VEX prefix: the same opcodes, and the same operations on as many lanes of 16 bytes as VEX.L says, most of
 * them with a source apart from the destination. So their rows are made from those without VEX.
 */
final class AvxMap {
    /** The opcodes of map 0F that have a source more, whatever their prefix. */
    private static final int[] WITH_SOURCE = {
        0x14, 0x15, 0x54, 0x55, 0x56, 0x57, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b,
                0x6c,
        0x6d, 0x74, 0x75, 0x76, 0x7c, 0x7d, 0xc6, 0xd0, 0xd4, 0xd5, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf,
                0xe0,
        0xe3, 0xe4, 0xe5, 0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xee, 0xef, 0xf4, 0xf5, 0xf6, 0xf8, 0xf9, 0xfa, 0xfb,
                0xfc,
        0xfd, 0xfe
    };

    private static final int[] WITHOUT_SOURCE = {0x28, 0x29, 0x2b, 0x50, 0x5b, 0x6f, 0x70, 0x7f, 0xd7, 0xe7, 0xf0};

    /** Arithmetic, with a source more; without one where it has one operand, unless that is a scalar. */
    private static final int[] ARITHMETIC = {0x58, 0x59, 0x5c, 0x5d, 0x5e, 0x5f, 0xc2};

    private static final int[] OF_ONE_OPERAND = {0x51, 0x52, 0x53};

    /** Shifts by a register, of which 16 bytes count. */
    private static final int[] SHIFTS = {0xd1, 0xd2, 0xd3, 0xe1, 0xe2, 0xf1, 0xf2, 0xf3};

    private static final int[] WITH_SOURCE_38 = {
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x28, 0x29, 0x2b, 0x37, 0x38, 0x39,
        0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40
    };
    private static final int[] WITHOUT_SOURCE_38 = {0x17, 0x1c, 0x1d, 0x1e, 0x2a};
    private static final int[] WITH_SOURCE_3A = {0x0c, 0x0d, 0x0e, 0x0f, 0x40, 0x42};

    private AvxMap() {}

    static void addTo(Row[] map, Row[] legacy) {
        for (int opcode : WITH_SOURCE) {
            map[opcode] = legacy[opcode].inVex(Hx);
        }
        for (int opcode : WITHOUT_SOURCE) {
            map[opcode] = legacy[opcode].inVex(null);
        }
        for (int opcode : ARITHMETIC) {
            map[opcode] = packedOrScalar(legacy[opcode].inVex(Hx), legacy[opcode].inVex(Hx));
        }
        for (int opcode : OF_ONE_OPERAND) {
            map[opcode] = packedOrScalar(legacy[opcode].inVex(null), legacy[opcode].inVex(Hx));
        }
        moves(map, legacy);
        lanes(map, legacy);
        conversions(map, legacy);
        shifts(map, legacy);
        map[0x77] = noPrefix(byVexL(of(VZEROUPPER), of(VZEROALL)));
        map[0xae] = noPrefix(lengthZero(group(of(LDMXCSR, Md), of(STMXCSR, Md))));
    }

    /** Without a prefix and with 66; with F3 and F2. */
    private static Row packedOrScalar(Row packed, Row scalar) {
        Row[] scalars = scalar.alternatives;
        return byPrefix(
                packed.alternatives[0],
                packed.alternatives[1],
                scalars[2].ignoringLength(),
                scalars[3].ignoringLength());
    }

    private static void moves(Row[] map, Row[] legacy) {
        Row[] loads = legacy[0x10].alternatives;
        Row[] stores = legacy[0x11].alternatives;
        map[0x10] = byPrefix(
                loads[0],
                loads[1],
                byMod(of(MOVSS, Vo, Md), of(MOVSS, Vo, Ho, Uo)),
                byMod(of(MOVSD, Vo, Mq), of(MOVSD, Vo, Ho, Uo)));
        map[0x11] = byPrefix(
                stores[0],
                stores[1],
                byMod(of(MOVSS, Md, Vo), of(MOVSS, Uo, Ho, Vo)),
                byMod(of(MOVSD, Mq, Vo), of(MOVSD, Uo, Ho, Vo)));
        Row none = Row.INVALID;
        Row[] low = legacy[0x12].alternatives;
        Row[] high = legacy[0x16].alternatives;
        Row evenDoubles = byVexL(of(MOVDDUP, Vx, Wq), of(MOVDDUP, Vx, Wx));
        map[0x12] = byPrefix(lengthZero(low[0].inVex(Hx)), lengthZero(low[1].inVex(Hx)), low[2], evenDoubles);
        map[0x16] = byPrefix(lengthZero(high[0].inVex(Hx)), lengthZero(high[1].inVex(Hx)), high[2], none);
        map[0x13] = lengthZero(legacy[0x13]);
        map[0x17] = lengthZero(legacy[0x17]);
    }

    /** Between a lane and a general register, and what else there is for 16 bytes only. */
    private static void lanes(Row[] map, Row[] legacy) {
        for (int opcode : new int[] {0x6e, 0x7e, 0xc5, 0xd6, 0xf7}) {
            map[opcode] = lengthZero(legacy[opcode].inVex(null));
        }
        map[0xc4] = lengthZero(legacy[0xc4].inVex(Hx));
    }

    private static void conversions(Row[] map, Row[] legacy) {
        Row none = Row.INVALID;
        map[0x2a] = legacy[0x2a].inVex(Hx).ignoringLength();
        for (int opcode = 0x2c; opcode <= 0x2f; opcode++) {
            map[opcode] = legacy[opcode].inVex(null).ignoringLength();
        }
        map[0x5a] =
                packedOrScalar(byPrefix(widening(CVTPS2PD), of(CVTPD2PS, Vo, Wx), none, none), legacy[0x5a].inVex(Hx));
        map[0xe6] = byPrefix(none, of(CVTTPD2DQ, Vo, Wx), widening(CVTDQ2PD), of(CVTPD2DQ, Vo, Wx));
    }

    /** From a source of half the size. */
    private static Row widening(Operation operation) {
        return byVexL(of(operation, Vx, Wq), of(operation, Vx, Wo));
    }

    private static void shifts(Row[] map, Row[] legacy) {
        for (int opcode : SHIFTS) {
            map[opcode] = Map0F38.xmm(of(legacy[opcode].alternatives[1].operation, Vx, Hx, Wo));
        }
        for (int opcode = 0x71; opcode <= 0x73; opcode++) {
            map[opcode] = byCount(legacy[opcode]);
        }
    }

    /** A group of shifts by an immediate, whose destination is VEX.vvvv's register. */
    private static Row byCount(Row group) {
        Row[] rows = new Row[8];
        for (int reg = 0; reg < 8; reg++) {
            Row row = group.alternatives[reg];
            Row shift = row.choice == null ? row : row.alternatives[1];
            rows[reg] = shift == Row.INVALID ? shift : Map0F38.xmm(of(shift.operation, Hx, Ux, Ib));
        }
        return byReg(rows);
    }

    /** Two rows at ModRM.reg 2 and 3. */
    private static Row group(Row two, Row three) {
        Row none = Row.INVALID;
        return byReg(none, none, two, three, none, none, none, none);
    }

    static void addTo38(Row[] map, Row[] legacy) {
        for (int opcode : WITH_SOURCE_38) {
            map[opcode] = legacy[opcode].inVex(Hx);
        }
        for (int opcode : WITHOUT_SOURCE_38) {
            map[opcode] = legacy[opcode].inVex(null);
        }
        map[0x41] = lengthZero(legacy[0x41].inVex(null));
        map[0xdb] = lengthZero(legacy[0xdb].inVex(null));
        for (int opcode = 0xdc; opcode <= 0xdf; opcode++) {
            map[opcode] = lengthZero(legacy[opcode].inVex(Hx));
        }
        for (int signed = 0x20; signed <= 0x30; signed += 0x10) {
            widenings(map, legacy, signed);
        }
    }

    /** PMOVSX or PMOVZX: to twice, four and eight times the width. */
    private static void widenings(Row[] map, Row[] legacy, int first) {
        Form[] less = {Wq, Wd, Ww, Wq, Wd, Wq};
        Form[] more = {Wo, Wq, Wd, Wo, Wq, Wo};
        for (int n = 0; n < 6; n++) {
            Operation operation = legacy[first + n].alternatives[1].operation;
            map[first + n] = Map0F38.xmm(byVexL(of(operation, Vx, less[n]), of(operation, Vx, more[n])));
        }
    }

    static void addTo3A(Row[] map, Row[] legacy) {
        for (int opcode : WITH_SOURCE_3A) {
            map[opcode] = legacy[opcode].inVex(Hx);
        }
        for (int opcode = 0x08; opcode <= 0x09; opcode++) {
            map[opcode] = legacy[opcode].inVex(null);
            map[opcode + 2] = legacy[opcode + 2].inVex(Hx).ignoringLength();
        }
        map[0x41] = lengthZero(legacy[0x41].inVex(Hx));
        map[0x44] = lengthZero(legacy[0x44].inVex(Hx));
        for (int opcode : new int[] {0x14, 0x15, 0x16, 0x17, 0x60, 0x61, 0x62, 0x63, 0xdf}) {
            map[opcode] = lengthZero(legacy[opcode].inVex(null));
        }
        for (int opcode = 0x20; opcode <= 0x22; opcode++) {
            map[opcode] = lengthZero(legacy[opcode].inVex(Hx));
        }
        map[0x4a] = blend(BLENDVPS);
        map[0x4b] = blend(BLENDVPD);
        map[0x4c] = blend(PBLENDVB);
    }

    /** By a mask that any register may hold. */
    private static Row blend(Operation operation) {
        return Map0F38.xmm(byVexW(of(operation, Vx, Hx, Wx, Lx), Row.INVALID));
    }
}
