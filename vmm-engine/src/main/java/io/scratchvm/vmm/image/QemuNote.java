package io.scratchvm.vmm.image;

import static io.scratchvm.vmm.cpu.state.Vcpu.*;

import io.scratchvm.vmm.cpu.state.DescriptorTable;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.VcpuState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** QEMU's {@code QEMUCPUState}: what a kernel's debugger wants to know of the vCPU and Linux's notes do not tell. */
final class QemuNote {
    private static final int SIZE = 432;

    private static final int[] GENERAL = {RAX, RBX, RCX, RDX, RSI, RDI, RSP, RBP, R8, R9, R10, R11, R12, R13, R14, R15};
    private static final int[] SEGMENTS = {Segment.CS, Segment.DS, Segment.ES, Segment.FS, Segment.GS, Segment.SS};

    private QemuNote() {}

    /** Version 1 of QEMU's layout. */
    static byte[] payload(VcpuState cpu) {
        ByteBuffer out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(1).putInt(SIZE);
        for (int register : GENERAL) {
            out.putLong(cpu.gpr().get(register));
        }
        out.putLong(cpu.rip()).putLong(cpu.rflags());
        for (int segment : SEGMENTS) {
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
