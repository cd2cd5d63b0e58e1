package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.Fault.*;
import static io.scratchvm.vmm.cpu.state.Segment.CS;
import static io.scratchvm.vmm.cpu.state.Segment.DS;
import static io.scratchvm.vmm.cpu.state.Segment.ES;
import static io.scratchvm.vmm.cpu.state.Segment.FS;
import static io.scratchvm.vmm.cpu.state.Segment.GS;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/**
 * Interrupts and exceptions on their way into a handler: through the interrupt vector table of real mode, the gates of
 * protected mode and those of long mode (Intel SDM volume 3, chapter 6; volume 2, INT n).
 *
 * <p>Task gates are not implemented: one in the IDT is #GP with the IDT's error code, as it is in long mode.
 */
public final class Interrupts {
    private static final int EXTERNAL = 1, IN_IDT = 2;
    private static final int INTERRUPT_GATE_16 = 6, TRAP_GATE_16 = 7, INTERRUPT_GATE_32 = 14, TRAP_GATE_32 = 15;
    private static final long NO_ERROR_CODE = -1;

    /**
     * What is being delivered.
     *
     * @param errorCode what to push, or {@link #NO_ERROR_CODE}
     * @param external {@link #EXTERNAL}, or 0 for INT n, INT3 and INTO: the EXT bit of faults on the way
     * @param flags RFLAGS as the handler will find them on its stack
     * @param next the return address
     */
    private record Event(int vector, long errorCode, int external, long flags, long next) {
        /** The error code that names this event's IDT entry. */
        int idtError() {
            return vector << 3 | IN_IDT | external;
        }

        /** Adds the EXT bit to a fault that has come up on the way. */
        Fault onTheWay(Fault fault) {
            return switch (fault.vector()) {
                case TS, NP, SS, GP -> Fault.of(fault.vector(), fault.errorCode() | external);
                default -> fault;
            };
        }
    }

    private Interrupts() {}

    /**
     * Delivers an exception; the return address is {@code vcpu.rip}. Exceptions on the way follow, or become a double
     * fault, by SDM volume 3, table 6-5.
     *
     * @return false for a triple fault: the CPU is shut down, its registers are as before
     */
    public static boolean deliver(Vcpu vcpu, Mmu mmu, Fault first) {
        Fault fault = first;
        while (true) {
            try {
                deliverOnce(vcpu, mmu, fault);
                return true;
            } catch (Fault second) {
                if (fault.vector() == DF) {
                    return false;
                }
                fault = combine(vcpu, fault, second);
            }
        }
    }

    private static void deliverOnce(Vcpu vcpu, Mmu mmu, Fault fault) {
        if (fault.vector() == PF) {
            vcpu.cr2 = fault.address();
        }
        long errorCode = fault.hasErrorCode() ? fault.errorCode() : NO_ERROR_CODE;
        long flags = vcpu.rflags() | (isTrap(fault.vector()) ? 0 : Flags.RF);
        enter(vcpu, mmu, new Event(fault.vector(), errorCode, EXTERNAL, flags, vcpu.rip));
        if (fault.vector() == DB) {
            DebugRegisters.disarmGeneralDetect(vcpu);
        }
    }

    /** Traps and aborts leave RF as it was; faults show it set, so that a breakpoint does not hit twice. */
    private static boolean isTrap(int vector) {
        return switch (vector) {
            case DB, BP, OF, NMI, DF, MC -> true;
            default -> false;
        };
    }

    private static Fault combine(Vcpu vcpu, Fault first, Fault second) {
        boolean doubled = isContributory(first) && isContributory(second)
                || first.vector() == PF && (isContributory(second) || second.vector() == PF);
        if (doubled && second.vector() == PF) {
            vcpu.cr2 = second.address();
        }
        return doubled ? Fault.of(DF) : second;
    }

    private static boolean isContributory(Fault fault) {
        return switch (fault.vector()) {
            case DE, TS, NP, SS, GP -> true;
            default -> false;
        };
    }

    /** An interrupt from outside; the return address is {@code vcpu.rip}. Faults as INT n, with EXT set. */
    public static void interrupt(Vcpu vcpu, Mmu mmu, int vector) {
        enter(vcpu, mmu, new Event(vector, NO_ERROR_CODE, EXTERNAL, vcpu.rflags(), vcpu.rip));
    }

