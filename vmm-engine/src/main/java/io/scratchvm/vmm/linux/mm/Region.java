package io.scratchvm.vmm.linux.mm;

import io.scratchvm.vmm.api.Nullable;
import java.util.Objects;

/**
 * A piece of the guest process's address space whose pages are alike; what Linux calls a VMA.
 *
 * @param start first address, a multiple of 4096
 * @param end first address past it, a multiple of 4096
 * @param protection {@code PROT_READ | PROT_WRITE | PROT_EXEC}, 0 for none
 * @param onDemand whether pages get their frames at the first touch only (MAP_NORESERVE, and files that are mapped shared)
 * @param file what of a file is mapped shared here; null for what no other process's memory or file has to follow
 */
public record Region(long start, long end, int protection, Kind kind, boolean onDemand, @Nullable FileRange file) {
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
        /** Made by mmap, for a process and its children, or whoever maps the same file, to share. */
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

    /** A region of nothing but memory. */
    public Region(long start, long end, int protection, Kind kind, boolean onDemand) {
        this(start, end, protection, kind, onDemand, null);
    }

    /** A larger or smaller one, whose pages are those that they are in this one. */
    public Region withRange(long newStart, long newEnd) {
        return new Region(
                newStart, newEnd, protection, kind, onDemand, file == null ? null : file.plus(newStart - start));
    }

    public Region withProtection(int newProtection) {
        return new Region(start, end, newProtection, kind, onDemand, file);
    }

    /** This with the same pages elsewhere. */
    public Region movedTo(long newStart) {
        return new Region(newStart, newStart + (end - start), protection, kind, onDemand, file);
    }

    /** Whether {@code next}, which begins where this ends, can be one with it. */
    boolean goesOnAs(Region next) {
        return protection == next.protection
                && kind == next.kind
                && onDemand == next.onDemand
                && Objects.equals(file == null ? null : file.plus(end - start), next.file);
    }
}
