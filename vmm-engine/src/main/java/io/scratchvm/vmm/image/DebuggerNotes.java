package io.scratchvm.vmm.image;

import static io.scratchvm.vmm.cpu.state.Vcpu.*;

import io.scratchvm.vmm.cpu.state.DescriptorTable;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.VcpuState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The notes that stock tools read: Linux's {@code struct elf_prstatus} and {@code user_i387_struct}, the auxiliary
 * vector, and QEMU's {@code QEMUCPUState}. Derived from the vCPU's record, never read back.
 */
final class DebuggerNotes {
    private static final int NT_PRSTATUS = 1, NT_FPREGSET = 2, NT_AUXV = 6;
    private static final int PRSTATUS_SIZE = 336, FPREGSET_SIZE = 512, QEMU_SIZE = 432;

    /** Offsets in {@code struct elf_prstatus}. */
    private static final int PR_PID = 32, PR_REG = 112, PR_FPVALID = 328;

    private static final int[] PR_REG_GENERAL = {R15, R14, R13, R12, RBP, RBX, R11, R10, R9, R8, RAX, RCX, RDX, RSI, RDI
    };
    private static final int[] QEMU_GENERAL = {
        RAX, RBX, RCX, RDX, RSI, RDI, RSP, RBP, R8, R9, R10, R11, R12, R13, R14, R15
    };
    private static final int[] QEMU_SEGMENTS = {Segment.CS, Segment.DS, Segment.ES, Segment.FS, Segment.GS, Segment.SS};

    private DebuggerNotes() {}

    /** The notes of {@code cpu}; {@code auxiliaryVector} may be empty. */
    static List<Note> of(VcpuState cpu, byte[] auxiliaryVector) {
        List<Note> notes = new ArrayList<>();
        notes.add(new Note("CORE", NT_PRSTATUS, prstatus(cpu)));
        notes.add(new Note("CORE", NT_FPREGSET, fxsave(cpu)));
        if (auxiliaryVector.length > 0) {
            notes.add(new Note("CORE", NT_AUXV, auxiliaryVector));
        }
        notes.add(new Note("QEMU", 0, qemu(cpu)));
        return notes;
    }

    private static ByteBuffer zeros(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** In the system-call stub the user's registers, which SYSCALL kept in RCX, R11 and STAR; else those of now. */
    static byte[] prstatus(VcpuState cpu) {
        boolean inStub = cpu.systemCallLatch() && cpu.cpl() == 0;
        int userSelectors = (int) (cpu.star() >>> 48);
        ByteBuffer out = zeros(PRSTATUS_SIZE);
        out.putInt(PR_PID, 1).putInt(PR_FPVALID, 1).position(PR_REG);
        for (int register : PR_REG_GENERAL) {
            out.putLong(cpu.gpr().get(register));
        }
        out.putLong(-1);
        out.putLong(inStub ? cpu.gpr().get(RCX) : cpu.rip());
        out.putLong(inStub ? userSelectors + 16 | 3 : selector(cpu, Segment.CS));
        out.putLong(inStub ? cpu.gpr().get(R11) : cpu.rflags());
        out.putLong(cpu.gpr().get(RSP));
        out.putLong(inStub ? userSelectors + 8 | 3 : selector(cpu, Segment.SS));
        out.putLong(cpu.segments().get(Segment.FS).base());
        out.putLong(cpu.segments().get(Segment.GS).base());
        for (int segment : new int[] {Segment.DS, Segment.ES, Segment.FS, Segment.GS}) {
            out.putLong(selector(cpu, segment));
        }
        return out.array();
    }

    private static int selector(VcpuState cpu, int segment) {
        return cpu.segments().get(segment).selector();
    }

    /** The layout of FXSAVE with REX.W (SDM volume 1, table 10-2): registers by stack position, tags one bit each. */
    static byte[] fxsave(VcpuState cpu) {
        VcpuState.X87State x87 = cpu.x87();
        ByteBuffer out = zeros(FPREGSET_SIZE);
        out.putShort((short) x87.controlWord()).putShort((short) x87.statusWord());
        out.put((byte) abridgedTags(x87.tagWord())).put((byte) 0).putShort((short) x87.lastOpcode());
        out.putLong(x87.lastInstruction()).putLong(x87.lastData());
        out.putInt(cpu.mxcsr()).putInt(0xffff);
        int top = x87.statusWord() >> 11 & 7;
        for (int i = 0; i < 8; i++) {
            int register = top + i & 7;
            out.putLong(32 + 16 * i, x87.significand().get(register));
            out.putShort(40 + 16 * i, (short) (int) x87.signExponent().get(register));
        }
        for (int i = 0; i < 32; i++) {
            out.putLong(160 + 8 * i, cpu.xmm().get(i));
        }
        return out.array();
    }

    private static int abridgedTags(int tagWord) {
        int valid = 0;
        for (int i = 0; i < 8; i++) {
            valid |= (tagWord >> 2 * i & 3) == 3 ? 0 : 1 << i;
        }
        return valid;
    }

    /** Version 1 of QEMU's layout. */
    static byte[] qemu(VcpuState cpu) {
        ByteBuffer out = zeros(QEMU_SIZE);
        out.putInt(1).putInt(QEMU_SIZE);
        for (int register : QEMU_GENERAL) {
            out.putLong(cpu.gpr().get(register));
        }
        out.putLong(cpu.rip()).putLong(cpu.rflags());
        for (int segment : QEMU_SEGMENTS) {
            put(out, cpu.segments().get(segment));
        }
        put(out, cpu.ldtr());
        put(out, cpu.tr());
        put(out, cpu.gdtr());
        put(out, cpu.idtr());
        out.putLong(cpu.cr0()).putLong(0).putLong(cpu.cr2()).putLong(cpu.cr3()).putLong(cpu.cr4());
        return out.array();
    }

    /** The attributes as the descriptor's high word has them. */
    private static void put(ByteBuffer out, Segment segment) {
        int flags = (segment.attributes() & 0xf0ff) << 8;
        out.putInt(segment.selector())
                .putInt((int) segment.limit())
                .putInt(flags)
                .putInt(0)
                .putLong(segment.base());
    }

    private static void put(ByteBuffer out, DescriptorTable table) {
        out.putInt(0).putInt(table.limit()).putInt(0).putInt(0).putLong(table.base());
    }
}
