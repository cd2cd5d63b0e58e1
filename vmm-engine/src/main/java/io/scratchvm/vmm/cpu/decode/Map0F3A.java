package io.scratchvm.vmm.cpu.decode;

import static io.scratchvm.vmm.cpu.decode.Form.*;
import static io.scratchvm.vmm.cpu.decode.Map0F38.xmm;
import static io.scratchvm.vmm.cpu.decode.Operation.*;
import static io.scratchvm.vmm.cpu.decode.Row.*;
import static io.scratchvm.vmm.cpu.decode.Size.*;

import java.util.Arrays;

/** The three-byte opcode map after 0F 3A, whose instructions all end in an immediate byte: SDM volume 2, table A-5. */
final class Map0F3A {
    private Map0F3A() {}

    static Row[] rows() {
        Row[] map = new Row[256];
        Arrays.fill(map, Row.INVALID);
        rearrangement(map);
        lanes(map);
        strings(map);
        cryptography(map);
        FloatingPointMap.addTo3A(map);
        return map;
    }

    private static void rearrangement(Row[] map) {
        map[0x0e] = xmm(of(PBLENDW, Vx, Wx, Ib));
        map[0x0f] = SseMap.packed(of(PALIGNR, Pq, Qq, Ib), of(PALIGNR, Vx, Wx, Ib));
        map[0x42] = xmm(of(MPSADBW, Vx, Wx, Ib));
    }

    private static void cryptography(Row[] map) {
        map[0x44] = xmm(of(PCLMULQDQ, Vx, Wx, Ib));
        map[0xdf] = xmm(of(AESKEYGENASSIST, Vx, Wx, Ib));
    }

    /** Single lanes out of and into XMM registers. */
    private static void lanes(Row[] map) {
        map[0x14] = xmm(byMod(of(PEXTRB, BYTE, Mb, Vx, Ib), of(PEXTRB, Y, Rd, Vx, Ib)));
        map[0x15] = xmm(byMod(of(PEXTRW, WORD, Mw, Vx, Ib), of(PEXTRW, Y, Rd, Vx, Ib)));
        map[0x16] = xmm(of(PEXTRD, Y, Ey, Vx, Ib));
        map[0x20] = xmm(byMod(of(PINSRB, BYTE, Vx, Mb, Ib), of(PINSRB, Y, Vx, Rd, Ib)));
        map[0x22] = xmm(of(PINSRD, Y, Vx, Ey, Ib));
    }

    /** The lengths of those with E are in EAX and EDX, or by REX.W in RAX and RDX. */
    private static void strings(Row[] map) {
        map[0x60] = xmm(of(PCMPESTRM, Y, Vx, Wx, Ib));
        map[0x61] = xmm(of(PCMPESTRI, Y, Vx, Wx, Ib));
        map[0x62] = xmm(of(PCMPISTRM, Vx, Wx, Ib));
        map[0x63] = xmm(of(PCMPISTRI, Vx, Wx, Ib));
    }
}