    /** INT n. */
    public static void software(Vcpu vcpu, Mmu mmu, int vector, long next) {
        SystemFlags.requireIoplInVirtual8086(vcpu);
        enter(vcpu, mmu, new Event(vector, NO_ERROR_CODE, 0, vcpu.rflags(), next));
    }

    /** INT3, and INTO where OF is set: as INT n, but free of IOPL in virtual-8086 mode. */
    public static void trap(Vcpu vcpu, Mmu mmu, int vector, long next) {
        enter(vcpu, mmu, new Event(vector, NO_ERROR_CODE, 0, vcpu.rflags(), next));
    }

    /** INT1: #DB as the hardware raises it, without a check of the gate's privilege. */
    public static void debugTrap(Vcpu vcpu, Mmu mmu, long next) {
        enter(vcpu, mmu, new Event(DB, NO_ERROR_CODE, EXTERNAL, vcpu.rflags(), next));
        DebugRegisters.disarmGeneralDetect(vcpu);
    }

    private static void enter(Vcpu vcpu, Mmu mmu, Event event) {
        try {
            if (!vcpu.protectedMode()) {
                enterReal(vcpu, mmu, event);
            } else if (vcpu.longMode()) {
                enterLong(vcpu, mmu, event);
            } else {
                enterProtected(vcpu, mmu, event);
            }
        } catch (Fault fault) {
            throw event.onTheWay(fault);
        }
        vcpu.interruptShadow = false;
        vcpu.halted = false;
    }

    // -- real mode ---------------------------------------------------------------------------------------------------

    private static void enterReal(Vcpu vcpu, Mmu mmu, Event event) {
        int entry = event.vector * 4;
        if (entry + 3 > vcpu.idtr.limit()) {
            throw Fault.gp(event.idtError());
        }
        long pointer = mmu.readSystem(DescriptorTables.systemAddress(vcpu, vcpu.idtr.base() + entry), 4);
        StackWriter stack = StackWriter.current(vcpu, 2);
        stack.push(event.flags).push(vcpu.segments[CS].selector()).push(event.next);
        stack.check(mmu);
        FarTransfers.enterParagraph(vcpu, (int) (pointer >>> 16), pointer & 0xffff);
        stack.write(mmu);
        stack.commit(vcpu);
        clearFlags(vcpu, Flags.IF | Flags.TF | Flags.AC | Flags.RF);
        mmu.synchronize();
    }

    // -- protected mode ----------------------------------------------------------------------------------------------

    private static void enterProtected(Vcpu vcpu, Mmu mmu, Event event) {
        Descriptor gate = gate(vcpu, mmu, event, 8);
        boolean wide = gate.type() >= INTERRUPT_GATE_32;
        long offset = wide ? gate.gateOffset() : gate.gateOffset() & 0xffff;
        Descriptor d = handler(vcpu, mmu, gate);
        int cpl = d.isConforming() ? vcpu.cpl : d.dpl();
        if (vcpu.virtual8086() && cpl != 0) {
            throw d.fault(GP);
        }
        StackWriter stack = protectedStack(vcpu, mmu, wide ? 4 : 2, cpl);
        pushFrame(vcpu, stack, event);
        stack.check(mmu);
        Segment code = FarTransfers.codeSegment(vcpu, d, cpl);
        FarTransfers.checkOffset(vcpu, code, offset);
        d.markAccessed(mmu);
        commit(vcpu, mmu, gate, stack, code, offset, cpl);
    }

    /** The handler's stack; on an inner one, what the old one was is pushed already. */
    private static StackWriter protectedStack(Vcpu vcpu, Mmu mmu, int slot, int cpl) {
        if (cpl == vcpu.cpl) {
            return StackWriter.current(vcpu, slot);
        }
        StackPointer inner = TaskState.innerStack(vcpu, mmu, cpl);
        StackWriter stack = new StackWriter(inner, slot, cpl, inner.segment().selector() & 0xfffc);
        if (vcpu.virtual8086()) {
            for (int register : new int[] {GS, FS, DS, ES}) {
                stack.push(vcpu.segments[register].selector());
            }
        }
        return stack.push(vcpu.segments[Segment.SS].selector()).push(vcpu.gpr[Vcpu.RSP]);
    }

    // -- long mode ---------------------------------------------------------------------------------------------------

