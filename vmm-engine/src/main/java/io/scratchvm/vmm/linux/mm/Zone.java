package io.scratchvm.vmm.linux.mm;

/**
 * A part of the address space that prefers to lie in physical memory as it lies in virtual memory, page after page, so
 * that long ranges stay contiguous there.
 *
 * @param start first address
 * @param end first address past it
 * @param physical the physical address that {@code start} prefers; may be negative where only the upper part fits
 */
public record Zone(long start, long end, long physical) {
    boolean contains(long linear) {
        return start <= linear && linear < end;
    }

    /** The preferred frame of the page at {@code linear}. */
    long frame(long linear) {
        return linear - start + physical >> 12;
    }
}
