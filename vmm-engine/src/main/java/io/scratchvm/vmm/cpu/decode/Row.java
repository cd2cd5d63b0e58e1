package io.scratchvm.vmm.cpu.decode;

import java.util.Arrays;

/**
 * An entry of an opcode map: an instruction, or a choice among further entries by something that follows or precedes
 * the opcode. Immutable.
 */
final class Row {
    /** What a choice is made by, and how many alternatives it has. */
    enum Choice {
        /** The next opcode byte: an escape to another map. */
        BYTE,
        /** ModRM's reg: an opcode extension, SDM volume 2, table A-6. */
        REG,
        /** ModRM's r/m. */
        RM,
        /** Memory first, then register, by ModRM's mod. */
        MOD,
        /** Not 64-bit code, 64-bit code. */
        MODE,
        /** The mandatory prefix: none, 66, F3, F2. */
        PREFIX,
        /** REX.W clear, REX.W set. */
        REX_W,
        /** REX.B clear, REX.B set. */
        REX_B,
        /** No VEX prefix after all; else {@link VexMaps} go on, by the map that the prefix names. Of two bytes. */
        VEX2,
        /** The same of three bytes. */
        VEX3,
        /** VEX.L clear, VEX.L set. */
        VEX_L,
        /** VEX.W clear, VEX.W set, in code of any size. */
        VEX_W
    }

    static final Row INVALID = new Row(Operation.INVALID, Size.V, null, null, null, null);

    final Operation operation;
    final Size size;
    final Form first;
    final Form second;
    final Form third;
    final Form fourth;

    /** Null in a leaf. */
    final Choice choice;

    final Row[] alternatives;

    private Row(Operation operation, Size size, Form first, Form second, Form third, Form fourth) {
        this.operation = operation;
        this.size = size;
        this.first = first;
        this.second = second;
        this.third = third;
        this.fourth = fourth;
        this.choice = null;
        this.alternatives = null;
    }

    private Row(Choice choice, Row[] alternatives) {
        this.operation = null;
        this.size = null;
        this.first = null;
        this.second = null;
        this.third = null;
        this.fourth = null;
        this.choice = choice;
        this.alternatives = alternatives;
    }

    static Row of(Operation operation) {
        return of(operation, Size.V);
    }

    static Row of(Operation operation, Size size) {
        return new Row(operation, size, null, null, null, null);
    }

    static Row of(Operation operation, Size size, Form first) {
        return new Row(operation, size, first, null, null, null);
    }

    static Row of(Operation operation, Size size, Form first, Form second) {
        return new Row(operation, size, first, second, null, null);
    }

    static Row of(Operation operation, Size size, Form first, Form second, Form third) {
        return new Row(operation, size, first, second, third, null);
    }

    static Row of(Operation operation, Form first, Form second, Form third, Form fourth) {
        return new Row(operation, Size.V, first, second, third, fourth);
    }

    /** A row of byte size where the first operand is a byte, else of size V. */
    static Row of(Operation operation, Form first) {
        return of(operation, first, null, null);
    }

    static Row of(Operation operation, Form first, Form second) {
        return of(operation, first, second, null);
    }

    static Row of(Operation operation, Form first, Form second, Form third) {
        return new Row(operation, first.type == 'b' ? Size.BYTE : Size.V, first, second, third, null);
    }

    /** An x87 instruction, whose opcode is kept as its third operand. */
    static Row x87(Operation operation, Size size, Form first, Form second) {
        return new Row(operation, size, first, second, Form.Xo, null);
    }

    static Row escape(Row[] map) {
        return new Row(Choice.BYTE, map);
    }

    /** Eight rows, by ModRM's reg. */
    static Row byReg(Row... rows) {
        return new Row(Choice.REG, rows);
    }

    /** Eight rows, by ModRM's r/m. */
    static Row byRm(Row... rows) {
        return new Row(Choice.RM, rows);
    }

    static Row byMod(Row memory, Row register) {
        return new Row(Choice.MOD, new Row[] {memory, register});
    }

    static Row memoryOnly(Row row) {
        return byMod(row, INVALID);
    }

    static Row registerOnly(Row row) {
        return byMod(INVALID, row);
    }

