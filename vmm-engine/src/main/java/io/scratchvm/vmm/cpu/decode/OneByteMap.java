package io.scratchvm.vmm.cpu.decode;

import static io.scratchvm.vmm.cpu.decode.Form.*;
import static io.scratchvm.vmm.cpu.decode.Operation.*;
import static io.scratchvm.vmm.cpu.decode.Row.*;
import static io.scratchvm.vmm.cpu.decode.Size.*;

import java.util.Arrays;

/**
 * The one-byte opcode map: Intel SDM volume 2, table A-2, and the groups of table A-6 that it refers to. Prefixes and
 * REX never get here.
 */
final class OneByteMap {
    private OneByteMap() {}

    static Row[] rows() {
        Row[] map = new Row[256];
        Arrays.fill(map, Row.INVALID);
        arithmetic(map);
        decimal(map);
        moves(map);
        registers(map);
        stack(map);
        shifts(map);
        strings(map);
        branches(map);
        farTransfers(map);
        interrupts(map);
        ports(map);
        flags(map);
        groups3To5(map);
        X87Map.addTo(map);
        map[0x0f] = escape(TwoByteMap.ROWS);
        return map;
    }

    private static void arithmetic(Row[] map) {
        Operation[] operations = {ADD, OR, ADC, SBB, AND, SUB, XOR, CMP};
        for (int i = 0; i < 8; i++) {
            map[8 * i] = of(operations[i], Eb, Gb);
            map[8 * i + 1] = of(operations[i], Ev, Gv);
            map[8 * i + 2] = of(operations[i], Gb, Eb);
            map[8 * i + 3] = of(operations[i], Gv, Ev);
            map[8 * i + 4] = of(operations[i], AL, Ib);
            map[8 * i + 5] = of(operations[i], rAX, Iz);
        }
        map[0x80] = group(operations, Eb, Ib);
        map[0x81] = group(operations, Ev, Iz);
        map[0x82] = not64(map[0x80]);
        map[0x83] = group(operations, Ev, Ibs);
        map[0x69] = of(IMUL, Gv, Ev, Iz);
        map[0x6b] = of(IMUL, Gv, Ev, Ibs);
        map[0x84] = of(TEST, Eb, Gb);
        map[0x85] = of(TEST, Ev, Gv);
        map[0xa8] = of(TEST, AL, Ib);
        map[0xa9] = of(TEST, rAX, Iz);
        map[0x98] = of(CBW);
        map[0x99] = of(CWD);
    }

    private static void decimal(Row[] map) {
        map[0x27] = not64(of(DAA, BYTE));
        map[0x2f] = not64(of(DAS, BYTE));
        map[0x37] = not64(of(AAA, BYTE));
        map[0x3f] = not64(of(AAS, BYTE));
        map[0xd4] = not64(of(AAM, BYTE, Ib));
        map[0xd5] = not64(of(AAD, BYTE, Ib));
    }

    private static void moves(Row[] map) {
        map[0x86] = of(XCHG, Eb, Gb);
        map[0x87] = of(XCHG, Ev, Gv);
        map[0x88] = of(MOV, Eb, Gb);
        map[0x89] = of(MOV, Ev, Gv);
        map[0x8a] = of(MOV, Gb, Eb);
        map[0x8b] = of(MOV, Gv, Ev);
        map[0x8c] = byMod(of(MOV, WORD, Mw, Sw), of(MOV, Rv, Sw));
        map[0x8d] = of(LEA, Gv, M);
        map[0x8e] = byReg(
                of(MOV, WORD, Sw, Ew),
                Row.INVALID, // MOV CS
                of(MOV, WORD, Sw, Ew),
                of(MOV, WORD, Sw, Ew),
                of(MOV, WORD, Sw, Ew),
                of(MOV, WORD, Sw, Ew),
                Row.INVALID,
                Row.INVALID);
        map[0xa0] = of(MOV, AL, Ob);
        map[0xa1] = of(MOV, rAX, Ov);
        map[0xa2] = of(MOV, Ob, AL);
        map[0xa3] = of(MOV, Ov, rAX);
        map[0xc6] = only(0, of(MOV, Eb, Ib));
        map[0xc7] = only(0, of(MOV, Ev, Iz));
        map[0x63] = byMode(of(ARPL, WORD, Ew, Gw), of(MOVSXD, Gv, Ez));
        map[0xd7] = of(XLAT, BYTE);
        map[0xc4] = vex(Choice.VEX3, memoryOnly(of(LES, Gv, Mp)));
        map[0xc5] = vex(Choice.VEX2, memoryOnly(of(LDS, Gv, Mp)));
    }

    /** The opcodes that name a register in their low three bits. */
    private static void registers(Row[] map) {
        for (int i = 0; i < 8; i++) {
            map[0x40 + i] = of(INC, Zv); // REX in 64-bit code
            map[0x48 + i] = of(DEC, Zv);
            map[0x50 + i] = of(PUSH, D64, Zv);
            map[0x58 + i] = of(POP, D64, Zv);
            map[0x90 + i] = of(XCHG, Zv, rAX);
            map[0xb0 + i] = of(MOV, Zb, Ib);
            map[0xb8 + i] = of(MOV, Zv, Iv);
        }
        Row nop = byPrefix(of(NOP), of(NOP), of(PAUSE), of(NOP));
        map[0x90] = byRexB(nop, of(XCHG, Zv, rAX));
    }

