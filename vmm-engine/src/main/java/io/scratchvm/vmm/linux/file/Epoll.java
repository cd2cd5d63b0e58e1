package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import java.util.ArrayList;
import java.util.List;

/** An instance of epoll(7): files that are watched, and what is told of them. */
public final class Epoll implements AnonymousFile {
    /** The most files that one instance watches. */
    public static final int MOST = 1024;

    /** The most that all instances watch. */
    public static final int MOST_OF_ALL = 1 << 15;

    /** In the order in which they are told of. */
    private final List<EpollItem> items = new ArrayList<>();

    public EpollState state(int file, Readiness around) {
        forgetClosed();
        return new EpollState(
                file, items.stream().map(item -> item.state(around)).toList());
    }

    // -- what is watched ----------------------------------------------------------------------------------------------

    private void forgetClosed() {
        items.removeIf(item -> item.file().isUnused());
    }

    /** The item of an open file under this descriptor's number; null if it is not watched so. */
    @Nullable
    public EpollItem find(int descriptor, OpenFile file) {
        forgetClosed();
        for (EpollItem item : items) {
            if (item.isOf(descriptor, file)) {
                return item;
            }
        }
        return null;
    }

    /** @throws SystemCallError ENOSPC if there are too many */
    public void add(EpollItem item) {
        if (items.size() >= MOST) {
            throw new SystemCallError(Errno.ENOSPC);
        }
        items.add(item);
    }

    public void remove(EpollItem item) {
        items.remove(item);
    }

    public int size() {
        forgetClosed();
        return items.size();
    }

    public boolean watches(Epoll other) {
        return items.stream().anyMatch(item -> item.file().anonymous() == other);
    }

    /** Whether it watches another instance. */
    public boolean watchesEpolls() {
        forgetClosed();
        return items.stream().anyMatch(item -> item.file().kind() == FileKind.EPOLL);
    }

    public boolean asksForInput() {
        return items.stream().anyMatch(EpollItem::asksForInput);
    }

    // -- what is told -------------------------------------------------------------------------------------------------

    public boolean isAnyReady(Readiness around) {
        forgetClosed();
        return items.stream().anyMatch(item -> item.ready(around) != 0);
    }

    /** What is told of a file. */
    public record Event(int events, long data) {}

    /**
     * What there is to tell, which counts as told then. Whoever was told of comes after those for whom there was no room.
     *
     * @param inputEnded whether standard input has ended, of which nothing else tells
     */
    public List<Event> take(int most, boolean inputEnded, Readiness around) {
        forgetClosed();
        List<Event> events = new ArrayList<>();
        List<EpollItem> told = new ArrayList<>();
        for (EpollItem item : List.copyOf(items)) {
            int ready = item.ready(around) | (inputEnded && item.asksForInput() ? Readiness.POLLHUP : 0);
            if (ready != 0 && events.size() < most) {
                events.add(new Event(ready, item.data()));
                told.add(item);
                item.told(around);
            }
        }
        if (events.size() == most) {
            items.removeAll(told);
            items.addAll(told);
        }
        return events;
    }

    // -- watched itself -----------------------------------------------------------------------------------------------

    @Override
    public int readiness(Readiness around) {
        return isAnyReady(around) ? Readiness.POLLIN : 0;
    }

    @Override
    public long arrivals(Readiness around) {
        long sum = 0;
        for (EpollItem item : items) {
            sum += around.arrivals(item.file()) + around.departures(item.file());
        }
        return sum;
    }

    @Override
    public long nextEvent() {
        long next = Readiness.NEVER;
        for (EpollItem item : items) {
            next = Math.min(next, Readiness.nextEvent(item.file()));
        }
        return next;
    }
}
