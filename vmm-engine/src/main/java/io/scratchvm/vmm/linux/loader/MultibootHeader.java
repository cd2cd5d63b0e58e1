package io.scratchvm.vmm.linux.loader;

import io.scratchvm.vmm.api.VmmException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A kernel's Multiboot header (Multiboot Specification 0.6.96, section 3.1).
 *
 * @param offset of the header in the file
 * @param flags what the kernel asks for
 * @param headerAddress where the header is to be in memory; this and the rest only with {@link #hasAddresses}
 * @param loadAddress where what is loaded begins in memory
 * @param loadEnd where it ends; 0 for the end of the file
 * @param bssEnd up to where memory is to be zero after it; 0 for nowhere
 * @param entry the first instruction
 */
record MultibootHeader(
        int offset, int flags, long headerAddress, long loadAddress, long loadEnd, long bssEnd, long entry) {
    private static final int MAGIC = 0x1bad_b002;
    /** The header lies whole in so many bytes. */
    private static final int SEARCHED = 8192;

    private static final int SHORTEST = 12, WITH_ADDRESSES = 32;

    /** Modules on page boundaries; the size of memory; a video mode. */
    private static final int PAGE_ALIGN = 1, MEMORY = 2, VIDEO = 4;
    /** Flags that a loader must know or refuse the kernel. */
    private static final int REQUIREMENTS = 0xffff;

    private static final int ADDRESSES = 1 << 16;

    /**
     * The header in the first bytes of {@code file}.
     *
     * @throws VmmException if there is none that is whole, or it asks for what is not there
     */
    static MultibootHeader of(String name, byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int end = Math.min(SEARCHED, file.length);
        int damaged = -1;
        for (int at = 0; at + SHORTEST <= end; at += 4) {
            if (bytes.getInt(at) == MAGIC) {
                if (MAGIC + bytes.getInt(at + 4) + bytes.getInt(at + 8) == 0) {
                    return read(name, bytes, at, end);
                }
                damaged = damaged < 0 ? at : damaged;
            }
        }
        throw new VmmException(
                damaged < 0
                        ? name + " is no Multiboot kernel: there is no header (02 b0 ad 1b, on a multiple of 4) in its"
                                + " first 8192 bytes"
                        : name + ": the Multiboot header at byte 0x" + Integer.toHexString(damaged)
                                + " has a wrong checksum: magic, flags and checksum must add up to 0");
    }

    private static MultibootHeader read(String name, ByteBuffer bytes, int at, int end) {
        int flags = bytes.getInt(at + 4);
        int unknown = flags & REQUIREMENTS & ~(PAGE_ALIGN | MEMORY | VIDEO);
        if (unknown != 0) {
            throw new VmmException(name + ": its Multiboot header requires what is not known (flags 0x"
                    + Integer.toHexString(unknown) + "); bits 0, 1, 2 and 16 are");
        }
        if ((flags & ADDRESSES) == 0) {
            return new MultibootHeader(at, flags, 0, 0, 0, 0, 0);
        }
        if (at + WITH_ADDRESSES > end) {
            throw new VmmException(name + ": the Multiboot header at byte 0x" + Integer.toHexString(at)
                    + " ends outside of the file or of its first 8192 bytes");
        }
        return new MultibootHeader(
                at,
                flags,
                address(bytes, at + 12),
                address(bytes, at + 16),
                address(bytes, at + 20),
                address(bytes, at + 24),
                address(bytes, at + 28));
    }

    private static long address(ByteBuffer bytes, int at) {
        return Integer.toUnsignedLong(bytes.getInt(at));
    }

    /** Whether the header, not the file's ELF headers, says where the kernel belongs. */
    boolean hasAddresses() {
        return (flags & ADDRESSES) != 0;
    }
}
