package io.scratchvm.vmm.linux.loader;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The page at which Linux has had gettimeofday(2), time(2) and getcpu(2) to be called since before there was a vDSO.
 * Programs linked statically long ago call there, and diet libc looks there for a vDSO where there is none. Each entry
 * makes the system call of its name.
 */
final class VsyscallPage {
    static final long ADDRESS = 0xffff_ffff_ff60_0000L;

    private static final int GETTIMEOFDAY = 96, TIME = 201, GETCPU = 309;
    private static final int ENTRY = 1024;

    private VsyscallPage() {}

    /** The page's contents, from its start. */
    static byte[] contents() {
        ByteBuffer page = ByteBuffer.allocate(3 * ENTRY).order(ByteOrder.LITTLE_ENDIAN);
        int entry = 0;
        for (int number : new int[] {GETTIMEOFDAY, TIME, GETCPU}) {
            page.position(entry);
            page.put((byte) 0xb8).putInt(number); // mov eax, number
            page.put((byte) 0x0f).put((byte) 0x05); // syscall
            page.put((byte) 0xc3); // ret
            entry += ENTRY;
        }
        return page.array();
    }
}
