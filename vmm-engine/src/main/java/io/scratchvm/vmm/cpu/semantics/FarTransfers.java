package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.Fault.GP;
import static io.scratchvm.vmm.cpu.state.Fault.NP;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/**
 * Far JMP and CALL in every mode, through call gates where the selector names one (Intel SDM volume 2, JMP and CALL;
 * volume 3, section 5.8).
 *
 * <p>Hardware task switches are not implemented: a TSS or task gate as target is #GP(selector), as it is in long mode.
 */
public final class FarTransfers {
    private FarTransfers() {}

    /**
     * JMP ptr16:16, ptr16:32, m16:16, m16:32, m16:64.
     *
     * @param offset the new instruction pointer, zero-extended from the operand size
     */
    public static void jump(Vcpu vcpu, Mmu mmu, int selector, long offset) {
        if (Privilege.selectorsAreParagraphs(vcpu)) {
            enterParagraph(vcpu, selector, offset);
            return;
        }
        Descriptor d = target(vcpu, mmu, selector);
        if (d.isCode()) {
            checkSamePrivilege(vcpu, d, d.rpl());
            enter(vcpu, mmu, d, offset);
        } else {
            jumpThrough(vcpu, mmu, d);
        }
    }

    private static void jumpThrough(Vcpu vcpu, Mmu mmu, Descriptor gate) {
        long offset = openGate(vcpu, mmu, gate);
        Descriptor d = gateTarget(vcpu, mmu, gate.gateSelector());
        checkSamePrivilege(vcpu, d, 0);
        enter(vcpu, mmu, d, offset);
    }

    /**
     * CALL ptr16:16, ptr16:32, m16:16, m16:32, m16:64.
     *
     * @param offset the new instruction pointer, zero-extended from the operand size
     * @param operandSize bytes of the return address's slots: 2, 4 or 8
     * @param next the return address
     */
    public static void call(Vcpu vcpu, Mmu mmu, int selector, long offset, int operandSize, long next) {
        if (Privilege.selectorsAreParagraphs(vcpu)) {
            StackWriter stack = returnAddress(vcpu, operandSize, next);
            stack.check(mmu);
            enterParagraph(vcpu, selector, offset);
            stack.write(mmu);
            stack.commit(vcpu);
            return;
        }
        Descriptor d = target(vcpu, mmu, selector);
        if (d.isCode()) {
            checkSamePrivilege(vcpu, d, d.rpl());
            callSamePrivilege(vcpu, mmu, d, offset, returnAddress(vcpu, operandSize, next));
        } else {
            callThrough(vcpu, mmu, d, next);
        }
    }

    private static void callThrough(Vcpu vcpu, Mmu mmu, Descriptor gate, long next) {
        long offset = openGate(vcpu, mmu, gate);
        Descriptor d = gateTarget(vcpu, mmu, gate.gateSelector());
        int slot = vcpu.longMode() ? 8 : gate.type() == Descriptor.CALL_GATE_16 ? 2 : 4;
        if (d.dpl() > vcpu.cpl) {
            throw d.fault(GP);
        }
        checkPresent(d);
        if (d.isConforming() || d.dpl() == vcpu.cpl) {
            StackPointer pointer = new StackPointer(vcpu.segments[Segment.SS], vcpu.gpr[Vcpu.RSP], vcpu.longMode());
            StackWriter stack = new StackWriter(pointer, slot, vcpu.cpl, 0);
            callSamePrivilege(vcpu, mmu, d, offset, pushReturn(vcpu, stack, next));
        } else {
            callInner(vcpu, mmu, d, offset, slot, (int) (gate.bits() >>> 32) & 31, next);
        }
    }

    private static void callSamePrivilege(Vcpu vcpu, Mmu mmu, Descriptor d, long offset, StackWriter stack) {
        checkPresent(d);
        stack.check(mmu);
        enter(vcpu, mmu, d, offset);
        stack.write(mmu);
        stack.commit(vcpu);
    }

    /** A call gate to more privileged code: to the stack that the TSS names, with the parameters of the old one. */
    private static void callInner(Vcpu vcpu, Mmu mmu, Descriptor d, long offset, int slot, int parameters, long next) {
        int cpl = d.dpl();
        boolean wide = vcpu.longMode();
        StackPointer inner = wide ? TaskState.innerStack64(vcpu, mmu, cpl) : TaskState.innerStack(vcpu, mmu, cpl);
        StackWriter stack =
                new StackWriter(inner, slot, cpl, wide ? 0 : inner.segment().selector() & 0xfffc);
        stack.push(vcpu.segments[Segment.SS].selector());
        stack.push(vcpu.gpr[Vcpu.RSP]);
        if (!wide) {
            copyParameters(new StackReader(vcpu, mmu, slot), stack, parameters);
        }
        pushReturn(vcpu, stack, next);
        stack.check(mmu);
        Segment code = codeSegment(vcpu, d, cpl);
        checkOffset(vcpu, code, offset);
        d.markAccessed(mmu);
        stack.write(mmu);
        stack.commit(vcpu);
        vcpu.segments[Segment.CS] = code;
        vcpu.rip = offset;
        Privilege.enter(vcpu, mmu, cpl);
    }

