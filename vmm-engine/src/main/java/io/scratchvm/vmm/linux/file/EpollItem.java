package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.linux.file.EpollState.Watched;

/** A file that an instance of epoll(7) watches. */
public final class EpollItem {
    public static final int EPOLLEXCLUSIVE = 1 << 28, EPOLLONESHOT = 1 << 30, EPOLLET = 1 << 31;

    /** What remains of the events once they have been told and are not to be again. */
    private static final int MODES = 0xf << 28;

    /** What {@link #arrivals} is while there is something new to tell. */
    private static final long NEWS = -1;

    private static final int ALWAYS_TOLD = Readiness.POLLERR | Readiness.POLLHUP;

    private static final int TOLD_OF_ARRIVALS = Readiness.TO_READ | Readiness.POLLRDHUP;

    private final int descriptor;
    private final OpenFile file;
    private int events;
    private long data;

    /** What has come and gone when it was last told of. */
    private long arrivals = NEWS;

    private long departures = NEWS;

    public EpollItem(int descriptor, OpenFile file, int events, long data) {
        this.descriptor = descriptor;
        this.file = file;
        this.events = events | ALWAYS_TOLD;
        this.data = data;
    }

    /** The one that {@code saved} is of: in a VM that was restored nothing has come yet. */
    public static EpollItem of(Watched saved, OpenFile file) {
        EpollItem item = new EpollItem(saved.descriptor(), file, saved.events(), saved.data());
        item.events = saved.events();
        item.arrivals = saved.news() ? NEWS : 0;
        item.departures = item.arrivals;
        return item;
    }

    public Watched state(Readiness around) {
        return new Watched(descriptor, file.id(), events, data, hasNews(around));
    }

    public boolean isOf(int number, OpenFile other) {
        return descriptor == number && file == other;
    }

    /** EPOLL_CTL_MOD. */
    public void change(int newEvents, long newData) {
        events = newEvents | ALWAYS_TOLD;
        data = newData;
        arrivals = NEWS;
        departures = NEWS;
    }

    public OpenFile file() {
        return file;
    }

    public boolean isExclusive() {
        return (events & EPOLLEXCLUSIVE) != 0;
    }

    public long data() {
        return data;
    }

    private boolean isWatched() {
        return (events & ~MODES) != 0;
    }

    /** Whether it waits for standard input. */
    public boolean asksForInput() {
        return file.kind() == FileKind.STANDARD_INPUT && isWatched() && (events & Readiness.TO_READ) != 0;
    }

    /** What is to be told of it now; 0 for nothing. */
    public int ready(Readiness around) {
        boolean untold = (events & EPOLLET) == 0 || hasNews(around);
        return isWatched() && untold ? around.of(file) & events : 0;
    }

    private boolean hasNews(Readiness around) {
        return (events & TOLD_OF_ARRIVALS) != 0 && arrivals != around.arrivals(file)
                || (events & Readiness.TO_WRITE) != 0 && departures != around.departures(file);
    }

    /** It has been told of. */
    public void told(Readiness around) {
        arrivals = around.arrivals(file);
        departures = around.departures(file);
        if ((events & EPOLLONESHOT) != 0) {
            events &= MODES;
        }
    }
}
