package io.scratchvm.vmm.cpu.decode;

import static io.scratchvm.vmm.cpu.decode.Form.*;
import static io.scratchvm.vmm.cpu.decode.Operation.*;
import static io.scratchvm.vmm.cpu.decode.Row.byMod;
import static io.scratchvm.vmm.cpu.decode.Row.byReg;
import static io.scratchvm.vmm.cpu.decode.Row.byRm;

/**
 * The x87 escapes D8 to DF: Intel SDM volume 2, tables. Encodings that the tables leave blank and every CPU
 * executes as doubles of others are given, too.
 */
final class X87Map {
    private static final Row NONE = Row.INVALID;

    private X87Map() {}

    static void addTo(Row[] map) {
        map[0xd8] = byMod(arithmetic(Md), towardsTop());
        map[0xd9] = byMod(byReg(singleAndControl()), byReg(d9()));
        map[0xda] = byMod(integers(Md), byReg(da()));
        map[0xdb] = byMod(byReg(integersAndExtended()), byReg(db()));
        map[0xdc] = byMod(arithmetic(Mq), awayFromTop());
        map[0xdd] = byMod(byReg(doubleAndState()), byReg(dd()));
        map[0xde] = byMod(integers(Mw), popping());
        map[0xdf] = byMod(byReg(integersAndDecimals()), byReg(df()));
    }

    // -- memory -----------------------------------------------------------------------------------------------------

    private static Row arithmetic(Form memory) {
        return group(memory, FADD, FMUL, FCOM, FCOMP, FSUB, FSUBR, FDIV, FDIVR);
    }

    private static Row integers(Form memory) {
        return group(memory, FIADD, FIMUL, FICOM, FICOMP, FISUB, FISUBR, FIDIV, FIDIVR);
    }

    private static Row group(Form first, Operation... operations) {
        Row[] rows = new Row[8];
        for (int reg = 0; reg < 8; reg++) {
            rows[reg] = one(operations[reg], first);
        }
        return byReg(rows);
    }

    private static Row[] singleAndControl() {
        Row loadControl = Row.x87(FLDCW, Size.WORD, Mw, null);
        Row storeControl = Row.x87(FNSTCW, Size.WORD, Mw, null);
        return new Row[] {
            one(FLD, Md), NONE, one(FST, Md), one(FSTP, Md), state(FLDENV), loadControl, state(FNSTENV), storeControl
        };
    }

    private static Row[] integersAndExtended() {
        return new Row[] {
            one(FILD, Md), one(FISTTP, Md), one(FIST, Md), one(FISTP, Md), NONE, one(FLD, Mt), NONE, one(FSTP, Mt)
        };
    }

    private static Row[] doubleAndState() {
        Row status = Row.x87(FNSTSW, Size.WORD, Mw, null);
        return new Row[] {
            one(FLD, Mq), one(FISTTP, Mq), one(FST, Mq), one(FSTP, Mq), state(FRSTOR), NONE, state(FNSAVE), status
        };
    }

    private static Row[] integersAndDecimals() {
        return new Row[] {
            one(FILD, Mw),
            one(FISTTP, Mw),
            one(FIST, Mw),
            one(FISTP, Mw),
            one(FBLD, Mt),
            one(FILD, Mq),
            one(FBSTP, Mt),
            one(FISTP, Mq)
        };
    }

    // -- registers --------------------------------------------------------------------------------------------------

    private static Row towardsTop() {
        return byReg(
                two(FADD, ST0, STi),
                two(FMUL, ST0, STi),
                one(FCOM, STi),
                one(FCOMP, STi),
                two(FSUB, ST0, STi),
                two(FSUBR, ST0, STi),
                two(FDIV, ST0, STi),
                two(FDIVR, ST0, STi));
    }

    private static Row awayFromTop() {
        return byReg(
                two(FADD, STi, ST0),
                two(FMUL, STi, ST0),
                one(FCOM, STi),
                one(FCOMP, STi),
                two(FSUBR, STi, ST0),
                two(FSUB, STi, ST0),
                two(FDIVR, STi, ST0),
                two(FDIV, STi, ST0));
    }

    private static Row popping() {
        return byReg(
                two(FADDP, STi, ST0),
                two(FMULP, STi, ST0),
                one(FCOMP, STi),
                only(1, FCOMPP),
                two(FSUBRP, STi, ST0),
                two(FSUBP, STi, ST0),
                two(FDIVRP, STi, ST0),
                two(FDIVP, STi, ST0));
    }

    private static Row[] d9() {
        return new Row[] {
            one(FLD, STi),
            one(FXCH, STi),
            only(0, FNOP),
            one(FSTP, STi),
            all(FCHS, FABS, null, null, FTST, FXAM, null, null),
            all(FLD1, FLDL2T, FLDL2E, FLDPI, FLDLG2, FLDLN2, FLDZ, null),
            all(F2XM1, FYL2X, FPTAN, FPATAN, FXTRACT, FPREM1, FDECSTP, FINCSTP),
            all(FPREM, FYL2XP1, FSQRT, FSINCOS, FRNDINT, FSCALE, FSIN, FCOS)
        };
    }

    private static Row[] da() {
        return new Row[] {
            two(FCMOVB, ST0, STi),
            two(FCMOVE, ST0, STi),
            two(FCMOVBE, ST0, STi),
            two(FCMOVU, ST0, STi),
            NONE,
            only(1, FUCOMPP),
            NONE,
            NONE
        };
    }

    private static Row[] db() {
        return new Row[] {
            two(FCMOVNB, ST0, STi),
            two(FCMOVNE, ST0, STi),
            two(FCMOVNBE, ST0, STi),
            two(FCMOVNU, ST0, STi),
            all(FNENI, FNDISI, FNCLEX, FNINIT, FNSETPM, null, null, null),
            two(FUCOMI, ST0, STi),
            two(FCOMI, ST0, STi),
            NONE
        };
    }

    private static Row[] dd() {
        return new Row[] {
            one(FFREE, STi),
            one(FXCH, STi),
            one(FST, STi),
            one(FSTP, STi),
            one(FUCOM, STi),
            one(FUCOMP, STi),
            NONE,
            NONE
        };
    }

    private static Row[] df() {
        Row toAx = Row.x87(FNSTSW, Size.WORD, rAX, null);
        return new Row[] {
            one(FFREEP, STi),
            one(FXCH, STi),
            one(FSTP, STi),
            one(FSTP, STi),
            byRm(toAx, NONE, NONE, NONE, NONE, NONE, NONE, NONE),
            two(FUCOMIP, ST0, STi),
            two(FCOMIP, ST0, STi),
            NONE
        };
    }

    // -- rows -------------------------------------------------------------------------------------------------------

    private static Row one(Operation operation, Form first) {
        return Row.x87(operation, Size.V, first, null);
    }

    private static Row two(Operation operation, Form first, Form second) {
        return Row.x87(operation, Size.V, first, second);
    }

    /** With fields of the operand size, 2 or 4 bytes. */
    private static Row state(Operation operation) {
        return Row.x87(operation, Size.Z, M, null);
    }

    /** Eight operations without operands, by ModRM's r/m; null for none. */
    private static Row all(Operation... operations) {
        Row[] rows = new Row[8];
        for (int rm = 0; rm < 8; rm++) {
            rows[rm] = operations[rm] == null ? NONE : one(operations[rm], null);
        }
        return byRm(rows);
    }

    private static Row only(int rm, Operation operation) {
        Operation[] operations = new Operation[8];
        operations[rm] = operation;
        return all(operations);
    }
}
