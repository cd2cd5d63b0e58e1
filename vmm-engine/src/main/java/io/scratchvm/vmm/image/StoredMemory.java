package io.scratchvm.vmm.image;

import io.scratchvm.vmm.elf.ProgramHeader;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Which pages an image stores, and where in the file: the runs, in ascending order, back to back. Offsets are relative
 * to the first run, since the notes before it are not yet written.
 */
final class StoredMemory {
    private static final int PAGE = MemoryMap.PAGE;

    /** A run and its place. */
    record Place(long address, long length, long offset) {
        long end() {
            return address + length;
        }
    }

    private final List<Place> places = new ArrayList<>();
    private long length;

    /**
     * @param forced pages that are stored though they are zero
     */
    StoredMemory(PhysicalMemory memory, BitSet forced) {
        for (long at = 0; at < memory.size(); ) {
            long end = stored(memory, forced, at) ? runEnd(memory, forced, at) : at;
            if (end > at) {
                places.add(new Place(at, end - at, length));
                length += end - at;
            }
            // The page at the end of a run is known to be zero, or begins the next megabyte.
            at = end > at ? end : at + PAGE;
        }
    }

    static boolean stored(PhysicalMemory memory, BitSet forced, long page) {
        return forced.get((int) (page / PAGE)) || !memory.isZeroPage(page);
    }

    /** Where the run ends that begins with the page at {@code start}, which is stored. */
    static long runEnd(PhysicalMemory memory, BitSet forced, long start) {
        long limit = Math.min(memory.size(), (start | MemoryMap.MAX_RUN - 1) + 1);
        long end = start + PAGE;
        while (end < limit && stored(memory, forced, end)) {
            end += PAGE;
        }
        return end;
    }

    List<Place> places() {
        return places;
    }

    /** Bytes stored. */
    long length() {
        return length;
    }

    /** The pages that {@code mappings} show at addresses for which a file of the guest's has bytes of its own. */
    static BitSet behind(List<Setup.GuestFile> files, List<UserView.Mapping> mappings) {
        BitSet pages = new BitSet();
        for (Setup.GuestFile file : files) {
            for (Setup.Range range : file.fileBytes()) {
                mappings.forEach(mapping -> addBehind(range, mapping, pages));
            }
        }
        return pages;
    }

    private static void addBehind(Setup.Range range, UserView.Mapping mapping, BitSet pages) {
        long from = Math.max(range.address() - mapping.linear(), 0);
        long to = Math.min(range.address() + range.length() - mapping.linear(), mapping.length());
        if (from < to) {
            pages.set((int) ((mapping.physical() + from) / PAGE), (int) ((mapping.physical() + to - 1) / PAGE) + 1);
        }
    }

    /** The segments of the user view: stored parts with their bytes, parts that are not stored without. */
    List<ProgramHeader> segments(List<UserView.Mapping> mappings, long memoryStart) {
        List<ProgramHeader> segments = new ArrayList<>();
        for (UserView.Mapping mapping : mappings) {
            long at = 0;
            while (at < mapping.length() && segments.size() < UserView.MAX_MAPPINGS) {
                at += addSegment(mapping, at, memoryStart, segments);
            }
        }
        return segments;
    }

    private long addSegment(UserView.Mapping mapping, long at, long memoryStart, List<ProgramHeader> segments) {
        long physical = mapping.physical() + at;
        int next = firstEndingAfter(physical);
        Place place = next < places.size() ? places.get(next) : null;
        boolean stored = place != null && place.address() <= physical;
        long mappingEnd = mapping.physical() + mapping.length();
        long end = stored ? storedEnd(next, mappingEnd) : place != null ? place.address() : mappingEnd;
        long size = Math.min(mappingEnd, end) - physical;
        long offset = memoryStart + (stored ? place.offset() + physical - place.address() : 0);
        long fileSize = stored ? size : 0;
        long linear = mapping.linear() + at;
        segments.add(new ProgramHeader(
                ProgramHeader.PT_LOAD, mapping.flags(), offset, linear, physical, fileSize, size, PAGE));
        return size;
    }

    /**
     * Where stored pages from {@code places[index]} on end, as far as {@code limit}; runs that touch do so in the file.
     */
    private long storedEnd(int index, long limit) {
        long end = places.get(index).end();
        while (end < limit && ++index < places.size() && places.get(index).address() == end) {
            end = places.get(index).end();
        }
        return end;
    }

    private int firstEndingAfter(long physical) {
        int low = 0;
        int high = places.size();
        while (low < high) {
            int middle = low + high >>> 1;
            if (places.get(middle).end() > physical) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