    private static void stack(Row[] map) {
        map[0x06] = not64(of(PUSH, ES));
        map[0x07] = not64(of(POP, ES));
        map[0x0e] = not64(of(PUSH, CS));
        map[0x16] = not64(of(PUSH, SS));
        map[0x17] = not64(of(POP, SS));
        map[0x1e] = not64(of(PUSH, DS));
        map[0x1f] = not64(of(POP, DS));
        map[0x60] = not64(of(PUSHA));
        map[0x61] = not64(of(POPA));
        map[0x68] = of(PUSH, D64, Iz);
        map[0x6a] = of(PUSH, D64, Ibs);
        map[0x8f] = only(0, of(POP, D64, Ev));
        map[0x9c] = of(PUSHF, D64);
        map[0x9d] = of(POPF, D64);
        map[0xc8] = of(ENTER, D64, Iw, Ib);
        map[0xc9] = of(LEAVE, D64);
    }

    private static void shifts(Row[] map) {
        // /6 is an undocumented second encoding of SHL on every CPU.
        Operation[] operations = {ROL, ROR, RCL, RCR, SHL, SHR, SHL, SAR};
        map[0xc0] = group(operations, Eb, Ib);
        map[0xc1] = group(operations, Ev, Ib);
        map[0xd0] = group(operations, Eb, ONE);
        map[0xd1] = group(operations, Ev, ONE);
        map[0xd2] = group(operations, Eb, CL);
        map[0xd3] = group(operations, Ev, CL);
    }

    private static void strings(Row[] map) {
        map[0x6c] = of(INS, BYTE);
        map[0x6d] = of(INS, Z);
        map[0x6e] = of(OUTS, BYTE);
        map[0x6f] = of(OUTS, Z);
        map[0xa4] = of(MOVS, BYTE);
        map[0xa5] = of(MOVS);
        map[0xa6] = of(CMPS, BYTE);
        map[0xa7] = of(CMPS);
        map[0xaa] = of(STOS, BYTE);
        map[0xab] = of(STOS);
        map[0xac] = of(LODS, BYTE);
        map[0xad] = of(LODS);
        map[0xae] = of(SCAS, BYTE);
        map[0xaf] = of(SCAS);
    }

    private static void branches(Row[] map) {
        for (int condition = 0; condition < 16; condition++) {
            map[0x70 + condition] = of(JCC, F64, Jb);
        }
        map[0xc2] = of(RET, F64, Iw);
        map[0xc3] = of(RET, F64);
        map[0xe0] = of(LOOPNE, F64, Jb);
        map[0xe1] = of(LOOPE, F64, Jb);
        map[0xe2] = of(LOOP, F64, Jb);
        map[0xe3] = of(JRCXZ, F64, Jb);
        map[0xe8] = of(CALL, F64, Jz);
        map[0xe9] = of(JMP, F64, Jz);
        map[0xeb] = of(JMP, F64, Jb);
    }

    private static void farTransfers(Row[] map) {
        map[0x9a] = not64(of(CALL_FAR, Ap));
        map[0xea] = not64(of(JMP_FAR, Ap));
        map[0xca] = of(RET_FAR, V, Iw);
        map[0xcb] = of(RET_FAR);
    }

    private static void interrupts(Row[] map) {
        map[0x62] = not64(of(BOUND, Gv, Ma));
        map[0xcc] = of(INT3);
        map[0xcd] = of(INT, V, Ib);
        map[0xce] = not64(of(INTO));
        map[0xcf] = of(IRET);
        map[0xf1] = of(INT1);
        map[0xf4] = of(HLT);
    }

    private static void ports(Row[] map) {
        map[0xe4] = of(IN, BYTE, AL, Ib);
        map[0xe5] = of(IN, Z, rAX, Ib);
        map[0xe6] = of(OUT, BYTE, Ib, AL);
        map[0xe7] = of(OUT, Z, Ib, rAX);
        map[0xec] = of(IN, BYTE, AL, DX);
        map[0xed] = of(IN, Z, rAX, DX);
        map[0xee] = of(OUT, BYTE, DX, AL);
        map[0xef] = of(OUT, Z, DX, rAX);
    }

    private static void flags(Row[] map) {
        map[0x9b] = of(WAIT);
        map[0x9e] = of(SAHF, BYTE);
        map[0x9f] = of(LAHF, BYTE);
        map[0xd6] = not64(of(SALC, BYTE));
        map[0xf5] = of(CMC);
        map[0xf8] = of(CLC);
        map[0xf9] = of(STC);
        map[0xfa] = of(CLI);
        map[0xfb] = of(STI);
        map[0xfc] = of(CLD);
        map[0xfd] = of(STD);
    }

    private static void groups3To5(Row[] map) {
        map[0xf6] = byReg(
                of(TEST, Eb, Ib),
                of(TEST, Eb, Ib),
                of(NOT, Eb),
                of(NEG, Eb),
                of(MUL, Eb),
                of(IMUL, Eb),
                of(DIV, Eb),
                of(IDIV, Eb));
        map[0xf7] = byReg(
                of(TEST, Ev, Iz),
                of(TEST, Ev, Iz),
                of(NOT, Ev),
                of(NEG, Ev),
                of(MUL, Ev),
                of(IMUL, Ev),
                of(DIV, Ev),
                of(IDIV, Ev));
        Row none = Row.INVALID;
        map[0xfe] = byReg(of(INC, Eb), of(DEC, Eb), none, none, none, none, none, none);
        map[0xff] = byReg(
                of(INC, Ev),
                of(DEC, Ev),
                of(CALL, F64, Ev),
                of(CALL_FAR, Mp),
                of(JMP, F64, Ev),
                of(JMP_FAR, Mp),
                of(PUSH, D64, Ev),
                none);
    }
}
