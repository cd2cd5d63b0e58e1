package io.scratchvm.vmm.cpu.decode;

import static io.scratchvm.vmm.cpu.decode.Form.*;
import static io.scratchvm.vmm.cpu.decode.Map0F38.xmm;
import static io.scratchvm.vmm.cpu.decode.Operation.*;
import static io.scratchvm.vmm.cpu.decode.Row.*;

/** What AVX, AVX2, FMA and F16C have that SSE has not, all of it with 66 (Intel SDM volume 2, tables ). */
final class Avx2Map {
    private Avx2Map() {}

    static void addTo38(Row[] map) {
        broadcasts(map);
        permutations(map);
        shifts(map);
        masked(map);
        gathers(map);
        multiplyAdd(map);
        map[0x0e] = w0(of(VTESTPS, Vx, Wx));
        map[0x0f] = w0(of(VTESTPD, Vx, Wx));
        map[0x13] = w0(byVexL(of(VCVTPH2PS, Vx, Wq), of(VCVTPH2PS, Vx, Wo)));
    }

    private static void broadcasts(Row[] map) {
        map[0x18] = w0(of(VBROADCASTSS, Vx, Wd));
        map[0x19] = long0(of(VBROADCASTSD, Vx, Wq));
        map[0x1a] = long0(of(VBROADCASTF128, Vx, Mo));
        map[0x58] = w0(of(VPBROADCASTD, Vx, Wd));
        map[0x59] = w0(of(VPBROADCASTQ, Vx, Wq));
        map[0x5a] = long0(of(VBROADCASTI128, Vx, Mo));
        map[0x78] = w0(of(VPBROADCASTB, Vx, Wb));
        map[0x79] = w0(of(VPBROADCASTW, Vx, Ww));
    }

    private static void permutations(Row[] map) {
        map[0x0c] = w0(of(VPERMILPS, Vx, Hx, Wx));
        map[0x0d] = w0(of(VPERMILPD, Vx, Hx, Wx));
        map[0x16] = long0(of(VPERMPS, Vx, Hx, Wx));
        map[0x36] = long0(of(VPERMD, Vx, Hx, Wx));
    }

    private static void shifts(Row[] map) {
        map[0x45] = byW(of(VPSRLVD, Vx, Hx, Wx), of(VPSRLVQ, Vx, Hx, Wx));
        map[0x46] = w0(of(VPSRAVD, Vx, Hx, Wx));
        map[0x47] = byW(of(VPSLLVD, Vx, Hx, Wx), of(VPSLLVQ, Vx, Hx, Wx));
    }

    private static void masked(Row[] map) {
        map[0x2c] = w0(of(VMASKMOVPS, Vx, Hx, Mx));
        map[0x2d] = w0(of(VMASKMOVPD, Vx, Hx, Mx));
        map[0x2e] = w0(of(VMASKMOVPS, Mx, Hx, Vx));
        map[0x2f] = w0(of(VMASKMOVPD, Mx, Hx, Vx));
        map[0x8c] = byW(of(VPMASKMOVD, Vx, Hx, Mx), of(VPMASKMOVQ, Vx, Hx, Mx));
        map[0x8e] = byW(of(VPMASKMOVD, Mx, Hx, Vx), of(VPMASKMOVQ, Mx, Hx, Vx));
    }

    private static void gathers(Row[] map) {
        map[0x90] = byW(of(VPGATHERDD, Vx, Xd, Hx), of(VPGATHERDQ, Vx, Yq, Hx));
        map[0x91] = byW(of(VPGATHERQD, Vo, Xd, Ho), of(VPGATHERQQ, Vx, Xq, Hx));
        map[0x92] = byW(of(VGATHERDPS, Vx, Xd, Hx), of(VGATHERDPD, Vx, Yq, Hx));
        map[0x93] = byW(of(VGATHERQPS, Vo, Xd, Ho), of(VGATHERQPD, Vx, Xq, Hx));
    }

    /** Ten opcodes from 96, A6 and B6 on, for the orders 132, 213 and 231 of the operands. */
    private static void multiplyAdd(Row[] map) {
        Operation[] singles = {
            VFMADDSUBPS, VFMSUBADDPS, VFMADDPS, VFMADDSS, VFMSUBPS, VFMSUBSS, VFNMADDPS, VFNMADDSS, VFNMSUBPS, VFNMSUBSS
        };
        Operation[] doubles = {
            VFMADDSUBPD, VFMSUBADDPD, VFMADDPD, VFMADDSD, VFMSUBPD, VFMSUBSD, VFNMADDPD, VFNMADDSD, VFNMSUBPD, VFNMSUBSD
        };
        for (int n = 0; n < singles.length; n++) {
            boolean scalar = n >= 2 && n % 2 == 1;
            for (int order = 0; order < 3; order++) {
                Row single = fused(order, singles[n], scalar ? Wd : Wx);
                Row twice = fused(order, doubles[n], scalar ? Wq : Wx);
                map[0x96 + 0x10 * order + n] =
                        byW(scalar ? single.ignoringLength() : single, scalar ? twice.ignoringLength() : twice);
            }
        }
    }

    /** The destination, then what is multiplied, then what is added; a digit of the order is an operand in Intel's. */
    private static Row fused(int order, Operation operation, Form source) {
        return switch (order) {
            case 0 -> of(operation, Vx, Vx, source, Hx);
            case 1 -> of(operation, Vx, Hx, Vx, source);
            default -> of(operation, Vx, Hx, source, Vx);
        };
    }

    static void addTo3A(Row[] map) {
        map[0x00] = long1(of(VPERMQ, Vx, Wx, Ib));
        map[0x01] = long1(of(VPERMPD, Vx, Wx, Ib));
        map[0x02] = w0(of(VPBLENDD, Vx, Hx, Wx, Ib));
        map[0x04] = w0(of(VPERMILPS, Vx, Wx, Ib));
        map[0x05] = w0(of(VPERMILPD, Vx, Wx, Ib));
        map[0x06] = long0(of(VPERM2F128, Vx, Hx, Wx, Ib));
        map[0x46] = long0(of(VPERM2I128, Vx, Hx, Wx, Ib));
        map[0x18] = long0(of(VINSERTF128, Vx, Hx, Wo, Ib));
        map[0x38] = long0(of(VINSERTI128, Vx, Hx, Wo, Ib));
        map[0x19] = long0(of(VEXTRACTF128, Wo, Vx, Ib));
        map[0x39] = long0(of(VEXTRACTI128, Wo, Vx, Ib));
        map[0x1d] = w0(byVexL(of(VCVTPS2PH, Wq, Vx, Ib), of(VCVTPS2PH, Wo, Vx, Ib)));
    }

    private static Row byW(Row clear, Row set) {
        return xmm(byVexW(clear, set));
    }

    private static Row w0(Row row) {
        return byW(row, Row.INVALID);
    }

    /** Only with VEX.L set, and VEX.W clear. */
    private static Row long0(Row row) {
        return w0(byVexL(Row.INVALID, row));
    }

    /** Only with VEX.L and VEX.W set. */
    private static Row long1(Row row) {
        return byW(Row.INVALID, byVexL(Row.INVALID, row));
    }
}
