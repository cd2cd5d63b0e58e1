package io.scratchvm.vmm.cpu.decode;

import static io.scratchvm.vmm.cpu.decode.Form.*;
import static io.scratchvm.vmm.cpu.decode.Operation.*;
import static io.scratchvm.vmm.cpu.decode.Row.*;
import static io.scratchvm.vmm.cpu.decode.Size.*;

import java.util.Arrays;

/**
 * The two-byte opcode map, after 0F: Intel SDM volume 2, table A-3, and the groups of table A-6 that it refers to.
 * Instructions that CPUID does not announce are left out, which makes them invalid, as they are on CPUs without them.
 */
final class TwoByteMap {
    static final Row[] ROWS = rows();

    private TwoByteMap() {}

    private static Row[] rows() {
        Row[] map = new Row[256];
        Arrays.fill(map, Row.INVALID);
        system(map);
        escapes(map);
        group7(map);
        hints(map);
        controlRegisters(map);
        conditions(map);
        stack(map);
        bits(map);
        moves(map);
        compareAndExchange(map);
        group15(map);
        undefined(map);
        SseMap.addTo(map);
        map[0x38] = escape(Map0F38.rows());
        map[0x3a] = escape(Map0F3A.rows());
        FloatingPointMap.addTo(map);
        return map;
    }

    private static void system(Row[] map) {
        map[0x00] = byReg(
                byMod(of(SLDT, WORD, Mw), of(SLDT, Rv)),
                byMod(of(STR, WORD, Mw), of(STR, Rv)),
                of(LLDT, WORD, Ew),
                of(LTR, WORD, Ew),
                of(VERR, WORD, Ew),
                of(VERW, WORD, Ew),
                Row.INVALID,
                Row.INVALID);
        map[0x02] = of(LAR, Gv, Ew);
        map[0x03] = of(LSL, Gv, Ew);
        map[0x05] = only64(of(SYSCALL));
        map[0x06] = of(CLTS);
        map[0x07] = only64(of(SYSRET));
        map[0x08] = of(INVD);
        map[0x09] = of(WBINVD);
        map[0x30] = of(WRMSR);
        map[0x31] = of(RDTSC);
        map[0x32] = of(RDMSR);
        map[0x33] = of(RDPMC);
        map[0x34] = of(SYSENTER);
        map[0x35] = of(SYSEXIT);
        map[0xa2] = of(CPUID);
    }

    private static void escapes(Row[] map) {
        map[0x38] = escape(Map0F38.rows());
        map[0x3a] = escape(Map0F3A.rows());
    }

    private static void group7(Row[] map) {
        Row none = Row.INVALID;
        // LGDT and LIDT: a 16-bit operand size cuts the base to 24 bits, but not in 64-bit code.
        map[0x01] = byReg(
                byMod(of(SGDT, NATIVE, Ms), byRm(none, noPrefix(of(VMCALL)), none, none, none, none, none, none)),
                memoryOnly(of(SIDT, NATIVE, Ms)),
                byMod(of(LGDT, F64, Ms), noPrefix(byRm(of(XGETBV), of(XSETBV), none, none, none, none, none, none))),
                memoryOnly(of(LIDT, F64, Ms)),
                byMod(of(SMSW, WORD, Mw), of(SMSW, Rv)),
                none,
                of(LMSW, WORD, Ew),
                byMod(of(INVLPG, M), byRm(only64(of(SWAPGS)), of(RDTSCP), none, none, none, none, none, none)));
    }

    private static void hints(Row[] map) {
        // With a register: nothing on Intel's CPUs, one of which CPUID says this is. AMD's give #UD for 0F 0D.
        Row prefetch = byMod(of(PREFETCH, BYTE, Mb), of(NOP, Ev));
        Row nop = of(NOP, Ev);
        map[0x0d] = prefetch;
        map[0x18] = byReg(prefetch, prefetch, prefetch, prefetch, nop, nop, nop, nop);
        for (int opcode = 0x19; opcode <= 0x1f; opcode++) {
            map[opcode] = nop;
        }
    }

    private static void controlRegisters(Row[] map) {
        map[0x20] = of(MOV, NATIVE, Rv, Cy);
        map[0x21] = of(MOV, NATIVE, Rv, Dy);
        map[0x22] = of(MOV, NATIVE, Cy, Rv);
        map[0x23] = of(MOV, NATIVE, Dy, Rv);
    }

