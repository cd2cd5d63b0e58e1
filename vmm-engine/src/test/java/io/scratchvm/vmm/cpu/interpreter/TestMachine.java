package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.IoSpace;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.util.stream.LongStream;

/**
 * A vCPU in 64-bit mode, ring 3, with the first two gigabytes mapped identically (the first two megabytes of them in
 * small pages), and an interpreter for it.
 */
public final class TestMachine {
    private static final long PML4 = 0x1000;
    private static final long PDPT = 0x2000;
    private static final long DIRECTORY = 0x3000;
    private static final long TABLE = 0x4000;
    private static final int PRESENT_WRITABLE_USER = 7;
    private static final int LARGE = 1 << 7;
    private static final long GIGABYTE = 1 << 30;

    public final Vcpu vcpu = new Vcpu();
    public final PhysicalMemory memory;
    public final Mmu mmu;
    public final Interpreter interpreter;

    public TestMachine() {
        this(2 * GIGABYTE);
    }

    public TestMachine(long size) {
        memory = new PhysicalMemory(size);
        mmu = new Mmu(vcpu, memory);
        interpreter = new Interpreter(vcpu, mmu, new NoPorts(), () -> 0x0123_4567_89ab_cdefL);
        memory.write64(PML4, PDPT | PRESENT_WRITABLE_USER);
        memory.write64(PDPT, DIRECTORY | PRESENT_WRITABLE_USER);
        memory.write64(PDPT + 8, GIGABYTE | LARGE | PRESENT_WRITABLE_USER);
        memory.write64(DIRECTORY, TABLE | PRESENT_WRITABLE_USER);
        for (long n = 1; n < 512; n++) {
            memory.write64(DIRECTORY + 8 * n, n << 21 | LARGE | PRESENT_WRITABLE_USER);
        }
        for (long n = 0; n < 512; n++) {
            mapPage(n << 12, n << 12 | PRESENT_WRITABLE_USER);
        }
        vcpu.cr3 = PML4;
        vcpu.cr4 = ControlRegisters.CR4_PAE | ControlRegisters.CR4_OSFXSR;
        vcpu.cr0 |= ControlRegisters.CR0_PE | ControlRegisters.CR0_NE | ControlRegisters.CR0_PG;
        vcpu.efer = ControlRegisters.EFER_LME | ControlRegisters.EFER_LMA | ControlRegisters.EFER_SCE;
        vcpu.cpl = 3;
        vcpu.segments[Segment.CS] = Segment.flatCode64(0x33, 3);
        for (int data : new int[] {Segment.SS, Segment.DS, Segment.ES, Segment.FS, Segment.GS}) {
            vcpu.segments[data] = Segment.flatData(0x2b, 3);
        }
        interpreter.offerFaults(true);
        interpreter.reset();
    }

    /** Sets the page-table entry of a page in the first two megabytes. */
    public void mapPage(long linear, long entry) {
        memory.write64(TABLE + (linear >>> 12) * 8, entry);
    }

    /** Unmaps all but the first two megabytes, and of these all but {@code pages}. */
    public void keepOnly(long... pages) {
        long[] entries = LongStream.of(pages)
                .map(page -> memory.read64(TABLE + (page >>> 12) * 8))
                .toArray();
        memory.write64(PDPT + 8, 0);
        for (long n = 0; n < 512; n++) {
            memory.write64(TABLE + 8 * n, 0);
            memory.write64(DIRECTORY + 8 * n, n == 0 ? TABLE | PRESENT_WRITABLE_USER : 0);
        }
        for (int n = 0; n < pages.length; n++) {
            mapPage(pages[n], entries[n]);
        }
    }

    /** Puts code at {@code address}, which becomes RIP. */
    public TestMachine load(long address, int... bytes) {
        byte[] code = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            code[i] = (byte) bytes[i];
        }
        return load(address, code);
    }

    public TestMachine load(long address, byte[] code) {
        memory.write(address, code, 0, code.length);
        vcpu.rip = address;
        return this;
    }

    static final class NoPorts implements IoSpace {
        @Override
        public int read(int port, int size) {
            return -1;
        }

        @Override
        public void write(int port, int size, int value) {}
    }
}
