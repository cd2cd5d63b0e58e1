package io.scratchvm.vmm.cpu.state;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.CR0_ET;
import static io.scratchvm.vmm.cpu.state.ControlRegisters.CR0_PE;
import static io.scratchvm.vmm.cpu.state.ControlRegisters.EFER_LMA;

/**
 * The live state of one virtual CPU: every register that the guest can see, and the little that it cannot. Plain data;
 * what instructions do to it is the business of {@code cpu.semantics}. Its record is {@link VcpuState}.
 */
public final class Vcpu {
    /** Indexes of the general registers in the order of their encoding. */
    public static final int RAX = 0,
            RCX = 1,
            RDX = 2,
            RBX = 3,
            RSP = 4,
            RBP = 5,
            RSI = 6,
            RDI = 7,
            R8 = 8,
            R9 = 9,
            R10 = 10,
            R11 = 11,
            R12 = 12,
            R13 = 13,
            R14 = 14,
            R15 = 15;

    /** RAX to R15. */
    public final long[] gpr = new long[16];

    /** The offset in CS of the next instruction. */
    public long rip;

    /** CF, PF, AF, ZF, SF, OF. */
    public final Flags flags = new Flags();

    /** RFLAGS without the six status flags and without bit 1. */
    public long systemFlags;

    /** ES, CS, SS, DS, FS, GS. The bases of FS and GS are the FS_BASE and GS_BASE MSRs. */
    public final Segment[] segments = new Segment[6];

    public Segment ldtr = new Segment(0, 0, 0xffff, Segment.PRESENT | 2);
    public Segment tr = new Segment(0, 0, 0xffff, Segment.PRESENT | 11);
    public DescriptorTable gdtr = new DescriptorTable(0, 0xffff);
    public DescriptorTable idtr = new DescriptorTable(0, 0x3ff);

    /** Current privilege level, 0 to 3. */
    public int cpl;

    public long cr0 = CR0_ET;
    public long cr2;
    public long cr3;
    public long cr4;
    public long cr8;

    /** DR0 to DR7; 4 and 5 unused. */
    public final long[] dr = {0, 0, 0, 0, 0, 0, 0xffff_0ff0L, 0x400};

    public long efer;
    public long star;
    public long lstar;
    public long cstar;
    public long fmask;
    public long kernelGsBase;
    public long tscAux;
    public long sysenterCs;
    public long sysenterEsp;
    public long sysenterEip;
    public long pat = 0x0007_0406_0007_0406L;
    public long apicBase = 0xfee0_0100L;

    /** What is added to {@link #instructions} to give the time-stamp counter. */
    public long tscOffset;

    /** XMM0 to XMM15: the low halves at even indexes, the high halves at odd ones. */
    public final long[] xmm = new long[32];

    /** The upper halves of YMM0 to YMM15, in the same way. */
    public final long[] ymm = new long[32];

    public int mxcsr = 0x1f80;

    /** Which state components XSAVE and its kin manage. */
    public long xcr0 = ControlRegisters.XCR0_X87;

    public final X87 x87 = new X87();

    /** Instructions retired since the VM was created, as {@code docs/guest-abi.md} counts them. */
    public long instructions;

    /** HLT was executed and no interrupt has come since. */
    public boolean halted;

    /** SYSCALL was executed and ring 3 has not been entered since: a ring-0 HLT is now a system call's VM exit. */
    public boolean systemCallLatch;

    /** Interrupts are held off for one instruction, after STI, MOV SS or POP SS. */
    public boolean interruptShadow;

    public Vcpu() {
        java.util.Arrays.fill(segments, Segment.real(0));
    }

    /** RFLAGS, materialised. */
    public long rflags() {
        return systemFlags | 2 | flags.status();
    }

    /** Sets RFLAGS whole; reserved bits are ignored. */
    public void setRflags(long rflags) {
        flags.set(rflags);
        systemFlags = rflags
                & (Flags.TF
                        | Flags.IF
                        | Flags.DF
                        | Flags.IOPL
                        | Flags.NT
                        | Flags.RF
                        | Flags.VM
                        | Flags.AC
                        | Flags.VIF
                        | Flags.VIP
                        | Flags.ID);
    }

    public boolean protectedMode() {
        return (cr0 & CR0_PE) != 0;
    }

    /** EFER.LMA: IA-32e mode, 64-bit or compatibility. */
    public boolean longMode() {
        return (efer & EFER_LMA) != 0;
    }

    /** IA-32e mode with CS.L: 64-bit mode. */
    public boolean mode64() {
        return longMode() && segments[Segment.CS].isLong();
    }

    /** Virtual-8086 mode. */
    public boolean virtual8086() {
        return (systemFlags & Flags.VM) != 0 && protectedMode();
    }

    public int iopl() {
        return (int) systemFlags >> 12 & 3;
    }

    /** Whether bits 63 to 47 of {@code address} are equal, as 64-bit addresses must have them. */
    public static boolean isCanonical(long address) {
        return address << 16 >> 16 == address;
    }

    /** The default operand size of the code segment in bits: 16, 32 or 64. */
    public int codeSize() {
        Segment cs = segments[Segment.CS];
        if (longMode() && cs.isLong()) {
            return 64;
        }
        return cs.isBig() ? 32 : 16;
    }
}
