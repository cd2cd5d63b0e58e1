package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** An image's memory, read when it is touched. No run crosses a multiple of 1 MiB, so each belongs to one chunk. */
final class LazyMemory implements PhysicalMemory.ChunkSource {
    private final Image image;
    private final List<MemoryMap.Run> runs;
    private final byte[] buffer = new byte[MemoryMap.MAX_RUN];

    LazyMemory(Image image) {
        this.image = image;
        this.runs = image.memory().runs();
    }

    @Override
    public boolean holds(long address) {
        return firstFrom(address) < firstFrom(address + MemoryMap.MAX_RUN);
    }

    @Override
    public void fetch(long address, byte[] to) {
        try {
            copyRuns(address, to);
        } catch (IOException e) {
            throw new VmmException(
                    image.file() + ": memory at physical 0x" + Long.toHexString(address) + " cannot be read any more: "
                            + e + "; restore it again where it can be read",
                    e);
        }
    }

    private void copyRuns(long address, byte[] to) throws IOException {
        int end = firstFrom(address + MemoryMap.MAX_RUN);
        for (int i = firstFrom(address); i < end; i++) {
            MemoryMap.Run run = image.readRun(i, buffer);
            System.arraycopy(buffer, 0, to, (int) (run.address() - address), (int) run.length());
        }
    }

    /** Fills {@code to} with the megabyte at {@code address}, whatever was in it. */
    void read(long address, byte[] to) throws IOException {
        Arrays.fill(to, (byte) 0);
        copyRuns(address, to);
    }

    /** The runs in the megabyte at {@code address}. */
    List<MemoryMap.Run> runs(long address) {
        return runs.subList(firstFrom(address), firstFrom(address + MemoryMap.MAX_RUN));
    }

    /** The address of the first megabyte from {@code address} on with a run in it; -1 if there is none. */
    long nextChunk(long address) {
        int next = firstFrom(address);
        return next == runs.size() ? -1 : runs.get(next).address() & -MemoryMap.MAX_RUN;
    }

    private int firstFrom(long address) {
        int low = 0;
        int high = runs.size();
        while (low < high) {
            int middle = low + high >>> 1;
            if (runs.get(middle).address() >= address) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