    private static void enterLong(Vcpu vcpu, Mmu mmu, Event event) {
        Descriptor gate = gate(vcpu, mmu, event, 16);
        long upper = mmu.readSystem(gate.address() + 8, 8);
        long offset = gate.gateOffset() | upper << 32;
        Descriptor d = handler(vcpu, mmu, gate);
        if (!d.isLongCode()) {
            throw d.fault(GP);
        }
        int cpl = d.isConforming() ? vcpu.cpl : d.dpl();
        StackWriter stack = new StackWriter(longStack(vcpu, mmu, gate, cpl), 8, cpl, 0);
        stack.push(vcpu.segments[Segment.SS].selector()).push(vcpu.gpr[Vcpu.RSP]);
        pushFrame(vcpu, stack, event);
        stack.check(mmu);
        Segment code = FarTransfers.codeSegment(vcpu, d, cpl);
        FarTransfers.checkOffset(vcpu, code, offset);
        d.markAccessed(mmu);
        commit(vcpu, mmu, gate, stack, code, offset, cpl);
    }

    private static StackPointer longStack(Vcpu vcpu, Mmu mmu, Descriptor gate, int cpl) {
        int ist = (int) (gate.bits() >>> 32) & 7;
        boolean inner = cpl != vcpu.cpl;
        Segment ss = inner ? Segment.unusable(cpl) : vcpu.segments[Segment.SS];
        long top;
        if (ist != 0) {
            top = TaskState.interruptStack(vcpu, mmu, ist);
        } else {
            top = inner ? TaskState.innerStack64(vcpu, mmu, cpl).offset() : vcpu.gpr[Vcpu.RSP];
        }
        return new StackPointer(ss, top & ~15, true);
    }

    // -- what both have in common ------------------------------------------------------------------------------------

    private static Descriptor gate(Vcpu vcpu, Mmu mmu, Event event, int entrySize) {
        int entry = event.vector * entrySize;
        if (entry + entrySize - 1 > vcpu.idtr.limit()) {
            throw Fault.gp(event.idtError());
        }
        long address = DescriptorTables.systemAddress(vcpu, vcpu.idtr.base() + entry);
        Descriptor gate = new Descriptor(event.idtError(), address, mmu.readSystem(address, 8));
        boolean forbidden = event.external == 0 && gate.dpl() < vcpu.cpl;
        if (!isInterruptGate(gate, vcpu.longMode()) || forbidden) {
            throw Fault.gp(event.idtError());
        }
        if (!gate.isPresent()) {
            throw Fault.of(NP, event.idtError());
        }
        return gate;
    }

    private static boolean isInterruptGate(Descriptor gate, boolean longMode) {
        return gate.isSystem()
                && switch (gate.type()) {
                    case INTERRUPT_GATE_32, TRAP_GATE_32 -> true;
                    case INTERRUPT_GATE_16, TRAP_GATE_16 -> !longMode;
                    default -> false;
                };
    }

    /** The code segment that the gate names. */
    private static Descriptor handler(Vcpu vcpu, Mmu mmu, Descriptor gate) {
        if (DescriptorTables.isNull(gate.gateSelector())) {
            throw Fault.gp(0);
        }
        Descriptor d = DescriptorTables.find(vcpu, mmu, gate.gateSelector(), GP);
        if (!d.isCode() || d.dpl() > vcpu.cpl) {
            throw d.fault(GP);
        }
        if (!d.isPresent()) {
            throw d.fault(NP);
        }
        return d;
    }

    private static void pushFrame(Vcpu vcpu, StackWriter stack, Event event) {
        stack.push(event.flags).push(vcpu.segments[CS].selector()).push(event.next);
        if (event.errorCode != NO_ERROR_CODE) {
            stack.push(event.errorCode);
        }
    }

    private static void commit(
            Vcpu vcpu, Mmu mmu, Descriptor gate, StackWriter stack, Segment code, long offset, int cpl) {
        stack.write(mmu);
        stack.commit(vcpu);
        if (vcpu.virtual8086()) {
            for (int register : new int[] {ES, DS, FS, GS}) {
                vcpu.segments[register] = Segment.unusable(0);
            }
        }
        boolean trapGate = gate.type() == TRAP_GATE_16 || gate.type() == TRAP_GATE_32;
        clearFlags(vcpu, Flags.TF | Flags.NT | Flags.VM | Flags.RF | (trapGate ? 0 : Flags.IF));
        vcpu.segments[CS] = code;
        vcpu.rip = offset;
        Privilege.enter(vcpu, mmu, cpl);
    }

    private static void clearFlags(Vcpu vcpu, long flags) {
        vcpu.systemFlags &= ~flags;
    }
}
