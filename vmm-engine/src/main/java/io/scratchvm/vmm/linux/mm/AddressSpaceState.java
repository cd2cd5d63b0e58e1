package io.scratchvm.vmm.linux.mm;

import java.util.List;

/**
 * Everything about an {@link AddressSpace} that is saved. The page tables themselves are in guest memory.
 *
 * @param identity whether every page lies at the physical address that equals its linear one (real-mode boot)
 * @param root physical address of the top page table
 * @param tablesStart where tables are put first: physical address
 * @param tablesEnd where that part ends
 * @param floor the lowest address that mmap gives or takes
 * @param ceiling mmap gives addresses below it, the highest that is free
 * @param limit first address past the user's part
 * @param brkStart where the heap begins
 * @param brk the heap's end, to the byte
 * @param stackLimit the lowest address that the stack may grow to; equal to the stack's start where it does not grow
 * @param zones where pages prefer to lie
 * @param regions in ascending order
 * @param frames the frames in use: one bit each, the first in the lowest bit of the first byte
 */
public record AddressSpaceState(
        boolean identity,
        long root,
        long tablesStart,
        long tablesEnd,
        long floor,
        long ceiling,
        long limit,
        long brkStart,
        long brk,
        long stackLimit,
        List<Zone> zones,
        List<Region> regions,
        byte[] frames) {
    /** This, for one whose frames are counted in another. */
    public AddressSpaceState withoutFrames() {
        return with(root, new byte[0]);
    }

    /** This under another top page table. */
    AddressSpaceState withRoot(long newRoot) {
        return with(newRoot, frames);
    }

    private AddressSpaceState with(long newRoot, byte[] newFrames) {
        return new AddressSpaceState(
                identity,
                newRoot,
                tablesStart,
                tablesEnd,
                floor,
                ceiling,
                limit,
                brkStart,
                brk,
                stackLimit,
                zones,
                regions,
                newFrames);
    }
}