    static Row byMode(Row legacy, Row in64) {
        return new Row(Choice.MODE, new Row[] {legacy, in64});
    }

    /** Not in 64-bit code ("i64"). */
    static Row not64(Row row) {
        return byMode(row, INVALID);
    }

    /** Only in 64-bit code ("o64"). */
    static Row only64(Row row) {
        return byMode(INVALID, row);
    }

    static Row byPrefix(Row none, Row with66, Row withF3, Row withF2) {
        return new Row(Choice.PREFIX, new Row[] {none, with66, withF3, withF2});
    }

    /** Only without 66, F3 and F2 ("NP"). */
    static Row noPrefix(Row row) {
        return byPrefix(row, INVALID, INVALID, INVALID);
    }

    static Row byRexW(Row clear, Row set) {
        return new Row(Choice.REX_W, new Row[] {clear, set});
    }

    static Row byRexB(Row clear, Row set) {
        return new Row(Choice.REX_B, new Row[] {clear, set});
    }

    /**
     * Of C5 ({@code VEX2}) or C4 ({@code VEX3}): {@code legacy} where another instruction's ModRM follows, which in
     * 64-bit code is never; else a VEX prefix.
     */
    static Row vex(Choice choice, Row legacy) {
        return new Row(choice, new Row[] {legacy});
    }

    boolean isVexPrefix() {
        return choice == Choice.VEX2 || choice == Choice.VEX3;
    }

    static Row byVexL(Row clear, Row set) {
        return new Row(Choice.VEX_L, new Row[] {clear, set});
    }

    static Row byVexW(Row clear, Row set) {
        return new Row(Choice.VEX_W, new Row[] {clear, set});
    }

    /** Only with VEX.L clear ("LZ"). */
    static Row lengthZero(Row row) {
        return byVexL(row, INVALID);
    }

    /**
     * The form under VEX of an SSE instruction, or of each that this row is a choice among, those on MMX registers
     * excepted, which have none. After the destination comes {@code source}, if it is not null.
     */
    Row inVex(Form source) {
        if (choice != null) {
            Row[] forms = new Row[alternatives.length];
            for (int i = 0; i < forms.length; i++) {
                forms[i] = alternatives[i].inVex(source);
            }
            return new Row(choice, forms);
        }
        if (operation == Operation.INVALID || isMmx(first) || isMmx(second)) {
            return INVALID;
        }
        return source == null ? this : new Row(operation, size, first, source, second, third);
    }

    /** This row with vectors of 16 bytes whatever VEX.L says ("LIG"). */
    Row ignoringLength() {
        if (choice != null) {
            Row[] forms = new Row[alternatives.length];
            for (int i = 0; i < forms.length; i++) {
                forms[i] = alternatives[i].ignoringLength();
            }
            return new Row(choice, forms);
        }
        return new Row(operation, size, octoword(first), octoword(second), octoword(third), octoword(fourth));
    }

    private static Form octoword(Form form) {
        if (form == null || form.type != 'x') {
            return form;
        }
        return switch (form.method) {
            case 'V' -> Form.Vo;
            case 'H' -> Form.Ho;
            case 'W' -> Form.Wo;
            default -> Form.Uo;
        };
    }

    private static boolean isMmx(Form form) {
        return form != null && (form.method == 'P' || form.method == 'Q' || form.method == 'N');
    }

    /** Whether VEX.vvvv names an operand. */
    boolean usesVvvv() {
        return isVvvv(first) || isVvvv(second) || isVvvv(third) || isVvvv(fourth);
    }

    private static boolean isVvvv(Form form) {
        return form != null && (form.method == 'B' || form.method == 'H');
    }

    /** Only with this value of ModRM's reg. */
    static Row only(int reg, Row row) {
        Row[] rows = new Row[8];
        Arrays.fill(rows, INVALID);
        rows[reg] = row;
        return byReg(rows);
    }

    /** Eight operations on the same operands, by ModRM's reg. */
    static Row group(Operation[] operations, Form first, Form second) {
        Row[] rows = new Row[8];
        for (int i = 0; i < 8; i++) {
            rows[i] = of(operations[i], first, second);
        }
        return byReg(rows);
    }
}
