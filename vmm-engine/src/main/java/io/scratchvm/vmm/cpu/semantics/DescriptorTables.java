package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.Fault.GP;
import static io.scratchvm.vmm.cpu.state.Fault.NP;

import io.scratchvm.vmm.cpu.state.DescriptorTable;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** GDT, LDT and IDT: finding descriptors in them, and the instructions that load GDTR, IDTR, LDTR and TR. */
public final class DescriptorTables {
    private static final int LOCAL = 4;
    private static final int ENTRY = 8;

    private DescriptorTables() {}

    static boolean isNull(int selector) {
        return (selector & 0xfffc) == 0;
    }

    /**
     * Reads the descriptor that a selector, not a null one, names.
     *
     * @param vector the fault, with the selector as error code, where the selector lies outside its table
     */
    static Descriptor find(Vcpu vcpu, Mmu mmu, int selector, int vector) {
        long offset = selector & 0xfff8;
        if (offset + ENTRY - 1 > tableLimit(vcpu, selector)) {
            throw Fault.of(vector, selector & 0xfffc);
        }
        long address = systemAddress(vcpu, tableBase(vcpu, selector) + offset);
        return new Descriptor(selector, address, mmu.readSystem(address, ENTRY));
    }

    /** As {@link #find}; null where the selector is null or lies outside its table. */
    private static Descriptor findOrNull(Vcpu vcpu, Mmu mmu, int selector) {
        boolean outside = (selector & 0xfff8) + ENTRY - 1 > tableLimit(vcpu, selector);
        return isNull(selector) || outside ? null : find(vcpu, mmu, selector, GP);
    }

    /** The upper eight bytes of a system descriptor of long mode, whose type field must be zero. */
    static long upperHalf(Vcpu vcpu, Mmu mmu, Descriptor lower) {
        if ((lower.selector() & 0xfff8) + 2 * ENTRY - 1 > tableLimit(vcpu, lower.selector())) {
            throw lower.fault(GP);
        }
        long upper = mmu.readSystem(lower.address() + ENTRY, ENTRY);
        if ((upper >>> 40 & 0x1f) != 0) {
            throw lower.fault(GP);
        }
        return upper;
    }

    private static long tableLimit(Vcpu vcpu, int selector) {
        if ((selector & LOCAL) == 0) {
            return vcpu.gdtr.limit();
        }
        return vcpu.ldtr.isUnusable() ? -1 : vcpu.ldtr.limit();
    }

    private static long tableBase(Vcpu vcpu, int selector) {
        return (selector & LOCAL) == 0 ? vcpu.gdtr.base() : vcpu.ldtr.base();
    }

    /** A linear address in a system table: 32 bits outside of long mode. */
    static long systemAddress(Vcpu vcpu, long address) {
        return vcpu.longMode() ? address : address & 0xffff_ffffL;
    }

    // -- LGDT, LIDT, LLDT, LTR ---------------------------------------------------------------------------------------

    /**
     * LGDT.
     *
     * @param operandSize 2, 4 or 8 bytes: how much of the base counts (24, 32 or 64 bits)
     */
    public static void loadGlobal(Vcpu vcpu, int limit, long base, int operandSize) {
        vcpu.gdtr = pseudoDescriptor(vcpu, limit, base, operandSize);
    }

    /** LIDT; see {@link #loadGlobal}. */
    public static void loadInterrupt(Vcpu vcpu, int limit, long base, int operandSize) {
        vcpu.idtr = pseudoDescriptor(vcpu, limit, base, operandSize);
    }

    private static DescriptorTable pseudoDescriptor(Vcpu vcpu, int limit, long base, int operandSize) {
        Privilege.requireKernel(vcpu);
        if (operandSize == 8) {
            Privilege.requireCanonical(base);
            return new DescriptorTable(base, limit & 0xffff);
        }
        return new DescriptorTable(base & (operandSize == 2 ? 0xff_ffffL : 0xffff_ffffL), limit & 0xffff);
    }

    /** LLDT. */
    public static void loadLocal(Vcpu vcpu, Mmu mmu, int selector) {
        Privilege.requireSelectors(vcpu);
        Privilege.requireKernel(vcpu);
        if (isNull(selector)) {
            vcpu.ldtr = Segment.unusable(selector);
            return;
        }
        Descriptor ldt = findGlobal(vcpu, mmu, selector);
        if (!ldt.isSystem() || ldt.type() != Descriptor.LDT) {
            throw ldt.fault(GP);
        }
        vcpu.ldtr = systemSegment(vcpu, mmu, ldt);
    }

