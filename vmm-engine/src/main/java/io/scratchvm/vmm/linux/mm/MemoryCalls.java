package io.scratchvm.vmm.linux.mm;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.file.MappedFiles;
import io.scratchvm.vmm.linux.file.OpenFile;

/**
 * The system calls that shape the address space: brk(2), mmap(2), munmap(2), mprotect(2), mremap(2), madvise(2) and
 * their harmless relatives, with Linux's arguments, results and errors. A file is mapped privately by reading it in,
 * as it was then; {@link FileMappings} has those that are mapped shared.
 */
public final class MemoryCalls implements SystemCallFamily {
    private static final int MAP_SHARED = 1,
            MAP_PRIVATE = 2,
            MAP_SHARED_VALIDATE = 3,
            MAP_TYPE = 0xf,
            MAP_FIXED = 0x10,
            MAP_ANONYMOUS = 0x20,
            MAP_32BIT = 0x40,
            MAP_NORESERVE = 0x4000,
            MAP_HUGETLB = 0x40000,
            MAP_FIXED_NOREPLACE = 0x100000;
    private static final int MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2;
    private static final int PROT_ALL = Region.PROT_READ | Region.PROT_WRITE | Region.PROT_EXEC;
    /** Where MAP_32BIT maps on Linux. */
    private static final long LOW_START = 0x4000_0000L, LOW_END = 0x8000_0000L;

    private static final int FILE_PART = 64 * PAGE_SIZE;

    private final AddressSpace space;
    private final MappedFiles files;

