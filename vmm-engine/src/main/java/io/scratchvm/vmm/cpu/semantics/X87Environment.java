package io.scratchvm.vmm.cpu.semantics;

import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.X87;
import io.scratchvm.vmm.memory.Mmu;

/**
 * FNSTENV, FLDENV, FNSAVE and FRSTOR with their four formats (Intel SDM volume 1, figures 8-9 to 8-12), FNINIT, FNCLEX
 * and FLDCW. The selectors of the last instruction and its operand are zero, as on CPUs that deprecate them.
 */
public final class X87Environment {
    private static final int RESERVED = 0xffff_0000;
    private static final int OPCODE = 0x7ff;
    private static final int REGISTER = 10;

    /** Bits of the control word that can be written, and the one that always is set. */
    private static final int CONTROL = 0x1f3f, CONTROL_ALWAYS = 0x40;

    private X87Environment() {}

    /** Bytes of the environment, with 2-byte or 4-byte fields. */
    public static int size(int operandSize) {
        return 7 * operandSize;
    }

    /** Bytes of environment and registers. */
    public static int sizeWithRegisters(int operandSize) {
        return size(operandSize) + 8 * REGISTER;
    }

    /** FNINIT: the registers keep their values and are tagged empty. */
    public static void initialize(X87 x87) {
        x87.controlWord = X87.INITIAL_CONTROL_WORD;
        x87.statusWord = 0;
        x87.tagWord = 0xffff;
        x87.lastOpcode = 0;
        x87.lastInstruction = 0;
        x87.lastData = 0;
    }

    /** FNCLEX: clears the exception flags, the stack fault, the exception summary and B. */
    public static void clearExceptions(X87 x87) {
        x87.statusWord &= 0x7f00;
    }

    /** FLDCW. An exception that the new word unmasks becomes pending. */
    public static void loadControlWord(X87 x87, int value) {
        x87.controlWord = value & CONTROL | CONTROL_ALWAYS;
        x87.summarize();
    }

    /** FNSTENV: stores, then masks all exceptions. */
    public static void store(Vcpu vcpu, Mmu mmu, long linear, int operandSize) {
        mmu.checkWrite(linear, size(operandSize));
        storeFields(vcpu, mmu, linear, operandSize);
        vcpu.x87.controlWord |= X87.EXCEPTIONS;
        vcpu.x87.summarize();
    }

    /** FNSAVE: stores with the registers, then does what FNINIT does. */
    public static void save(Vcpu vcpu, Mmu mmu, long linear, int operandSize) {
        mmu.checkWrite(linear, sizeWithRegisters(operandSize));
        storeFields(vcpu, mmu, linear, operandSize);
        X87 x87 = vcpu.x87;
        for (int i = 0; i < 8; i++) {
            long at = linear + size(operandSize) + REGISTER * i;
            mmu.write64(at, x87.significand[x87.physical(i)]);
            mmu.write16(at + 8, x87.signExponent[x87.physical(i)]);
        }
        initialize(x87);
    }

    private static void storeFields(Vcpu vcpu, Mmu mmu, long linear, int operandSize) {
        int[] fields = isReal(vcpu) ? realFields(vcpu.x87, operandSize) : protectedFields(vcpu.x87, operandSize);
        for (int n = 0; n < fields.length; n++) {
            mmu.write(linear + operandSize * n, fields[n], operandSize);
        }
    }

    /** FLDENV. */
    public static void load(Vcpu vcpu, Mmu mmu, long linear, int operandSize) {
        mmu.read8(linear + size(operandSize) - 1);
        loadFields(vcpu, fields(mmu, linear, operandSize), operandSize);
    }

    /** FRSTOR. */
    public static void restore(Vcpu vcpu, Mmu mmu, long linear, int operandSize) {
        mmu.read8(linear + sizeWithRegisters(operandSize) - 1);
        loadFields(vcpu, fields(mmu, linear, operandSize), operandSize);
        X87 x87 = vcpu.x87;
        for (int i = 0; i < 8; i++) {
            long at = linear + size(operandSize) + REGISTER * i;
            x87.significand[x87.physical(i)] = mmu.read64(at);
            x87.signExponent[x87.physical(i)] = (int) mmu.read16(at + 8);
        }
    }

    private static int[] fields(Mmu mmu, long linear, int operandSize) {
        int[] fields = new int[7];
        for (int n = 0; n < 7; n++) {
            fields[n] = (int) mmu.read(linear + operandSize * n, operandSize);
        }
        return fields;
    }

    private static void loadFields(Vcpu vcpu, int[] fields, int operandSize) {
        X87 x87 = vcpu.x87;
        x87.statusWord = fields[1] & 0xffff;
        x87.tagWord = usage(fields[2]);
        loadControlWord(x87, fields[0]);
        if (isReal(vcpu)) {
            x87.lastInstruction = fields[3] & 0xffff | realHigh(fields[4], operandSize);
            x87.lastData = fields[5] & 0xffff | realHigh(fields[6], operandSize);
        } else {
            x87.lastInstruction = Integer.toUnsignedLong(fields[3]);
            x87.lastData = Integer.toUnsignedLong(fields[5]);
        }
        if (isReal(vcpu)) {
            x87.lastOpcode = fields[4] & OPCODE;
        } else {
            x87.lastOpcode = operandSize == 4 ? fields[4] >>> 16 & OPCODE : 0;
        }
    }

    private static boolean isReal(Vcpu vcpu) {
        return !vcpu.protectedMode() || vcpu.virtual8086();
    }

    /** Of the tags, only which registers are empty. */
    private static int usage(int tags) {
        int empty = tags & tags >>> 1 & 0x5555;
        return empty | empty << 1;
    }

    private static int[] protectedFields(X87 x87, int operandSize) {
        int opcode = operandSize == 4 ? x87.lastOpcode << 16 : 0;
        return new int[] {
            x87.controlWord | RESERVED,
            x87.statusWord | RESERVED,
            tags(x87) | RESERVED,
            (int) x87.lastInstruction,
            opcode,
            (int) x87.lastData,
            RESERVED
        };
    }

    private static int[] realFields(X87 x87, int operandSize) {
        return new int[] {
            x87.controlWord | RESERVED,
            x87.statusWord | RESERVED,
            tags(x87) | RESERVED,
            (int) x87.lastInstruction | RESERVED,
            realField(x87.lastInstruction, operandSize) | x87.lastOpcode,
            (int) x87.lastData | RESERVED,
            realField(x87.lastData, operandSize)
        };
    }

    /** What is above the low word of an address: four bits of it at bit 12, or all sixteen. */
    private static int realField(long address, int operandSize) {
        return ((int) address >>> 16 & (operandSize == 2 ? 0xf : 0xffff)) << 12;
    }

    private static long realHigh(int field, int operandSize) {
        return (long) (field >>> 12 & (operandSize == 2 ? 0xf : 0xffff)) << 16;
    }

    private static int tags(X87 x87) {
        int tags = x87.tagWord;
        for (int n = 0; n < 8; n++) {
            if ((tags >> 2 * n & 3) != 3) {
                int tag = new Extended(x87.significand[n], x87.signExponent[n]).tag();
                tags = tags & ~(3 << 2 * n) | tag << 2 * n;
            }
        }
        return tags;
    }
}