    /** LTR: also marks the TSS busy in the GDT. */
    public static void loadTask(Vcpu vcpu, Mmu mmu, int selector) {
        Privilege.requireSelectors(vcpu);
        Privilege.requireKernel(vcpu);
        if (isNull(selector)) {
            throw Fault.gp(0);
        }
        Descriptor tss = findGlobal(vcpu, mmu, selector);
        if (!isAvailableTask(vcpu, tss)) {
            throw tss.fault(GP);
        }
        Segment available = systemSegment(vcpu, mmu, tss);
        mmu.writeSystem(tss.address() + 5, tss.bits() >>> 40 & 0xff | Descriptor.BUSY, 1);
        vcpu.tr = new Segment(selector, available.base(), available.limit(), available.attributes() | Descriptor.BUSY);
    }

    private static boolean isAvailableTask(Vcpu vcpu, Descriptor tss) {
        return tss.isSystem()
                && (tss.type() == Descriptor.TSS_32_AVAILABLE
                        || tss.type() == Descriptor.TSS_16_AVAILABLE && !vcpu.longMode());
    }

    private static Descriptor findGlobal(Vcpu vcpu, Mmu mmu, int selector) {
        if ((selector & LOCAL) != 0) {
            throw Fault.gp(selector & 0xfffc);
        }
        return find(vcpu, mmu, selector, GP);
    }

    /** LDTR's or TR's new content; the base of a long-mode descriptor has 64 bits. */
    private static Segment systemSegment(Vcpu vcpu, Mmu mmu, Descriptor d) {
        long base = d.base();
        if (vcpu.longMode()) {
            base |= upperHalf(vcpu, mmu, d) << 32;
            if (!Vcpu.isCanonical(base)) {
                throw d.fault(GP);
            }
        }
        if (!d.isPresent()) {
            throw d.fault(NP);
        }
        return new Segment(d.selector(), base, d.limit(), d.attributes());
    }

    /** SLDT: LDTR's selector. */
    public static int storeLocal(Vcpu vcpu) {
        Privilege.requireSelectors(vcpu);
        return vcpu.ldtr.selector();
    }

    /** STR: TR's selector. */
    public static int storeTask(Vcpu vcpu) {
        Privilege.requireSelectors(vcpu);
        return vcpu.tr.selector();
    }

    // -- LAR, LSL, VERR, VERW, ARPL ----------------------------------------------------------------------------------

    /** System types that LAR knows, outside of long mode and in it, as bit sets (SDM volume 2, LAR). */
    private static final int LAR_TYPES = 0x1a3e, LAR_TYPES_LONG = 0x1a04;

    /** System types that LSL knows (SDM volume 2, LSL). */
    private static final int LSL_TYPES = 0x0a0e, LSL_TYPES_LONG = 0x0a04;

    /** LAR: the access rights at their places in the descriptor's second doubleword; -1 where ZF is to be cleared. */
    public static long accessRights(Vcpu vcpu, Mmu mmu, int selector) {
        Privilege.requireSelectors(vcpu);
        Descriptor d = findOrNull(vcpu, mmu, selector);
        boolean visible = d != null && isVisible(vcpu, d, vcpu.longMode() ? LAR_TYPES_LONG : LAR_TYPES);
        return visible ? d.bits() >>> 32 & 0x00f0_ff00 : -1;
    }

    /** LSL: the segment's limit in bytes; -1 where ZF is to be cleared. */
    public static long segmentLimit(Vcpu vcpu, Mmu mmu, int selector) {
        Privilege.requireSelectors(vcpu);
        Descriptor d = findOrNull(vcpu, mmu, selector);
        boolean visible = d != null && isVisible(vcpu, d, vcpu.longMode() ? LSL_TYPES_LONG : LSL_TYPES);
        return visible ? d.limit() : -1;
    }

    /** VERR: whether the segment can be read at the current privilege. */
    public static boolean isReadable(Vcpu vcpu, Mmu mmu, int selector) {
        Privilege.requireSelectors(vcpu);
        Descriptor d = findOrNull(vcpu, mmu, selector);
        return d != null && d.isReadable() && isVisible(vcpu, d, 0);
    }

    /** VERW: whether the segment can be written at the current privilege. */
    public static boolean isWritable(Vcpu vcpu, Mmu mmu, int selector) {
        Privilege.requireSelectors(vcpu);
        Descriptor d = findOrNull(vcpu, mmu, selector);
        return d != null && d.isWritableData() && isVisible(vcpu, d, 0);
    }

    private static boolean isVisible(Vcpu vcpu, Descriptor d, int systemTypes) {
        if (d.isSystem() && (systemTypes >> d.type() & 1) == 0) {
            return false;
        }
        return d.isConforming() || Math.max(vcpu.cpl, d.rpl()) <= d.dpl();
    }

    /** ARPL: {@code selector} with an RPL of at least that of {@code caller}. */
    public static int adjustRpl(Vcpu vcpu, int selector, int caller) {
        Privilege.requireSelectors(vcpu);
        return (selector & 3) < (caller & 3) ? selector & ~3 | caller & 3 : selector;
    }
}
