package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.file.FileLock.Style;
import java.util.ArrayList;
import java.util.List;

/** The locks that the guest's processes hold on files (flock(2), fcntl(2)). The host knows nothing of them. */
public final class FileLocks {
    /** The most locks that there can be. */
    public static final int MOST = 1 << 14;

    /** How many waiting processes Linux looks along for a circle. */
    private static final int LONGEST_CIRCLE = 10;

    /** Each owner's of a file one after the other, ascending. */
    private final List<FileLock> held = new ArrayList<>();

    public List<FileLock> held() {
        return held;
    }

    /** The first that keeps {@code wanted} from being taken; null if none does. */
    @Nullable
    public FileLock conflict(FileLock wanted) {
        for (FileLock lock : held) {
            if (lock.conflictsWith(wanted)) {
                return lock;
            }
        }
        return null;
    }

    /**
     * Takes a lock that nothing stands in the way of, in the place of what its owner has of that range; it grows together
     * with those of its kind beside it.
     *
     * @throws SystemCallError ENOLCK if there are too many
     */
    public void take(FileLock wanted) {
        requireRoom();
        FileLock grown = wanted;
        for (FileLock lock : List.copyOf(held)) {
            if (lock.isOfOwner(wanted) && lock.exclusive() == wanted.exclusive() && lock.touches(wanted)) {
                held.remove(lock);
                grown = grown.withRange(Math.min(grown.first(), lock.first()), Math.max(grown.last(), lock.last()));
            }
        }
        int place = cut(wanted);
        while (place < held.size()
                && held.get(place).isOfOwner(grown)
                && held.get(place).first() < grown.first()) {
            place++;
        }
        held.add(place, grown);
    }

    /**
     * Gives up what the owner of {@code range} has of it.
     *
     * @throws SystemCallError ENOLCK if that makes too many of them
     */
    public void give(FileLock range) {
        requireRoom();
        cut(range);
    }

    private void requireRoom() {
        if (held.size() >= MOST - 1) {
            throw new SystemCallError(Errno.ENOLCK);
        }
    }

    /** Takes a range out of its owner's locks, and says where those are. */
    private int cut(FileLock range) {
        int place = held.size();
        for (int i = 0; i < held.size(); i++) {
            FileLock lock = held.get(i);
            if (!lock.isOfOwner(range)) {
                continue;
            }
            place = Math.min(place, i);
            if (lock.overlaps(range)) {
                held.remove(i);
                List<FileLock> rest = rest(lock, range);
                held.addAll(i, rest);
                i += rest.size() - 1;
            }
        }
        return place;
    }

    private static List<FileLock> rest(FileLock lock, FileLock hole) {
        List<FileLock> rest = new ArrayList<>(2);
        if (lock.first() < hole.first()) {
            rest.add(lock.withRange(lock.first(), hole.first() - 1));
        }
        if (lock.last() > hole.last()) {
            rest.add(lock.withRange(hole.last() + 1, lock.last()));
        }
        return rest;
    }

    /**
     * Whether a process that waited for {@code wanted} would wait for itself in the end.
     *
     * @param waiting what others wait for
     */
    public boolean wouldDeadlock(FileLock wanted, List<FileLock> waiting) {
        FileLock blocker = conflict(wanted);
        for (int i = 0; i < LONGEST_CIRCLE && blocker != null && blocker.style() == Style.PROCESS; i++) {
            FileLock next = wantedBy(blocker.owner(), waiting);
            blocker = next == null ? null : conflict(next);
            if (blocker != null && blocker.owner() == wanted.owner()) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable FileLock wantedBy(Object owner, List<FileLock> waiting) {
        for (FileLock lock : waiting) {
            if (lock.owner() == owner) {
                return lock;
            }
        }
        return null;
    }

    // -- ends ---------------------------------------------------------------------------------------------------------

    /** A descriptor of {@code file} has been closed: its process has no lock there any more, by whichever descriptor. */
    public void descriptorClosed(Descriptors process, OpenFile file) {
        if (!held.isEmpty()) {
            Object inode = FileLock.inode(file);
            held.removeIf(lock -> lock.owner() == process && lock.inode().equals(inode));
        }
    }

    /** The last descriptor of {@code file} has been closed. */
    public void descriptionClosed(OpenFile file) {
        held.removeIf(lock -> lock.owner() == file);
    }
}