    private static void conditions(Row[] map) {
        for (int condition = 0; condition < 16; condition++) {
            map[0x40 + condition] = of(CMOVCC, Gv, Ev);
            map[0x80 + condition] = of(JCC, F64, Jz);
            map[0x90 + condition] = of(SETCC, Eb);
        }
    }

    private static void stack(Row[] map) {
        map[0xa0] = of(PUSH, D64, FS);
        map[0xa1] = of(POP, D64, FS);
        map[0xa8] = of(PUSH, D64, GS);
        map[0xa9] = of(POP, D64, GS);
    }

    private static void bits(Row[] map) {
        Row none = Row.INVALID;
        map[0xa3] = of(BT, Ev, Gv);
        map[0xa4] = of(SHLD, Ev, Gv, Ib);
        map[0xa5] = of(SHLD, Ev, Gv, CL);
        map[0xab] = of(BTS, Ev, Gv);
        map[0xac] = of(SHRD, Ev, Gv, Ib);
        map[0xad] = of(SHRD, Ev, Gv, CL);
        map[0xb3] = of(BTR, Ev, Gv);
        map[0xb8] = byPrefix(none, none, of(POPCNT, Gv, Ev), none);
        map[0xba] = byReg(none, none, none, none, of(BT, Ev, Ib), of(BTS, Ev, Ib), of(BTR, Ev, Ib), of(BTC, Ev, Ib));
        map[0xbb] = of(BTC, Ev, Gv);
        map[0xbc] = byPrefix(of(BSF, Gv, Ev), of(BSF, Gv, Ev), of(TZCNT, Gv, Ev), of(BSF, Gv, Ev));
        map[0xbd] = byPrefix(of(BSR, Gv, Ev), of(BSR, Gv, Ev), of(LZCNT, Gv, Ev), of(BSR, Gv, Ev));
        for (int i = 0; i < 8; i++) {
            map[0xc8 + i] = of(BSWAP, Zv);
        }
    }

    private static void moves(Row[] map) {
        map[0xaf] = of(IMUL, Gv, Ev);
        map[0xb2] = of(LSS, Gv, Mp);
        map[0xb4] = of(LFS, Gv, Mp);
        map[0xb5] = of(LGS, Gv, Mp);
        map[0xb6] = of(MOVZX, Gv, Eb);
        map[0xb7] = of(MOVZX, Gv, Ew);
        map[0xbe] = of(MOVSX, Gv, Eb);
        map[0xbf] = of(MOVSX, Gv, Ew);
        // MOVNTI: nothing here has a cache that it could bypass.
        map[0xc3] = noPrefix(of(MOV, Y, My, Gy));
    }

    private static void compareAndExchange(Row[] map) {
        map[0xb0] = of(CMPXCHG, Eb, Gb);
        map[0xb1] = of(CMPXCHG, Ev, Gv);
        map[0xc0] = of(XADD, Eb, Gb);
        map[0xc1] = of(XADD, Ev, Gv);
        Row none = Row.INVALID;
        Row pair = byRexW(of(CMPXCHG8B, Y, Mq), of(CMPXCHG16B, Y, Mx));
        Row number = registerOnly(byPrefix(of(RDRAND, Rv), of(RDRAND, Rv), none, none));
        Row seed = of(RDSEED, Rv);
        Row seedOrId = registerOnly(byPrefix(seed, seed, of(RDPID, NATIVE, Rv), none));
        map[0xc7] = byReg(none, pair, none, none, none, none, number, seedOrId);
    }

    private static void group15(Row[] map) {
        Row none = Row.INVALID;
        map[0xae] = byReg(
                byPrefix(of(FXSAVE, Y, M), none, base(RDFSBASE), none),
                byPrefix(of(FXRSTOR, Y, M), none, base(RDGSBASE), none),
                byPrefix(of(LDMXCSR, Y, Md), none, base(WRFSBASE), none),
                byPrefix(of(STMXCSR, Y, Md), none, base(WRGSBASE), none),
                noPrefix(of(XSAVE, Y, M)),
                noPrefix(byMod(of(XRSTOR, Y, M), of(LFENCE))),
                noPrefix(byMod(of(XSAVEOPT, Y, M), of(MFENCE))),
                byPrefix(byMod(of(CLFLUSH, BYTE, Mb), of(SFENCE)), of(CLFLUSHOPT, BYTE, Mb), none, none));
    }

    private static Row base(Operation operation) {
        return only64(registerOnly(of(operation, Y, Ry)));
    }

    private static void undefined(Row[] map) {
        map[0x0b] = of(UD);
        map[0xb9] = of(UD, Gv, Ev);
        map[0xff] = of(UD, Gv, Ev);
    }
}
