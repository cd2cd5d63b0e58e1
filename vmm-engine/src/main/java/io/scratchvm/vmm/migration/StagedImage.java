package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.image.ImageSource;
import io.scratchvm.vmm.image.MemoryMap;
import java.io.IOException;

/** An image in two parts: its head, and the memory that the head describes. Closing it leaves the memory open. */
final class StagedImage implements ImageSource {
    private final byte[] head;
    private final StagedMemory memory;

    /** @param memory at least as large as the image may say that its memory is */
    StagedImage(byte[] head, StagedMemory memory) {
        this.head = head;
        this.memory = memory;
    }

    @Override
    public int readHead(byte[] to, int length) {
        int n = Math.min(length, head.length);
        System.arraycopy(head, 0, to, 0, n);
        return n;
    }

    @Override
    public int readRun(MemoryMap.Run run, long position, byte[] to) throws IOException {
        memory.read(run.address(), to, 0, (int) run.length());
        return (int) run.length();
    }

    /** The runs are wherever the head says, so the image ends where it is to end. */
    @Override
    public int readTail(long end, byte[] to) {
        return 0;
    }

    @Override
    public boolean isRandomAccess() {
        return true;
    }

    @Override
    public long plausibleHead() {
        return head.length;
    }

    @Override
    public void close() {}
}
