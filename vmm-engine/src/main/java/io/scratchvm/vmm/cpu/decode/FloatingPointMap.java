package io.scratchvm.vmm.cpu.decode;

import static io.scratchvm.vmm.cpu.decode.Form.*;
import static io.scratchvm.vmm.cpu.decode.Map0F38.xmm;
import static io.scratchvm.vmm.cpu.decode.Operation.*;
import static io.scratchvm.vmm.cpu.decode.Row.*;
import static io.scratchvm.vmm.cpu.decode.Size.Y;

/**
 * Floating point of SSE to SSE4.1 in the two-byte opcode map and in those after 0F 38 and 0F 3A (Intel SDM volume 2,
 * tables ).
 */
final class FloatingPointMap {
    private FloatingPointMap() {}

    static void addTo(Row[] map) {
        arithmetic(map);
        comparisons(map);
        horizontal(map);
        conversionsOfIntegers(map);
        conversions(map);
    }

    private static void arithmetic(Row[] map) {
        map[0x51] = each(SQRTPS, SQRTPD, SQRTSS, SQRTSD);
        map[0x52] = singles(of(RSQRTPS, Vx, Wx), of(RSQRTSS, Vx, Wd));
        map[0x53] = singles(of(RCPPS, Vx, Wx), of(RCPSS, Vx, Wd));
        map[0x58] = each(ADDPS, ADDPD, ADDSS, ADDSD);
        map[0x59] = each(MULPS, MULPD, MULSS, MULSD);
        map[0x5c] = each(SUBPS, SUBPD, SUBSS, SUBSD);
        map[0x5d] = each(MINPS, MINPD, MINSS, MINSD);
        map[0x5e] = each(DIVPS, DIVPD, DIVSS, DIVSD);
        map[0x5f] = each(MAXPS, MAXPD, MAXSS, MAXSD);
    }

    private static void comparisons(Row[] map) {
        map[0x2e] = packed(of(UCOMISS, Vx, Wd), of(UCOMISD, Vx, Wq));
        map[0x2f] = packed(of(COMISS, Vx, Wd), of(COMISD, Vx, Wq));
        map[0xc2] =
                byPrefix(of(CMPPS, Vx, Wx, Ib), of(CMPPD, Vx, Wx, Ib), of(CMPSS, Vx, Wd, Ib), of(CMPSD, Vx, Wq, Ib));
    }

    private static void horizontal(Row[] map) {
        map[0x7c] = doublesOrSingles(HADDPD, HADDPS);
        map[0x7d] = doublesOrSingles(HSUBPD, HSUBPS);
        map[0xd0] = doublesOrSingles(ADDSUBPD, ADDSUBPS);
    }

    private static void conversionsOfIntegers(Row[] map) {
        map[0x2a] =
                byPrefix(of(CVTPI2PS, Vx, Qq), of(CVTPI2PD, Vx, Qq), of(CVTSI2SS, Y, Vx, Ey), of(CVTSI2SD, Y, Vx, Ey));
        map[0x2c] = byPrefix(
                of(CVTTPS2PI, Pq, Wq), of(CVTTPD2PI, Pq, Wx), of(CVTTSS2SI, Y, Gy, Wd), of(CVTTSD2SI, Y, Gy, Wq));
        map[0x2d] =
                byPrefix(of(CVTPS2PI, Pq, Wq), of(CVTPD2PI, Pq, Wx), of(CVTSS2SI, Y, Gy, Wd), of(CVTSD2SI, Y, Gy, Wq));
    }

    private static void conversions(Row[] map) {
        Row none = Row.INVALID;
        map[0x5a] = byPrefix(of(CVTPS2PD, Vx, Wq), of(CVTPD2PS, Vx, Wx), of(CVTSS2SD, Vx, Wd), of(CVTSD2SS, Vx, Wq));
        map[0x5b] = byPrefix(of(CVTDQ2PS, Vx, Wx), of(CVTPS2DQ, Vx, Wx), of(CVTTPS2DQ, Vx, Wx), none);
        map[0xe6] = byPrefix(none, of(CVTTPD2DQ, Vx, Wx), of(CVTDQ2PD, Vx, Wq), of(CVTPD2DQ, Vx, Wx));
    }

    /** After 0F 38. */
    static void addTo38(Row[] map) {
        map[0x14] = xmm(of(BLENDVPS, Vx, Wx, XMM0));
        map[0x15] = xmm(of(BLENDVPD, Vx, Wx, XMM0));
    }

    /** After 0F 3A. */
    static void addTo3A(Row[] map) {
        map[0x08] = xmm(of(ROUNDPS, Vx, Wx, Ib));
        map[0x09] = xmm(of(ROUNDPD, Vx, Wx, Ib));
        map[0x0a] = xmm(of(ROUNDSS, Vx, Wd, Ib));
        map[0x0b] = xmm(of(ROUNDSD, Vx, Wq, Ib));
        map[0x0c] = xmm(of(BLENDPS, Vx, Wx, Ib));
        map[0x0d] = xmm(of(BLENDPD, Vx, Wx, Ib));
        map[0x17] = xmm(of(EXTRACTPS, Y, Ed, Vx, Ib));
        map[0x21] = xmm(of(INSERTPS, Vx, Wd, Ib));
        map[0x40] = xmm(of(DPPS, Vx, Wx, Ib));
        map[0x41] = xmm(of(DPPD, Vx, Wx, Ib));
    }

    /** Packed singles, packed doubles, a single, a double. */
    private static Row each(Operation ps, Operation pd, Operation ss, Operation sd) {
        return byPrefix(of(ps, Vx, Wx), of(pd, Vx, Wx), of(ss, Vx, Wd), of(sd, Vx, Wq));
    }

    /** Without a prefix and with F3. */
    private static Row singles(Row packed, Row scalar) {
        return byPrefix(packed, Row.INVALID, scalar, Row.INVALID);
    }

    /** Without a prefix and with 66. */
    private static Row packed(Row none, Row with66) {
        return byPrefix(none, with66, Row.INVALID, Row.INVALID);
    }

    /** With 66 and with F2. */
    private static Row doublesOrSingles(Operation pd, Operation ps) {
        return byPrefix(Row.INVALID, of(pd, Vx, Wx), Row.INVALID, of(ps, Vx, Wx));
    }
}
