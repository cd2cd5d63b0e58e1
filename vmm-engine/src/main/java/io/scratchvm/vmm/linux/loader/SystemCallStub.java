package io.scratchvm.vmm.linux.loader;

import io.scratchvm.vmm.cpu.state.DescriptorTable;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * All the kernel that direct start has: one supervisor page with the code that LSTAR names and a GDT, and the registers
 * that lead to it. SYSCALL enters the code, its HLT is the VM exit, and SYSRET goes back with what the VMM left in RAX.
 * Selectors are Linux's.
 */
public final class SystemCallStub {
    /** Where Linux's kernel has its text. */
    static final long ADDRESS = 0xffff_ffff_8100_0000L;

    /** Of the SYSRET that ends a call. */
    private static final long RETURN = ADDRESS + 1;

    private static final byte[] CODE = {
        (byte) 0xf4, // hlt
        0x48,
        0x0f,
        0x07, // sysretq
    };

    private static final int GDT_OFFSET = 0x100;
    private static final int KERNEL_CODE = 0x10, USER_BASE = 0x23;

    /** The selectors of CS and SS that a program runs with. */
    public static final int USER_CODE = 0x33, USER_DATA = 0x2b;

    /** Descriptors as the CPU stores them: flat, present, accessed. SYSRET and far transfers find the same segments. */
    private static final long[] GDT = {
        0,
        0x00cf_9b00_0000_ffffL, // 0x08: kernel code, 32 bits
        0x00af_9b00_0000_ffffL, // 0x10: kernel code, 64 bits
        0x00cf_9300_0000_ffffL, // 0x18: kernel data
        0x00cf_fb00_0000_ffffL, // 0x23: user code, 32 bits
        0x00cf_f300_0000_ffffL, // 0x2b: user data
        0x00af_fb00_0000_ffffL, // 0x33: user code, 64 bits
    };

    private SystemCallStub() {}

    /** The page's contents, from its start. */
    static byte[] contents() {
        ByteBuffer page = ByteBuffer.allocate(GDT_OFFSET + GDT.length * 8).order(ByteOrder.LITTLE_ENDIAN);
        page.put(CODE).position(GDT_OFFSET);
        for (long descriptor : GDT) {
            page.putLong(descriptor);
        }
        return page.array();
    }

    /** Sets the registers so that ring 3 runs as under Linux and its SYSCALL comes here. */
    static void install(Vcpu vcpu) {
        vcpu.lstar = ADDRESS;
        vcpu.star = (long) USER_BASE << 48 | (long) KERNEL_CODE << 32;
        // Without IF the stub's HLT waits for nobody but the VMM.
        vcpu.fmask = Flags.TF | Flags.IF | Flags.DF | Flags.IOPL | Flags.NT | Flags.AC;
        vcpu.gdtr = new DescriptorTable(ADDRESS + GDT_OFFSET, GDT.length * 8 - 1);
        vcpu.idtr = new DescriptorTable(0, 0);
        vcpu.ldtr = Segment.unusable(0);
        for (int index : new int[] {Segment.DS, Segment.ES, Segment.FS, Segment.GS}) {
            vcpu.segments[index] = Segment.unusable(0);
        }
        enterProgram(vcpu);
    }

    /** Whether the guest's system calls come here. */
    public static boolean isInstalled(Vcpu vcpu) {
        return vcpu.lstar == ADDRESS;
    }

    /** Whether a call has been carried out and the program not been entered again. */
    public static boolean isReturning(Vcpu vcpu) {
        return isInstalled(vcpu) && vcpu.cpl == 0 && vcpu.rip == RETURN;
    }

    /** Ring 3 and its segments, whichever way they were left. */
    public static void enterProgram(Vcpu vcpu) {
        vcpu.segments[Segment.CS] = Segment.flatCode64(USER_CODE, 3);
        vcpu.segments[Segment.SS] = Segment.flatData(USER_DATA, 3);
        vcpu.cpl = 3;
        vcpu.systemCallLatch = false;
    }
}