    public MemoryCalls(AddressSpace space, MappedFiles files) {
        this.space = space;
        this.files = files;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 9 -> mmap(a0, a1, (int) a2, (int) a3, (int) a4, a5);
            case 10 -> mprotect(a0, a1, (int) a2);
            case 11 -> munmap(a0, a1);
            case 12 -> brk(a0);
            case 25 -> mremap(a0, a1, a2, (int) a3, a4);
            case 26 -> msync(a0, a1, (int) a2);
            case 28 -> madvise(a0, a1, (int) a2);
            case 149, 150, 325 -> mlock(a0, a1);
            case 151, 152 -> 0;
            default -> NOT_MINE;
        };
    }

    /** The heap's end: the wanted one, or the old one where that is not possible. */
    public long brk(long address) {
        space.setBrk(address);
        return space.brk();
    }

    public long mmap(long address, long length, int protection, int flags, int descriptor, long offset) {
        int type = flags & MAP_TYPE;
        boolean anonymous = (flags & MAP_ANONYMOUS) != 0;
        if ((offset & PAGE_SIZE - 1) != 0
                || length == 0
                || type != MAP_PRIVATE && type != MAP_SHARED && type != MAP_SHARED_VALIDATE) {
            return -Errno.EINVAL;
        }
        if (length < 0 || length > space.limit() || (flags & MAP_HUGETLB) != 0) {
            return -Errno.ENOMEM;
        }
        long size = pageEnd(length);
        long start = place(address, size, flags);
        if (start < 0) {
            return start;
        }
        if (!anonymous && type != MAP_PRIVATE) {
            return share(start, start + size, protection & PROT_ALL, descriptor, offset);
        }
        boolean shared = anonymous && type != MAP_PRIVATE && !space.isIdentity();
        Region.Kind kind = shared ? Region.Kind.SHARED : Region.Kind.MAPPING;
        boolean onDemand = anonymous && !shared && (flags & MAP_NORESERVE) != 0 && !space.isIdentity();
        Region region = new Region(start, start + size, protection & PROT_ALL, kind, onDemand);
        return anonymous ? map(region) : mapFile(region, descriptor, offset);
    }

    /** Where a mapping goes, or -errno. */
    private long place(long address, long size, int flags) {
        if ((flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0) {
            return fixedPlace(address, size, flags);
        }
        long hint = pageEnd(address);
        if (address > 0 && hint >= space.floor() && hint <= space.limit() - size && space.isFree(hint, hint + size)) {
            if (!space.isIdentity()) {
                return hint;
            }
        }
        long found = (flags & MAP_32BIT) != 0 && !space.isIdentity()
                ? space.findFree(size, LOW_START, LOW_END)
                : space.findFree(size);
        return found < 0 ? -Errno.ENOMEM : found;
    }

    private long fixedPlace(long address, long size, int flags) {
        if ((address & PAGE_SIZE - 1) != 0) {
            return -Errno.EINVAL;
        }
        if (address < 0 || address > space.limit() - size) {
            return -Errno.ENOMEM;
        }
        if (address < space.floor()) {
            return -Errno.EPERM;
        }
        if ((flags & MAP_FIXED_NOREPLACE) != 0
                && space.regionAt(address) != null | !space.isFree(address, address + size)) {
            return -Errno.EEXIST;
        }
        return address;
    }

    private long map(Region region) {
        // Two more at most: the new one, and what a hole in an old one splits off.
        if (!space.hasRoomForRegions(2)) {
            return -Errno.ENOMEM;
        }
        space.unmap(region.start(), region.end());
        return space.map(region) ? region.start() : -Errno.ENOMEM;
    }

    private long share(long start, long end, int protection, int descriptor, long offset) {
        OpenFile file = files.open(descriptor);
        if (file == null || !file.isFile() || space.isIdentity()) {
            return -Errno.ENODEV;
        }
        if (!file.isReadable() || (protection & Region.PROT_WRITE) != 0 && !file.isWritable()) {
            return -Errno.EACCES;
        }
        if (offset < 0 || offset > Long.MAX_VALUE - (end - start)) {
            return -Errno.EOVERFLOW;
        }
        space.files().map(file);
        FileRange range = new FileRange(file.id(), offset);
        long result = map(new Region(start, end, protection, Region.Kind.SHARED, true, range));
        space.files().sweep();
        return result;
    }

    private long mapFile(Region region, int descriptor, long offset) {
        space.files().writeBack();
        byte[] part = new byte[(int) Math.min(FILE_PART, region.end() - region.start())];
        long read = files.read(descriptor, offset, part);
        if (read < 0) {
            return read;
        }
        // A frame is needed even where the program may not look yet: it may be allowed to later.
        long start = map(region.withProtection(region.protection() | Region.PROT_READ));
        long at = region.start();
        while (start >= 0 && read > 0) {
            space.initialize(at, part, 0, (int) read);
            at += read;
            long left = region.end() - at;
            if (read < part.length || left == 0) {
                break;
            }
            part = left < part.length ? new byte[(int) left] : part;
            read = files.read(descriptor, offset + (at - region.start()), part);
        }
        if (start >= 0) {
            space.protect(region.start(), region.end(), region.protection());
        }
        return start;
    }

    public long munmap(long address, long length) {
        if ((address & PAGE_SIZE - 1) != 0 || !isUserRange(address, length) || length == 0) {
            return -Errno.EINVAL;
        }
        long end = address + pageEnd(length);
        if (space.removalExceedsLimit(address, end)) {
            return -Errno.ENOMEM;
        }
        space.unmap(address, end);
        return 0;
    }

    public long mprotect(long address, long length, int protection) {
        if ((address & PAGE_SIZE - 1) != 0 || (protection & ~PROT_ALL) != 0) {
            return -Errno.EINVAL;
        }
        if (length == 0) {
            return 0;
        }
        if (!isUserRange(address, length) || !space.hasRoomForRegions(2)) {
            return -Errno.ENOMEM;
        }
        // As on Linux, what comes before a gap is changed.
        long end = address + pageEnd(length);
        if ((protection & Region.PROT_WRITE) != 0 && isOfReadOnlyFile(address, end)) {
            return -Errno.EACCES;
        }
        long covered = coveredEnd(address, end);
        boolean enough = space.protect(address, covered, protection);
        return enough && covered == end ? 0 : -Errno.ENOMEM;
    }

    private boolean isOfReadOnlyFile(long start, long end) {
        for (Region part : space.regionsIn(start, end)) {
            if (part.file() != null && !space.files().file(part.file().file()).isWritable()) {
                return true;
            }
        }
        return false;
    }

    /** How far regions follow each other from {@code start} without a gap. */
    private long coveredEnd(long start, long end) {
        long covered = start;
        for (Region part : space.regionsIn(start, end)) {
            if (part.start() != covered) {
                break;
            }
            covered = part.end();
        }
        return covered;
    }

    public long mremap(long address, long oldLength, long newLength, int flags, long newAddress) {
        boolean fixed = (flags & MREMAP_FIXED) != 0;
        if ((address & PAGE_SIZE - 1) != 0
                || (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED)) != 0
                || fixed && (flags & MREMAP_MAYMOVE) == 0
                || newLength <= 0
                || newLength > space.limit()
                || oldLength <= 0) {
            return -Errno.EINVAL;
        }
        Region region = space.regionAt(address);
        long oldSize = pageEnd(oldLength);
        long newSize = pageEnd(newLength);
        if (fixed && !isTarget(newAddress, newSize, address, oldSize)) {
            return -Errno.EINVAL;
        }
        if (region == null || oldSize < 0 || oldSize > region.end() - address) {
            return -Errno.EFAULT;
        }
        if (fixed) {
            return moveTo(region, address, oldSize, newAddress, newSize);
        }
        if (newSize <= oldSize) {
            return newSize < oldSize && munmap(address + newSize, oldSize - newSize) < 0 ? -Errno.ENOMEM : address;
        }
        return grow(region, address, oldSize, newSize, (flags & MREMAP_MAYMOVE) != 0);
    }

    private long grow(Region region, long address, long oldSize, long newSize, boolean mayMove) {
        long oldEnd = address + oldSize;
        long newEnd = address + newSize;
        if (region.end() == oldEnd
                && newEnd <= space.limit()
                && space.isFree(oldEnd, newEnd)
                && space.hasRoomForRegions(1)
                && space.map(region.withRange(oldEnd, newEnd))) {
            return address;
        }
        long to = mayMove ? space.findFree(newSize) : -1;
        return to < 0 ? -Errno.ENOMEM : move(region, address, oldSize, to, newSize);
    }

    private boolean isTarget(long to, long newSize, long address, long oldSize) {
        boolean overlap = to < address + oldSize && address < to + newSize;
        return (to & PAGE_SIZE - 1) == 0 && to >= 0 && to <= space.limit() - newSize && !overlap;
    }

    private long moveTo(Region region, long address, long oldSize, long to, long newSize) {
        if (to < space.floor()) {
            return -Errno.EPERM;
        }
        if (!space.hasRoomForRegions(4)) {
            return -Errno.ENOMEM;
        }
        space.unmap(to, to + newSize);
        if (newSize < oldSize) {
            space.unmap(address + newSize, address + oldSize);
        }
        return move(region, address, Math.min(oldSize, newSize), to, newSize);
    }

    /** Moves pages to where there is room, with zeros after them. */
    private long move(Region region, long address, long oldSize, long to, long newSize) {
        if (space.isIdentity() || !space.hasRoomForRegions(3)) {
            return -Errno.ENOMEM;
        }
        Region grown = region.withRange(address + oldSize, address + newSize).movedTo(to + oldSize);
        if (newSize > oldSize && !space.map(grown)) {
            return -Errno.ENOMEM;
        }
        if (!space.move(region.withRange(address, address + oldSize), to)) {
            space.unmap(grown.start(), grown.end());
            return -Errno.ENOMEM;
        }
        return to;
    }

    /** Advice about use is taken note of by doing nothing; MADV_DONTNEED promises zeros, and keeps the promise. */
    public long madvise(long address, long length, int advice) {
        boolean known = advice >= 0 && advice <= 4 || advice == 8 || advice >= 10 && advice <= 23;
        if ((address & PAGE_SIZE - 1) != 0 || !known || length < 0) {
            return -Errno.EINVAL;
        }
        if (length == 0) {
            return 0;
        }
        if (!isUserRange(address, length)) {
            return -Errno.ENOMEM;
        }
        long end = address + pageEnd(length);
        if (advice == MADV_DONTNEED) {
            for (Region part : space.regionsIn(address, end)) {
                boolean discardable = part.kind() != Region.Kind.IMAGE && part.kind() != Region.Kind.SHARED;
                if (discardable && !space.discard(part.start(), part.end())) {
                    return -Errno.ENOMEM;
                }
            }
        }
        return space.isCovered(address, end) ? 0 : -Errno.ENOMEM;
    }

    private static final int MADV_DONTNEED = 4;
    private static final int MS_ASYNC = 1, MS_INVALIDATE = 2, MS_SYNC = 4;

    public long msync(long address, long length, int flags) {
        boolean bothWays = (flags & MS_ASYNC) != 0 && (flags & MS_SYNC) != 0;
        if ((address & PAGE_SIZE - 1) != 0 || (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) != 0 || bothWays) {
            return -Errno.EINVAL;
        }
        long result = mlock(address, length);
        if (flags != 0 && result == 0) {
            space.files().writeBack();
        }
        return result;
    }

    /** Pages are always in memory; only whether they exist is answered. */
    public long mlock(long address, long length) {
        if (length == 0) {
            return 0;
        }
        long start = address & -PAGE_SIZE;
        if (!isUserRange(address, length)) {
            return length < 0 ? -Errno.EINVAL : -Errno.ENOMEM;
        }
        return space.isCovered(start, pageEnd(address + length)) ? 0 : -Errno.ENOMEM;
    }

    private boolean isUserRange(long address, long length) {
        return address >= 0 && length >= 0 && length <= space.limit() && address <= space.limit() - length;
    }

    private static long pageEnd(long address) {
        return address + PAGE_SIZE - 1 & -PAGE_SIZE;
    }
}
