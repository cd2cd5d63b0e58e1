package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.Fault.GP;
import static io.scratchvm.vmm.cpu.state.Fault.NP;
import static io.scratchvm.vmm.cpu.state.Segment.*;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/**
 * Far RET and IRET in every mode (Intel SDM volume 2, RET and IRET).
 *
 * <p>Hardware task switches are not implemented: IRET with RFLAGS.NT set is #GP(0), as it is in long mode.
 */
public final class FarReturns {
    private FarReturns() {}

    /**
     * Far RET.
     *
     * @param operandSize bytes of a stack slot: 2, 4 or 8
     * @param release further bytes to drop from the stack, 0 to 0xffff
     */
    public static void ret(Vcpu vcpu, Mmu mmu, int operandSize, int release) {
        StackReader stack = new StackReader(vcpu, mmu, operandSize);
        long offset = stack.pop();
        int selector = (int) stack.pop() & 0xffff;
        stack.skip(release);
        if (Privilege.selectorsAreParagraphs(vcpu)) {
            FarTransfers.enterParagraph(vcpu, selector, offset);
            stack.commit(vcpu);
        } else {
            returnTo(vcpu, mmu, stack, selector, offset, release, false);
        }
    }

    /** IRET, IRETD, IRETQ; {@code operandSize} is that of a stack slot: 2, 4 or 8 bytes. */
    public static void iret(Vcpu vcpu, Mmu mmu, int operandSize) {
        boolean selectors = !Privilege.selectorsAreParagraphs(vcpu);
        if (selectors && (vcpu.systemFlags & Flags.NT) != 0 || vcpu.virtual8086() && vcpu.iopl() < 3) {
            throw Fault.gp(0);
        }
        StackReader stack = new StackReader(vcpu, mmu, operandSize);
        long offset = stack.pop();
        int selector = (int) stack.pop() & 0xffff;
        long flags = stack.pop();
        if (selectors && operandSize == 4 && (flags & Flags.VM) != 0 && vcpu.cpl == 0 && !vcpu.longMode()) {
            toVirtual8086(vcpu, mmu, stack, selector, offset, flags);
            return;
        }
        long writable = SystemFlags.writableByIret(vcpu, operandSize);
        if (selectors) {
            returnTo(vcpu, mmu, stack, selector, offset, 0, vcpu.mode64());
        } else {
            FarTransfers.enterParagraph(vcpu, selector, offset);
            stack.commit(vcpu);
        }
        SystemFlags.replace(vcpu, mmu, writable, flags);
    }

    private static void toVirtual8086(Vcpu vcpu, Mmu mmu, StackReader stack, int selector, long offset, long flags) {
        long sp = stack.pop();
        Segment[] segments = new Segment[6];
        for (int register : new int[] {SS, ES, DS, FS, GS}) {
            segments[register] = Segments.virtual8086((int) stack.pop() & 0xffff);
        }
        segments[CS] = Segments.virtual8086(selector);
        if (offset > 0xffff) {
            throw Fault.gp(0);
        }
        System.arraycopy(segments, 0, vcpu.segments, 0, segments.length);
        vcpu.rip = offset;
        vcpu.gpr[Vcpu.RSP] = sp;
        vcpu.setRflags(flags);
        Privilege.enter(vcpu, mmu, 3);
    }

    /**
     * Returns to protected, compatibility or 64-bit code.
     *
     * @param stack past the return address and {@code release}
     * @param stackAlways whether SS:RSP is on the stack even without a change of privilege
     */
    private static void returnTo(
            Vcpu vcpu, Mmu mmu, StackReader stack, int selector, long offset, int release, boolean stackAlways) {
        Descriptor d = returnTarget(vcpu, mmu, selector);
        Segment code = FarTransfers.codeSegment(vcpu, d, d.rpl());
        if (d.rpl() == vcpu.cpl && !stackAlways) {
            FarTransfers.checkOffset(vcpu, code, offset);
            d.markAccessed(mmu);
            stack.commit(vcpu);
        } else {
            StackPointer outer = outerStack(vcpu, mmu, stack, code, release);
            FarTransfers.checkOffset(vcpu, code, offset);
            d.markAccessed(mmu);
            vcpu.segments[SS] = outer.segment();
            vcpu.gpr[Vcpu.RSP] = outer.merge(vcpu.gpr[Vcpu.RSP], outer.offset());
        }
        boolean outward = d.rpl() > vcpu.cpl;
        vcpu.segments[CS] = code;
        vcpu.rip = offset;
        Privilege.enter(vcpu, mmu, d.rpl());
        if (outward) {
            Segments.dropInnerData(vcpu);
        }
    }

    private static Descriptor returnTarget(Vcpu vcpu, Mmu mmu, int selector) {
        if (DescriptorTables.isNull(selector)) {
            throw Fault.gp(0);
        }
        Descriptor d = DescriptorTables.find(vcpu, mmu, selector, GP);
        boolean allowed = d.isConforming() ? d.dpl() <= d.rpl() : d.dpl() == d.rpl();
        boolean reserved = vcpu.longMode() && d.isBothLongAndBig();
        if (!d.isCode() || reserved || d.rpl() < vcpu.cpl || !allowed) {
            throw d.fault(GP);
        }
        if (!d.isPresent()) {
            throw d.fault(NP);
        }
        return d;
    }

    /** The stack that a return brings back, by the rights of {@code code}. */
    private static StackPointer outerStack(Vcpu vcpu, Mmu mmu, StackReader stack, Segment code, int release) {
        long offset = stack.pop() + release;
        int selector = (int) stack.pop() & 0xffff;
        boolean flat = vcpu.longMode() && code.isLong();
        if (DescriptorTables.isNull(selector)) {
            boolean allowed = flat && code.rpl() != 3 && (selector & 3) == code.rpl();
            return new StackPointer(Segments.nullStack(allowed, selector), offset, flat);
        }
        Descriptor d = DescriptorTables.find(vcpu, mmu, selector, GP);
        Segments.checkStack(d, code.rpl(), GP);
        d.markAccessed(mmu);
        return new StackPointer(d.segment(d.rpl()), offset, flat);
    }
}