    private static void copyParameters(StackReader from, StackWriter to, int count) {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = from.pop();
        }
        for (int i = count - 1; i >= 0; i--) {
            to.push(values[i]);
        }
    }

    private static StackWriter returnAddress(Vcpu vcpu, int slot, long next) {
        return pushReturn(vcpu, StackWriter.current(vcpu, slot), next);
    }

    private static StackWriter pushReturn(Vcpu vcpu, StackWriter stack, long next) {
        return stack.push(vcpu.segments[Segment.CS].selector()).push(next);
    }

    // -- targets -----------------------------------------------------------------------------------------------------

    private static Descriptor target(Vcpu vcpu, Mmu mmu, int selector) {
        if (DescriptorTables.isNull(selector)) {
            throw Fault.gp(0);
        }
        return DescriptorTables.find(vcpu, mmu, selector, GP);
    }

    /** The entry point of a call gate that the caller may use; whatever else {@code gate} may be is #GP. */
    private static long openGate(Vcpu vcpu, Mmu mmu, Descriptor gate) {
        boolean wide = gate.type() == Descriptor.CALL_GATE_32;
        boolean callGate = wide || gate.type() == Descriptor.CALL_GATE_16 && !vcpu.longMode();
        if (!gate.isSystem() || !callGate || gate.dpl() < Math.max(vcpu.cpl, gate.rpl())) {
            throw gate.fault(GP);
        }
        if (!gate.isPresent()) {
            throw gate.fault(NP);
        }
        if (vcpu.longMode()) {
            return gate.gateOffset() | DescriptorTables.upperHalf(vcpu, mmu, gate) << 32;
        }
        return wide ? gate.gateOffset() : gate.gateOffset() & 0xffff;
    }

    private static Descriptor gateTarget(Vcpu vcpu, Mmu mmu, int selector) {
        Descriptor d = target(vcpu, mmu, selector);
        if (!d.isCode() || vcpu.longMode() && !d.isLongCode()) {
            throw d.fault(GP);
        }
        return d;
    }

    private static void checkSamePrivilege(Vcpu vcpu, Descriptor d, int rpl) {
        boolean allowed = d.isConforming() ? d.dpl() <= vcpu.cpl : rpl <= vcpu.cpl && d.dpl() == vcpu.cpl;
        if (!allowed || vcpu.longMode() && d.isBothLongAndBig()) {
            throw d.fault(GP);
        }
    }

    private static void checkPresent(Descriptor d) {
        if (!d.isPresent()) {
            throw d.fault(NP);
        }
    }

    /** Continues at {@code offset} in the code segment {@code d}, at the current privilege. */
    private static void enter(Vcpu vcpu, Mmu mmu, Descriptor d, long offset) {
        checkPresent(d);
        Segment code = codeSegment(vcpu, d, vcpu.cpl);
        checkOffset(vcpu, code, offset);
        d.markAccessed(mmu);
        vcpu.segments[Segment.CS] = code;
        vcpu.rip = offset;
    }

    /** What loading CS with {@code d} gives. The base of 64-bit code is not looked at: it becomes zero. */
    static Segment codeSegment(Vcpu vcpu, Descriptor d, int cpl) {
        Segment code = d.segment(cpl);
        boolean flat = vcpu.longMode() && code.isLong();
        return flat ? new Segment(code.selector(), 0, code.limit(), code.attributes()) : code;
    }

    /** #GP(0) for an instruction pointer outside of its code segment. */
    static void checkOffset(Vcpu vcpu, Segment code, long offset) {
        boolean inside = vcpu.longMode() && code.isLong() ? Vcpu.isCanonical(offset) : offset <= code.limit();
        if (!inside) {
            throw Fault.gp(0);
        }
    }

    /** A far transfer in real and virtual-8086 mode. */
    static void enterParagraph(Vcpu vcpu, int selector, long offset) {
        Segment code = Segments.paragraph(vcpu, vcpu.segments[Segment.CS], selector);
        if (offset > code.limit()) {
            throw Fault.gp(0);
        }
        vcpu.segments[Segment.CS] = code;
        vcpu.rip = offset;
    }
}
