package io.scratchvm.vmm.linux.mm;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.memory.PhysicalMemory;

/** What must hold of an {@link AddressSpaceState} from an image before anything is done with it. */
final class AddressSpaceRules {
    /** More than any loader makes. */
    private static final int MOST_ZONES = 16;

    private AddressSpaceRules() {}

    /** @throws VmmException if no address space in {@code memory} can look like this */
    static void check(AddressSpaceState layout, PhysicalMemory memory) {
        boolean good = layout.floor() >= 0
                && layout.floor() <= layout.ceiling()
                && layout.ceiling() <= layout.limit()
                && layout.limit() <= 1L << 47
                && layout.brkStart() >= 0
                && layout.brkStart() <= layout.brk()
                && layout.brk() <= layout.limit()
                && memory.contains(layout.root(), PAGE_SIZE)
                && layout.stackLimit() >= 0
                && (!layout.identity() || layout.ceiling() <= memory.size())
                && layout.zones().size() <= MOST_ZONES
                && isPage(layout.root()
                        | layout.tablesStart()
                        | layout.floor()
                        | layout.ceiling()
                        | layout.limit()
                        | layout.brkStart()
                        | layout.stackLimit())
                && memory.contains(layout.tablesStart(), 0)
                && layout.regions().size() <= Regions.LIMIT;
        if (!good) {
            throw new VmmException("the image's address space contradicts itself: its limits are not in order");
        }
    }

    private static boolean isPage(long address) {
        return (address & PAGE_SIZE - 1) == 0;
    }

    /** @throws VmmException if no region below {@code limit} can look like this */
    static void check(Region region, long limit) {
        boolean good = region.start() >= 0
                && region.start() < region.end()
                && region.end() <= limit
                && isPage(region.start() | region.end())
                && (region.protection() & ~(Region.PROT_READ | Region.PROT_WRITE | Region.PROT_EXEC)) == 0
                && (region.file() == null || isMapping(region, region.file()));
        if (!good) {
            throw contradiction(region);
        }
    }

    private static boolean isMapping(Region region, FileRange file) {
        return region.kind() == Region.Kind.SHARED
                && region.onDemand()
                && isPage(file.offset())
                && file.offset() >= 0
                && file.offset() <= Long.MAX_VALUE - (region.end() - region.start());
    }

    static VmmException contradiction(Region region) {
        return new VmmException("the image's address space contradicts itself: region 0x"
                + Long.toHexString(region.start()) + "-0x" + Long.toHexString(region.end()));
    }
}
