package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.Fault.GP;
import static io.scratchvm.vmm.cpu.state.Fault.NP;
import static io.scratchvm.vmm.cpu.state.Fault.SS;
import static io.scratchvm.vmm.cpu.state.Segment.*;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** Segment limits, and loading ES, SS, DS, FS and GS in every mode (Intel SDM volume 2, MOV; volume 3, chapter 5). */
public final class Segments {
    private static final int VIRTUAL_8086_ATTRIBUTES =
            PRESENT | CODE_OR_DATA | WRITABLE | Segment.ACCESSED | 3 << DPL_SHIFT;

    private Segments() {}

    /** Whether {@code size} bytes (1 or more) from {@code offset}, both unsigned, lie within the segment's limit. */
    public static boolean contains(Segment segment, long offset, int size) {
        long last = offset + size - 1;
        int attributes = segment.attributes();
        if ((attributes & (CODE_OR_DATA | CODE | EXPAND_DOWN)) == (CODE_OR_DATA | EXPAND_DOWN)) {
            return offset > segment.limit() && last <= (segment.isBig() ? 0xffff_ffffL : 0xffff);
        }
        return last <= segment.limit() && !segment.isUnusable();
    }

    /** MOV to, POP or LES and the like: any segment register but CS. SS by MOV or POP also asks for {@link #shadow}. */
    public static void load(Vcpu vcpu, Mmu mmu, int register, int selector) {
        vcpu.segments[register] = switch (register) {
            case Segment.SS -> stackSegment(vcpu, mmu, selector);
            default -> dataSegment(vcpu, mmu, register, selector);
        };
    }

    /** MOV SS and POP SS hold interrupts off until after the next instruction. */
    public static void shadow(Vcpu vcpu) {
        vcpu.interruptShadow = true;
    }

    private static Segment stackSegment(Vcpu vcpu, Mmu mmu, int selector) {
        if (Privilege.selectorsAreParagraphs(vcpu)) {
            return paragraph(vcpu, vcpu.segments[Segment.SS], selector);
        }
        if (DescriptorTables.isNull(selector)) {
            return nullStack(vcpu.mode64() && vcpu.cpl != 3 && (selector & 3) == vcpu.cpl, selector);
        }
        Descriptor d = DescriptorTables.find(vcpu, mmu, selector, GP);
        checkStack(d, vcpu.cpl, GP);
        d.markAccessed(mmu);
        return d.segment(d.rpl());
    }

    /** A null SS, which only 64-bit code of rings 0 to 2 may have. */
    static Segment nullStack(boolean allowed, int selector) {
        if (!allowed) {
            throw Fault.gp(0);
        }
        return Segment.unusable(selector);
    }

    /** Checks a stack segment for code of privilege {@code cpl}; {@code vector} is #GP or #TS. */
    static void checkStack(Descriptor d, int cpl, int vector) {
        if (d.rpl() != cpl || !d.isWritableData() || d.dpl() != cpl) {
            throw d.fault(vector);
        }
        if (!d.isPresent()) {
            throw d.fault(SS);
        }
    }

    private static Segment dataSegment(Vcpu vcpu, Mmu mmu, int register, int selector) {
        if (Privilege.selectorsAreParagraphs(vcpu)) {
            return paragraph(vcpu, vcpu.segments[register], selector);
        }
        if (DescriptorTables.isNull(selector)) {
            return Segment.unusable(selector);
        }
        Descriptor d = DescriptorTables.find(vcpu, mmu, selector, GP);
        if (!d.isReadable() || !d.isConforming() && Math.max(vcpu.cpl, d.rpl()) > d.dpl()) {
            throw d.fault(GP);
        }
        if (!d.isPresent()) {
            throw d.fault(NP);
        }
        d.markAccessed(mmu);
        return d.segment(d.rpl());
    }

    /**
     * What a load gives in real and virtual-8086 mode. Real mode leaves limit and attributes as they are, by which
     * programs that came from protected mode reach beyond 64 KiB.
     */
    static Segment paragraph(Vcpu vcpu, Segment old, int selector) {
        if (vcpu.virtual8086()) {
            return virtual8086(selector);
        }
        if (old.isUnusable()) {
            return Segment.real(selector);
        }
        return new Segment(selector, (long) selector << 4, old.limit(), old.attributes());
    }

    /** A segment of virtual-8086 mode. */
    static Segment virtual8086(int selector) {
        return new Segment(selector, (long) selector << 4, 0xffff, VIRTUAL_8086_ATTRIBUTES);
    }

    /**
     * On the way to an outer ring: data segments that it may not use become null. Their bases stay, because 64-bit code
     * goes on using those of FS and GS.
     */
    static void dropInnerData(Vcpu vcpu) {
        for (int register : new int[] {ES, DS, FS, GS}) {
            Segment s = vcpu.segments[register];
            boolean conforming = s.isCode() && (s.attributes() & CONFORMING) != 0;
            if (!conforming && vcpu.cpl > s.dpl()) {
                vcpu.segments[register] = new Segment(0, s.base(), 0, Segment.UNUSABLE);
            }
        }
    }
}
