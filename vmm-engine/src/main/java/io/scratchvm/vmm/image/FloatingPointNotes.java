package io.scratchvm.vmm.image;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;

import io.scratchvm.vmm.cpu.state.VcpuState;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A thread's x87, SSE and AVX registers as Linux's core files have them: what FXSAVE stores, and what XSAVE does. */
final class FloatingPointNotes {
    /** Bytes that FXSAVE stores, of XSAVE's header, of the YMM registers' upper halves (SDM volume 1, section 13.4). */
    private static final int LEGACY = 512, HEADER = 64, AVX = 256;

    /** Where Linux puts XCR0 for debuggers: in the bytes that FXSAVE leaves to software ({@code XCR0_OFFSET}). */
    private static final int XCR0_AT = 464;

    private FloatingPointNotes() {}

    /** The layout of FXSAVE with REX.W (SDM volume 1, table 10-2): registers by stack position, tags one bit each. */
    static byte[] fxsave(VcpuState cpu) {
        VcpuState.X87State x87 = cpu.x87();
        ByteBuffer out = ByteBuffer.allocate(LEGACY).order(ByteOrder.LITTLE_ENDIAN);
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

    /** Whether the thread has registers that FXSAVE does not know. */
    static boolean isExtended(VcpuState cpu) {
        return (cpu.cr4() & CR4_OSXSAVE) != 0 && cpu.xcr0() != null;
    }

    /** The layout of XSAVE in its standard format, every component that XCR0 enables in use. */
    static byte[] xsave(VcpuState cpu) {
        boolean avx = (cpu.xcr0() & XCR0_AVX) != 0;
        byte[] legacy = Arrays.copyOf(fxsave(cpu), LEGACY + HEADER + (avx ? AVX : 0));
        ByteBuffer out = ByteBuffer.wrap(legacy).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(XCR0_AT, cpu.xcr0()).putLong(LEGACY, cpu.xcr0());
        for (int i = 0; avx && cpu.ymm() != null && i < cpu.ymm().size(); i++) {
            out.putLong(LEGACY + HEADER + 8 * i, cpu.ymm().get(i));
        }
        return out.array();
    }
}
