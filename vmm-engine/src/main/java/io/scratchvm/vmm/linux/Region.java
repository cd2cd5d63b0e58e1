package io.scratchvm.vmm.linux;

/**
 * A piece of the guest process's address space whose pages are alike; what Linux calls a VMA.
 *
 * @param start first address, a multiple of 4096
 * @param end first address past it, a multiple of 4096
 * @param protection {@code PROT_READ | PROT_WRITE | PROT_EXEC}, 0 for none
 * @param onDemand whether pages get their frames at the first touch only (MAP_NORESERVE)
 */
public record Region(long start, long end, int protection, Kind kind, boolean onDemand) {
    /** The bits of {@code protection} (mmap(2)). */
    public static final int PROT_NONE = 0, PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4;

    /** What a region is for. */
    public enum Kind {
        /** A segment of the program. */
        IMAGE,
        HEAP,
        STACK,
        /** Made by mmap. */
        MAPPING,
        /** Made by mmap, of nothing but memory, for a process and its children to share. */
        SHARED
    }

    boolean contains(long address) {
        return start <= address && address < end;
    }

    /** Whether what the program writes there is for its eyes only. */
    boolean isPrivateAndWritable() {
        return kind != Kind.SHARED && (protection & PROT_WRITE) != 0;
    }

    long pages() {
        return end - start >> 12;
    }

    Region withRange(long newStart, long newEnd) {
        return new Region(newStart, newEnd, protection, kind, onDemand);
    }

    Region withProtection(int newProtection) {
        return new Region(start, end, newProtection, kind, onDemand);
    }

    boolean isLike(Region other) {
        return protection == other.protection && kind == other.kind && onDemand == other.onDemand;
    }
}
