package io.scratchvm.vmm.cpu.decode;

import static io.scratchvm.vmm.cpu.decode.Form.*;
import static io.scratchvm.vmm.cpu.decode.Operation.*;
import static io.scratchvm.vmm.cpu.decode.Row.*;
import static io.scratchvm.vmm.cpu.decode.Size.Y;

/**
 * MMX, SSE, SSE2 and SSE3 in the two-byte opcode map (Intel SDM volume 2, table A-3): moves, bitwise and integer
 * operations. A mandatory prefix chooses among four rows.
 */
final class SseMap {
    private SseMap() {}

    static void addTo(Row[] map) {
        moves(map);
        halfMoves(map);
        integerMoves(map);
        masksAndWords(map);
        bitwise(map);
        arithmetic(map);
        saturating(map);
        comparisons(map);
        shifts(map);
        rearrangement(map);
    }

    private static void moves(Row[] map) {
        map[0x10] = byPrefix(of(MOVUPS, Vx, Wx), of(MOVUPD, Vx, Wx), of(MOVSS, Vx, Wd), of(MOVSD, Vx, Wq));
        map[0x11] = byPrefix(of(MOVUPS, Wx, Vx), of(MOVUPD, Wx, Vx), of(MOVSS, Wd, Vx), of(MOVSD, Wq, Vx));
        map[0x28] = packed(of(MOVAPS, Vx, Wx), of(MOVAPD, Vx, Wx));
        map[0x29] = packed(of(MOVAPS, Wx, Vx), of(MOVAPD, Wx, Vx));
        map[0x2b] = packed(of(MOVNTPS, Mx, Vx), of(MOVNTPD, Mx, Vx));
        map[0xe7] = packed(of(MOVNTQ, Mq, Pq), of(MOVNTDQ, Mx, Vx));
    }

    private static void halfMoves(Row[] map) {
        Row lowHalf = byMod(of(MOVLPS, Vx, Mq), of(MOVHLPS, Vx, Ux));
        Row highHalf = byMod(of(MOVHPS, Vx, Mq), of(MOVLHPS, Vx, Ux));
        map[0x12] = byPrefix(lowHalf, of(MOVLPD, Vx, Mq), of(MOVSLDUP, Vx, Wx), of(MOVDDUP, Vx, Wq));
        map[0x13] = packed(of(MOVLPS, Mq, Vx), of(MOVLPD, Mq, Vx));
        map[0x16] = byPrefix(highHalf, of(MOVHPD, Vx, Mq), of(MOVSHDUP, Vx, Wx), Row.INVALID);
        map[0x17] = packed(of(MOVHPS, Mq, Vx), of(MOVHPD, Mq, Vx));
    }

    private static void integerMoves(Row[] map) {
        Row none = Row.INVALID;
        map[0x6e] = packed(of(MOVD, Y, Pq, Ey), of(MOVD, Y, Vx, Ey));
        map[0x7e] = byPrefix(of(MOVD, Y, Ey, Pq), of(MOVD, Y, Ey, Vx), of(MOVQ, Vx, Wq), none);
        map[0x6f] = byPrefix(of(MOVQ, Pq, Qq), of(MOVDQA, Vx, Wx), of(MOVDQU, Vx, Wx), none);
        map[0x7f] = byPrefix(of(MOVQ, Qq, Pq), of(MOVDQA, Wx, Vx), of(MOVDQU, Wx, Vx), none);
        map[0xd6] = byPrefix(none, of(MOVQ, Wq, Vx), of(MOVQ2DQ, Vx, Nq), of(MOVDQ2Q, Pq, Ux));
        map[0xf0] = byPrefix(none, none, none, of(LDDQU, Vx, Mx));
        map[0x77] = noPrefix(of(EMMS));
    }

    private static void masksAndWords(Row[] map) {
        map[0x50] = packed(of(MOVMSKPS, Gy, Ux), of(MOVMSKPD, Gy, Ux));
        map[0xd7] = packed(of(PMOVMSKB, Gy, Nq), of(PMOVMSKB, Gy, Ux));
        map[0xf7] = packed(of(MASKMOVQ, Pq, Nq), of(MASKMOVDQU, Vx, Ux));
        map[0xc4] = packed(pinsrw(Pq), pinsrw(Vx));
        map[0xc5] = packed(of(PEXTRW, Gd, Nq, Ib), of(PEXTRW, Gd, Ux, Ib));
    }

    private static Row pinsrw(Form destination) {
        return byMod(of(PINSRW, destination, Mw, Ib), of(PINSRW, destination, Rd, Ib));
    }

    private static void bitwise(Row[] map) {
        map[0x54] = packed(of(ANDPS, Vx, Wx), of(ANDPD, Vx, Wx));
        map[0x55] = packed(of(ANDNPS, Vx, Wx), of(ANDNPD, Vx, Wx));
        map[0x56] = packed(of(ORPS, Vx, Wx), of(ORPD, Vx, Wx));
        map[0x57] = packed(of(XORPS, Vx, Wx), of(XORPD, Vx, Wx));
        map[0xdb] = integer(PAND);
        map[0xdf] = integer(PANDN);
        map[0xeb] = integer(POR);
        map[0xef] = integer(PXOR);
    }

