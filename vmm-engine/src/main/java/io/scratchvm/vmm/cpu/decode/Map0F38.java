package io.scratchvm.vmm.cpu.decode;

import static io.scratchvm.vmm.cpu.decode.Form.*;
import static io.scratchvm.vmm.cpu.decode.Operation.*;
import static io.scratchvm.vmm.cpu.decode.Row.*;
import static io.scratchvm.vmm.cpu.decode.Size.*;
import static io.scratchvm.vmm.cpu.decode.SseMap.integer;

import java.util.Arrays;

/** The three-byte opcode map after 0F 38: Intel SDM volume 2, table A-4. */
final class Map0F38 {
    private Map0F38() {}

    static Row[] rows() {
        Row[] map = new Row[256];
        Arrays.fill(map, Row.INVALID);
        supplemental(map);
        extensions(map);
        arithmetic(map);
        encryption(map);
        general(map);
        FloatingPointMap.addTo38(map);
        return map;
    }

    /** SSSE3, on MMX and XMM registers. */
    private static void supplemental(Row[] map) {
        map[0x00] = integer(PSHUFB);
        map[0x01] = integer(PHADDW);
        map[0x02] = integer(PHADDD);
        map[0x03] = integer(PHADDSW);
        map[0x04] = integer(PMADDUBSW);
        map[0x05] = integer(PHSUBW);
        map[0x06] = integer(PHSUBD);
        map[0x07] = integer(PHSUBSW);
        map[0x08] = integer(PSIGNB);
        map[0x09] = integer(PSIGNW);
        map[0x0a] = integer(PSIGND);
        map[0x0b] = integer(PMULHRSW);
        map[0x1c] = integer(PABSB);
        map[0x1d] = integer(PABSW);
        map[0x1e] = integer(PABSD);
    }

    /** SSE4.1: wider lanes from a part of a register, or from no more memory than they need. */
    private static void extensions(Row[] map) {
        map[0x20] = xmm(of(PMOVSXBW, Vx, Wq));
        map[0x21] = xmm(of(PMOVSXBD, Vx, Wd));
        map[0x22] = xmm(of(PMOVSXBQ, Vx, Ww));
        map[0x23] = xmm(of(PMOVSXWD, Vx, Wq));
        map[0x24] = xmm(of(PMOVSXWQ, Vx, Wd));
        map[0x25] = xmm(of(PMOVSXDQ, Vx, Wq));
        map[0x30] = xmm(of(PMOVZXBW, Vx, Wq));
        map[0x31] = xmm(of(PMOVZXBD, Vx, Wd));
        map[0x32] = xmm(of(PMOVZXBQ, Vx, Ww));
        map[0x33] = xmm(of(PMOVZXWD, Vx, Wq));
        map[0x34] = xmm(of(PMOVZXWQ, Vx, Wd));
        map[0x35] = xmm(of(PMOVZXDQ, Vx, Wq));
    }

    /** The rest of SSE4.1, and SSE4.2. */
    private static void arithmetic(Row[] map) {
        map[0x10] = xmm(of(PBLENDVB, Vx, Wx, XMM0));
        map[0x17] = xmm(of(PTEST, Vx, Wx));
        map[0x28] = xmm(of(PMULDQ, Vx, Wx));
        map[0x29] = xmm(of(PCMPEQQ, Vx, Wx));
        map[0x2a] = xmm(of(MOVNTDQA, Vx, Mx));
        map[0x2b] = xmm(of(PACKUSDW, Vx, Wx));
        map[0x37] = xmm(of(PCMPGTQ, Vx, Wx));
        map[0x38] = xmm(of(PMINSB, Vx, Wx));
        map[0x39] = xmm(of(PMINSD, Vx, Wx));
        map[0x3a] = xmm(of(PMINUW, Vx, Wx));
        map[0x3b] = xmm(of(PMINUD, Vx, Wx));
        map[0x3c] = xmm(of(PMAXSB, Vx, Wx));
        map[0x3d] = xmm(of(PMAXSD, Vx, Wx));
        map[0x3e] = xmm(of(PMAXUW, Vx, Wx));
        map[0x3f] = xmm(of(PMAXUD, Vx, Wx));
        map[0x40] = xmm(of(PMULLD, Vx, Wx));
        map[0x41] = xmm(of(PHMINPOSUW, Vx, Wx));
    }

    /** AES-NI. */
    private static void encryption(Row[] map) {
        map[0xdb] = xmm(of(AESIMC, Vx, Wx));
        map[0xdc] = xmm(of(AESENC, Vx, Wx));
        map[0xdd] = xmm(of(AESENCLAST, Vx, Wx));
        map[0xde] = xmm(of(AESDEC, Vx, Wx));
        map[0xdf] = xmm(of(AESDECLAST, Vx, Wx));
    }

    /** On general registers. After F2, 66 is the operand size's. */
    private static void general(Row[] map) {
        Row none = Row.INVALID;
        map[0xf0] = byPrefix(of(MOVBE, Gv, Mv), of(MOVBE, Gv, Mv), none, of(CRC32, BYTE, Gy, Eb));
        map[0xf1] = byPrefix(of(MOVBE, Mv, Gv), of(MOVBE, Mv, Gv), none, of(CRC32, Gy, Ev));
        map[0xf6] = byPrefix(none, of(ADCX, Y, Gy, Ey), of(ADOX, Y, Gy, Ey), none);
    }

    /** Only with 66. */
    static Row xmm(Row row) {
        return byPrefix(Row.INVALID, row, Row.INVALID, Row.INVALID);
    }
}
