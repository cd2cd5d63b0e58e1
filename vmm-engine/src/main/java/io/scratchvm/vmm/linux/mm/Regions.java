package io.scratchvm.vmm.linux.mm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The regions of an address space, by their start; they do not overlap, and neighbours that are alike are one. */
final class Regions {
    /** Linux's default for vm.max_map_count. */
    static final int LIMIT = 65530;

    private final TreeMap<Long, Region> byStart = new TreeMap<>();

    List<Region> all() {
        return List.copyOf(byStart.values());
    }

    int count() {
        return byStart.size();
    }

    /** The region that holds {@code address}, or null. */
    Region at(long address) {
        Map.Entry<Long, Region> entry = byStart.floorEntry(address);
        return entry != null && entry.getValue().contains(address) ? entry.getValue() : null;
    }

    /** The highest region that overlaps [start, end), or null. */
    Region lastIn(long start, long end) {
        Map.Entry<Long, Region> entry = byStart.lowerEntry(end);
        return entry != null && entry.getValue().end() > start ? entry.getValue() : null;
    }

    /** The lowest region that begins at or after {@code address}, or null. */
    Region from(long address) {
        Map.Entry<Long, Region> entry = byStart.ceilingEntry(address);
        return entry == null ? null : entry.getValue();
    }

    /** The highest region that ends at or before {@code address}, or null. */
    Region before(long address) {
        Map.Entry<Long, Region> entry = byStart.lowerEntry(address);
        return entry == null ? null : entry.getValue();
    }

    boolean isEmpty(long start, long end) {
        return lastIn(start, end) == null;
    }

    /** The parts of regions that lie in [start, end), in order. */
    List<Region> in(long start, long end) {
        List<Region> result = new ArrayList<>();
        for (Region region = first(start); region != null && region.start() < end; region = from(region.end())) {
            result.add(region.withRange(Math.max(start, region.start()), Math.min(end, region.end())));
        }
        return result;
    }

    private Region first(long address) {
        Region region = at(address);
        return region != null ? region : from(address);
    }

    /** Whether regions leave no gap in [start, end). */
    boolean cover(long start, long end) {
        long at = start;
        for (Region region = at(at); region != null; region = at(at)) {
            at = region.end();
            if (at >= end) {
                return true;
            }
        }
        return start >= end;
    }

    /** Adds a region where none is. */
    void add(Region region) {
        Region whole = region;
        Region before = before(region.start());
        if (before != null && before.end() == region.start() && before.goesOnAs(region)) {
            byStart.remove(before.start());
            whole = whole.withRange(before.start(), whole.end());
        }
        Region after = byStart.get(region.end());
        if (after != null && region.goesOnAs(after)) {
            byStart.remove(after.start());
            whole = whole.withRange(whole.start(), after.end());
        }
        byStart.put(whole.start(), whole);
    }

    /** Takes [start, end) out; regions that reach over its ends keep what is outside. */
    void remove(long start, long end) {
        for (Region part : in(start, end)) {
            Region whole = at(part.start());
            byStart.remove(whole.start());
            if (whole.start() < start) {
                byStart.put(whole.start(), whole.withRange(whole.start(), start));
            }
            if (whole.end() > end) {
                byStart.put(end, whole.withRange(end, whole.end()));
            }
        }
    }

    /** Whether {@link #remove} would leave more regions than there may be. */
    boolean removalExceedsLimit(long start, long end) {
        Region region = at(start);
        boolean splits = region != null && region.start() < start && region.end() > end;
        return splits && count() >= LIMIT;
    }
}