    private static void arithmetic(Row[] map) {
        map[0xfc] = integer(PADDB);
        map[0xfd] = integer(PADDW);
        map[0xfe] = integer(PADDD);
        map[0xd4] = integer(PADDQ);
        map[0xf8] = integer(PSUBB);
        map[0xf9] = integer(PSUBW);
        map[0xfa] = integer(PSUBD);
        map[0xfb] = integer(PSUBQ);
        map[0xd5] = integer(PMULLW);
        map[0xe4] = integer(PMULHUW);
        map[0xe5] = integer(PMULHW);
        map[0xf4] = integer(PMULUDQ);
        map[0xf5] = integer(PMADDWD);
        map[0xf6] = integer(PSADBW);
        map[0xe0] = integer(PAVGB);
        map[0xe3] = integer(PAVGW);
    }

    private static void saturating(Row[] map) {
        map[0xd8] = integer(PSUBUSB);
        map[0xd9] = integer(PSUBUSW);
        map[0xdc] = integer(PADDUSB);
        map[0xdd] = integer(PADDUSW);
        map[0xe8] = integer(PSUBSB);
        map[0xe9] = integer(PSUBSW);
        map[0xec] = integer(PADDSB);
        map[0xed] = integer(PADDSW);
    }

    private static void comparisons(Row[] map) {
        map[0x64] = integer(PCMPGTB);
        map[0x65] = integer(PCMPGTW);
        map[0x66] = integer(PCMPGTD);
        map[0x74] = integer(PCMPEQB);
        map[0x75] = integer(PCMPEQW);
        map[0x76] = integer(PCMPEQD);
        map[0xda] = integer(PMINUB);
        map[0xde] = integer(PMAXUB);
        map[0xea] = integer(PMINSW);
        map[0xee] = integer(PMAXSW);
    }

    private static void shifts(Row[] map) {
        Row none = Row.INVALID;
        map[0xd1] = integer(PSRLW);
        map[0xd2] = integer(PSRLD);
        map[0xd3] = integer(PSRLQ);
        map[0xe1] = integer(PSRAW);
        map[0xe2] = integer(PSRAD);
        map[0xf1] = integer(PSLLW);
        map[0xf2] = integer(PSLLD);
        map[0xf3] = integer(PSLLQ);
        map[0x71] = byReg(none, none, byCount(PSRLW), none, byCount(PSRAW), none, byCount(PSLLW), none);
        map[0x72] = byReg(none, none, byCount(PSRLD), none, byCount(PSRAD), none, byCount(PSLLD), none);
        Row rightBytes = packed(none, of(PSRLDQ, Ux, Ib));
        Row leftBytes = packed(none, of(PSLLDQ, Ux, Ib));
        map[0x73] = byReg(none, none, byCount(PSRLQ), rightBytes, none, none, byCount(PSLLQ), leftBytes);
    }

    private static void rearrangement(Row[] map) {
        Row none = Row.INVALID;
        map[0x60] = interleaveLow(PUNPCKLBW);
        map[0x61] = interleaveLow(PUNPCKLWD);
        map[0x62] = interleaveLow(PUNPCKLDQ);
        map[0x63] = integer(PACKSSWB);
        map[0x67] = integer(PACKUSWB);
        map[0x68] = integer(PUNPCKHBW);
        map[0x69] = integer(PUNPCKHWD);
        map[0x6a] = integer(PUNPCKHDQ);
        map[0x6b] = integer(PACKSSDW);
        map[0x6c] = packed(none, of(PUNPCKLQDQ, Vx, Wx));
        map[0x6d] = packed(none, of(PUNPCKHQDQ, Vx, Wx));
        map[0x70] = byPrefix(
                of(PSHUFW, Pq, Qq, Ib), of(PSHUFD, Vx, Wx, Ib), of(PSHUFHW, Vx, Wx, Ib), of(PSHUFLW, Vx, Wx, Ib));
        map[0xc6] = packed(of(SHUFPS, Vx, Wx, Ib), of(SHUFPD, Vx, Wx, Ib));
        map[0x14] = packed(of(UNPCKLPS, Vx, Wx), of(UNPCKLPD, Vx, Wx));
        map[0x15] = packed(of(UNPCKHPS, Vx, Wx), of(UNPCKHPD, Vx, Wx));
    }

    /** Without a prefix and with 66. */
    static Row packed(Row none, Row with66) {
        return byPrefix(none, with66, Row.INVALID, Row.INVALID);
    }

    /** On MMX registers without a prefix, on XMM registers with 66. */
    static Row integer(Operation operation) {
        return packed(of(operation, Pq, Qq), of(operation, Vx, Wx));
    }

    /** As {@link #integer}, but the MMX form reads no more than it needs. */
    private static Row interleaveLow(Operation operation) {
        return packed(of(operation, Pq, Qd), of(operation, Vx, Wx));
    }

    /** A shift by an immediate. */
    private static Row byCount(Operation operation) {
        return packed(of(operation, Nq, Ib), of(operation, Ux, Ib));
    }
}
