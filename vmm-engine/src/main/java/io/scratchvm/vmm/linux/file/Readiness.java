package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.device.Console;
import java.util.function.LongSupplier;

/** What open files are ready for, as poll(2) and its relatives tell. Files and the standard output streams always are. */
public final class Readiness {
    public static final int POLLIN = 1, POLLPRI = 2, POLLOUT = 4, POLLERR = 8, POLLHUP = 0x10, POLLNVAL = 0x20;
    public static final int POLLRDHUP = 0x2000;
    public static final int POLLRDNORM = 0x40, POLLWRNORM = 0x100;
    public static final int TO_READ = POLLIN | POLLRDNORM, TO_WRITE = POLLOUT | POLLWRNORM;

    /** No time at all. */
    public static final long NEVER = Long.MAX_VALUE;

    private final Console console;
    private final LongSupplier now;
    private final SignalSource signals;

    /**
     * As a thread finds it.
     *
     * @param now nanoseconds of the monotonic clock
     * @param signals those that the thread can take
     */
    public Readiness(Console console, LongSupplier now, SignalSource signals) {
        this.console = console;
        this.now = now;
        this.signals = signals;
    }

    public long now() {
        return now.getAsLong();
    }

    public SignalSource signals() {
        return signals;
    }

    public int of(OpenFile file) {
        return switch (file.kind()) {
            case STANDARD_INPUT -> console.buffered() > 0 ? TO_READ : 0;
            case STANDARD_OUTPUT, STANDARD_ERROR -> TO_WRITE;
            case PIPE -> ofPipe(file);
            case FILE, DIRECTORY, DEVICE -> TO_READ | TO_WRITE;
            case EVENT, TIMER, SIGNALS, EPOLL, SOCKET -> full(file.anonymous().readiness(this));
        };
    }

    private static int full(int events) {
        return events | ((events & POLLIN) != 0 ? POLLRDNORM : 0) | ((events & POLLOUT) != 0 ? POLLWRNORM : 0);
    }

    private static int ofPipe(OpenFile end) {
        Pipe pipe = end.pipe();
        if (end.isReadable()) {
            return (pipe.buffered() > 0 ? TO_READ : 0) | (pipe.hasWriter() ? 0 : POLLHUP);
        }
        return (pipe.isWritable(Pipe.ATOMIC) ? TO_WRITE : 0) | (pipe.hasReader() ? 0 : POLLERR);
    }

    /** How often something has come that could make the file ready to be read. */
    public long arrivals(OpenFile file) {
        return switch (file.kind()) {
            case STANDARD_INPUT -> console.arrivals();
            case PIPE -> file.pipe().arrivals();
            case EVENT, TIMER, SIGNALS, EPOLL, SOCKET -> file.anonymous().arrivals(this);
            default -> 0;
        };
    }

    /** How often something has gone that could make the file ready to be written. */
    public long departures(OpenFile file) {
        return switch (file.kind()) {
            case PIPE -> file.pipe().departures();
            case EVENT, TIMER, SIGNALS, EPOLL, SOCKET -> file.anonymous().departures();
            default -> 0;
        };
    }

    /** When time makes it ready; {@link Readiness#NEVER} for never. */
    public static long nextEvent(OpenFile file) {
        return file.anonymous() == null ? Readiness.NEVER : file.anonymous().nextEvent();
    }
}
