package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RSP;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.semantics.DescriptorTables;
import io.scratchvm.vmm.cpu.semantics.ModelSpecificRegisters;
import io.scratchvm.vmm.cpu.semantics.Segments;
import io.scratchvm.vmm.cpu.semantics.SystemCalls;
import io.scratchvm.vmm.cpu.state.DescriptorTable;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;

/**
 * MOV and POP to segment registers, LDS, LES, LFS, LGS, LSS, LGDT, LIDT, SGDT, SIDT, LLDT, LTR, SLDT, STR, LAR, LSL,
 * VERR, VERW, ARPL, SWAPGS, RDFSBASE, RDGSBASE, WRFSBASE, WRGSBASE.
 */
final class SegmentInstructions {
    private SegmentInstructions() {}

    static void execute(Execution x, Instruction i) {
        switch (i.operation()) {
            case LDS -> loadFarPointer(x, i, Segment.DS);
            case LES -> loadFarPointer(x, i, Segment.ES);
            case LFS -> loadFarPointer(x, i, Segment.FS);
            case LGS -> loadFarPointer(x, i, Segment.GS);
            case LSS -> loadFarPointer(x, i, Segment.SS);
            case LGDT, LIDT -> loadTable(x, i);
            case SGDT -> storeTable(x, i, x.vcpu.gdtr);
            case SIDT -> storeTable(x, i, x.vcpu.idtr);
            case SWAPGS -> SystemCalls.swapGs(x.vcpu);
            case RDFSBASE -> readBase(x, i, Segment.FS);
            case RDGSBASE -> readBase(x, i, Segment.GS);
            case WRFSBASE -> writeBase(x, i, Segment.FS);
            case WRGSBASE -> writeBase(x, i, Segment.GS);
            default -> executeOnSelector(x, i);
        }
    }

    private static void readBase(Execution x, Instruction i, int register) {
        x.write(i.first(), i.operandSize(), ModelSpecificRegisters.readBase(x.vcpu, register));
    }

    private static void writeBase(Execution x, Instruction i, int register) {
        ModelSpecificRegisters.writeBase(x.vcpu, register, x.read(i.first(), i.operandSize()));
    }

    private static void executeOnSelector(Execution x, Instruction i) {
        switch (i.operation()) {
            case LLDT -> DescriptorTables.loadLocal(x.vcpu, x.mmu, selector(x, i.first()));
            case LTR -> DescriptorTables.loadTask(x.vcpu, x.mmu, selector(x, i.first()));
            case SLDT -> x.write(i.first(), i.operandSize(), DescriptorTables.storeLocal(x.vcpu));
            case STR -> x.write(i.first(), i.operandSize(), DescriptorTables.storeTask(x.vcpu));
            case VERR -> setZero(x, DescriptorTables.isReadable(x.vcpu, x.mmu, selector(x, i.first())));
            case VERW -> setZero(x, DescriptorTables.isWritable(x.vcpu, x.mmu, selector(x, i.first())));
            case LAR -> writeIfValid(x, i, DescriptorTables.accessRights(x.vcpu, x.mmu, selector(x, i.second())));
            case LSL -> writeIfValid(x, i, DescriptorTables.segmentLimit(x.vcpu, x.mmu, selector(x, i.second())));
            default -> adjustRpl(x, i);
        }
    }

    private static int selector(Execution x, Operand operand) {
        return (int) x.read(operand, 2);
    }

    private static void setZero(Execution x, boolean zero) {
        Flags flags = x.vcpu.flags;
        flags.set(flags.status() & ~Flags.ZF | (zero ? Flags.ZF : 0));
    }

    private static void writeIfValid(Execution x, Instruction i, long value) {
        if (value >= 0) {
            x.write(i.first(), i.operandSize(), value);
        }
        setZero(x, value >= 0);
    }

    private static void adjustRpl(Execution x, Instruction i) {
        int old = (int) x.readForWrite(i.first(), 2);
        int adjusted = DescriptorTables.adjustRpl(x.vcpu, old, selector(x, i.second()));
        if (adjusted != old) {
            x.write(i.first(), 2, adjusted);
        }
        setZero(x, adjusted != old);
    }

    // -- segment registers -------------------------------------------------------------------------------------------

    /** MOV to a segment register. */
    static void load(Execution x, Operand.SegmentRegister register, Operand source) {
        Segments.load(x.vcpu, x.mmu, register.number(), selector(x, source));
        shadowAfterStack(x, register);
    }

    /** POP to a segment register: the low two bytes of a slot of {@code size}. */
    static void pop(Execution x, Operand.SegmentRegister register, int size) {
        int selector = (int) x.mmu.read(x.stack(0, size, false), size) & 0xffff;
        int stackSize = x.stackSize();
        Segments.load(x.vcpu, x.mmu, register.number(), selector);
        // By the size that the stack had before the load, of which SS may be the target.
        x.setRegister(RSP, stackSize, x.vcpu.gpr[RSP] + size);
        shadowAfterStack(x, register);
    }

    private static void shadowAfterStack(Execution x, Operand.SegmentRegister register) {
        if (register.number() == Segment.SS) {
            Segments.shadow(x.vcpu);
        }
    }

    private static void loadFarPointer(Execution x, Instruction i, int register) {
        int size = i.operandSize();
        long linear = x.linear((Operand.Memory) i.second(), size + 2, false);
        long offset = x.mmu.read(linear, size);
        Segments.load(x.vcpu, x.mmu, register, (int) x.mmu.read16(linear + size));
        x.write(i.first(), size, offset);
    }

    // -- GDTR, IDTR --------------------------------------------------------------------------------------------------

    /** Bytes of a base in memory. */
    private static int baseSize(Execution x) {
        return x.vcpu.mode64() ? 8 : 4;
    }

    private static void loadTable(Execution x, Instruction i) {
        int baseSize = baseSize(x);
        long linear = x.linear((Operand.Memory) i.first(), 2 + baseSize, false);
        int limit = (int) x.mmu.read16(linear);
        long base = x.mmu.read(linear + 2, baseSize);
        switch (i.operation()) {
            case LGDT -> DescriptorTables.loadGlobal(x.vcpu, limit, base, i.operandSize());
            default -> DescriptorTables.loadInterrupt(x.vcpu, limit, base, i.operandSize());
        }
    }

    private static void storeTable(Execution x, Instruction i, DescriptorTable table) {
        int baseSize = baseSize(x);
        long linear = x.linear((Operand.Memory) i.first(), 2 + baseSize, true);
        x.mmu.checkWrite(linear, 2 + baseSize);
        x.mmu.write16(linear, table.limit());
        x.mmu.write(linear + 2, table.base(), baseSize);
    }
}
