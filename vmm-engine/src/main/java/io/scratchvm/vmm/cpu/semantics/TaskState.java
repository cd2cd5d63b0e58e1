package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.Fault.TS;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/** What the CPU reads from the current TSS (Intel SDM volume 3, chapter 8; volume 1, section 19.5.2). */
public final class TaskState {
    private static final int IO_MAP_BASE = 0x66;
    private static final int IST = 36;
    private static final int TYPE_32 = 8;

    private TaskState() {}

    /** The stack for code of privilege {@code cpl} (0 to 2), outside of long mode. */
    static StackPointer innerStack(Vcpu vcpu, Mmu mmu, int cpl) {
        boolean wide = (vcpu.tr.attributes() & TYPE_32) != 0;
        int size = wide ? 4 : 2;
        int at = size + 2 * size * cpl;
        if (at + size + 1 > vcpu.tr.limit()) {
            throw Fault.of(TS, vcpu.tr.selector() & 0xfffc);
        }
        long offset = read(vcpu, mmu, at, size);
        int selector = (int) read(vcpu, mmu, at + size, 2);
        if (DescriptorTables.isNull(selector)) {
            throw Fault.of(TS);
        }
        Descriptor d = DescriptorTables.find(vcpu, mmu, selector, TS);
        Segments.checkStack(d, cpl, TS);
        d.markAccessed(mmu);
        return new StackPointer(d.segment(cpl), offset, false);
    }

    /** The stack for code of privilege {@code cpl} (0 to 2) in long mode: a null SS. */
    static StackPointer innerStack64(Vcpu vcpu, Mmu mmu, int cpl) {
        return new StackPointer(Segment.unusable(cpl), readStack64(vcpu, mmu, 4 + 8 * cpl), true);
    }

    /** Entry {@code index} (1 to 7) of the interrupt stack table. */
    static long interruptStack(Vcpu vcpu, Mmu mmu, int index) {
        return readStack64(vcpu, mmu, IST + 8 * (index - 1));
    }

    private static long readStack64(Vcpu vcpu, Mmu mmu, int at) {
        if (at + 7 > vcpu.tr.limit()) {
            throw Fault.of(TS, vcpu.tr.selector() & 0xfffc);
        }
        return read(vcpu, mmu, at, 8);
    }

    private static long read(Vcpu vcpu, Mmu mmu, long at, int size) {
        return mmu.readSystem(DescriptorTables.systemAddress(vcpu, vcpu.tr.base() + at), size);
    }

    /**
     * What IN, OUT, INS and OUTS ask before they touch a port.
     *
     * @param size 1, 2 or 4 ports
     * @throws Fault #GP(0) where neither IOPL nor the TSS's bitmap allows it
     */
    public static void checkPort(Vcpu vcpu, Mmu mmu, int port, int size) {
        boolean free = vcpu.cpl <= vcpu.iopl() && !vcpu.virtual8086();
        if (vcpu.protectedMode() && !free && !mapAllows(vcpu, mmu, port, size)) {
            throw Fault.gp(0);
        }
    }

    private static boolean mapAllows(Vcpu vcpu, Mmu mmu, int port, int size) {
        boolean wide = (vcpu.tr.attributes() & TYPE_32) != 0;
        if (!wide || vcpu.tr.isUnusable() || vcpu.tr.limit() < IO_MAP_BASE + 1) {
            return false;
        }
        long at = read(vcpu, mmu, IO_MAP_BASE, 2) + (port >> 3);
        // Two bytes are always read, so the map must be followed by one of all ones.
        if (at + 1 > vcpu.tr.limit()) {
            return false;
        }
        long denied = read(vcpu, mmu, at, 2) >> (port & 7);
        return (denied & (1 << size) - 1) == 0;
    }
}
