package io.scratchvm.vmm.cpu.decode;

import static io.scratchvm.vmm.cpu.decode.Form.*;
import static io.scratchvm.vmm.cpu.decode.Operation.*;
import static io.scratchvm.vmm.cpu.decode.Row.*;
import static io.scratchvm.vmm.cpu.decode.Size.Y;

import java.util.Arrays;

/** The opcode maps 0F, 0F38 and 0F3A under a VEX prefix: Intel SDM volume 2, tables, mnemonics with V. */
final class VexMaps {
    /** Maps 1 to 3. Made when the first prefix is met: most programs do without. */
    private static final Row[] MAPS = rows(TwoByteMap.ROWS);

    private VexMaps() {}

    /** Map 0F (1), 0F38 (2) or 0F3A (3). */
    static Row map(int number) {
        return MAPS[number - 1];
    }

    /**
     * One row for each map.
     *
     * @param legacy map 0F without VEX, which leads to the other two
     */
    private static Row[] rows(Row[] legacy) {
        Row[] map0F = empty();
        Row[] map0F38 = empty();
        Row[] map0F3A = empty();
        bitManipulation(map0F38, map0F3A);
        AvxMap.addTo(map0F, legacy);
        AvxMap.addTo38(map0F38, legacy[0x38].alternatives);
        AvxMap.addTo3A(map0F3A, legacy[0x3a].alternatives);
        Avx2Map.addTo38(map0F38);
        Avx2Map.addTo3A(map0F3A);
        return new Row[] {escape(map0F), escape(map0F38), escape(map0F3A)};
    }

    private static Row[] empty() {
        Row[] map = new Row[256];
        Arrays.fill(map, Row.INVALID);
        return map;
    }

    /** BMI1 and BMI2. */
    private static void bitManipulation(Row[] map0F38, Row[] map0F3A) {
        Row none = Row.INVALID;
        map0F38[0xf2] = noPrefix(general(ANDN, Gy, By, Ey));
        map0F38[0xf3] = noPrefix(byReg(none, lowest(BLSR), lowest(BLSMSK), lowest(BLSI), none, none, none, none));
        map0F38[0xf5] = byPrefix(general(BZHI, Gy, Ey, By), none, general(PEXT, Gy, By, Ey), general(PDEP, Gy, By, Ey));
        map0F38[0xf6] = byPrefix(none, none, none, general(MULX, Gy, By, Ey));
        map0F38[0xf7] = byPrefix(
                general(BEXTR, Gy, Ey, By),
                general(SHLX, Gy, Ey, By),
                general(SARX, Gy, Ey, By),
                general(SHRX, Gy, Ey, By));
        map0F3A[0xf0] = byPrefix(none, none, none, general(RORX, Gy, Ey, Ib));
    }

    private static Row lowest(Operation operation) {
        return lengthZero(of(operation, Y, By, Ey));
    }

    private static Row general(Operation operation, Form first, Form second, Form third) {
        return lengthZero(of(operation, Y, first, second, third));
    }
}
