package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;

import io.scratchvm.vmm.cpu.state.DescriptorTable;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import org.assertj.core.api.Assertions;

/** A vCPU in 64-bit mode, ring 0, with flat tables: the first GiB is mapped identically, the next is not present. */
final class Kernel {
    static final int CODE = 0x08, DATA = 0x10, USER_DATA = 0x1b, USER_CODE = 0x23, TSS = 0x28;
    static final long GDT = 0x4000, IDT = 0x5000, TASK = 0x6000, STACK = 0x8000, INNER_STACK = 0x9000;
    /** A stack in the second GiB. */
    static final long ABSENT = (1 << 30) + 0x1000;

    final Vcpu vcpu = new Vcpu();
    final PhysicalMemory memory = new PhysicalMemory(1 << 20);
    final Mmu mmu = new Mmu(vcpu, memory);

    Kernel() {
        memory.write64(0x1000, 0x2007);
        memory.write64(0x2000, 0x87);
        vcpu.cr3 = 0x1000;
        vcpu.cr4 = CR4_PAE;
        vcpu.cr0 |= CR0_PE | CR0_PG | CR0_WP;
        vcpu.efer = EFER_LME | EFER_LMA | EFER_SCE;
        memory.write64(GDT + CODE, 0x0020_9b00_0000_0000L);
        memory.write64(GDT + DATA, 0x00cf_9300_0000_ffffL);
        memory.write64(GDT + (USER_DATA & ~3), 0x00cf_f300_0000_ffffL);
        memory.write64(GDT + (USER_CODE & ~3), 0x0020_fb00_0000_0000L);
        vcpu.gdtr = new DescriptorTable(GDT, 0x37);
        vcpu.idtr = new DescriptorTable(IDT, 0xfff);
        memory.write64(TASK + 4, INNER_STACK);
        vcpu.tr = new Segment(TSS, TASK, 0x67, Segment.PRESENT | 11);
        enter(0);
        for (int vector = 0; vector < 256; vector++) {
            gate(vector, 0x1_0000 + 0x10 * vector);
        }
        vcpu.rip = 0x1234;
    }

    /** An interrupt gate for ring 0. */
    Kernel gate(int vector, long handler) {
        memory.write64(IDT + 16 * vector, handler & 0xffff | CODE << 16 | 0x8eL << 40 | handler >>> 16 << 48);
        memory.write64(IDT + 16 * vector + 8, handler >>> 32);
        return this;
    }

    Kernel withoutGate(int vector) {
        memory.write64(IDT + 16 * vector, 0);
        return this;
    }

    Kernel enter(int cpl) {
        vcpu.segments[Segment.CS] = Segment.flatCode64(cpl == 0 ? CODE : USER_CODE, cpl);
        vcpu.segments[Segment.SS] = Segment.flatData(cpl == 0 ? DATA : USER_DATA, cpl);
        vcpu.gpr[Vcpu.RSP] = STACK;
        vcpu.cpl = cpl;
        mmu.synchronize();
        return this;
    }

    boolean deliver(Fault fault) {
        return Interrupts.deliver(vcpu, mmu, fault);
    }

    /** The vector whose handler RIP is at. */
    int handler() {
        return (int) (vcpu.rip - 0x1_0000) / 0x10;
    }

    /** The {@code n}th quadword on the stack. */
    long stack(int n) {
        return memory.read64(vcpu.gpr[Vcpu.RSP] + 8 * n);
    }

    static Fault fault(Runnable action) {
        Fault fault = Assertions.catchThrowableOfType(Fault.class, action::run);
        Assertions.assertThat(fault).as("a fault").isNotNull();
        return fault;
    }
}
