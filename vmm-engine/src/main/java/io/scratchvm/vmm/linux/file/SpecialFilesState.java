package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import java.util.List;

/**
 * What is saved of the open files that are nothing on the host, pipes apart, and of what is locked.
 *
 * @param events the counters of eventfd(2)
 * @param timers those of timerfd_create(2)
 * @param signals those of signalfd(2)
 * @param epolls the instances of epoll(7)
 * @param locks in the order in which conflicts are looked for
 * @param sockets those of socketpair(2); empty for null
 */
public record SpecialFilesState(
        List<EventFileState> events,
        List<TimerFileState> timers,
        List<SignalFileState> signals,
        List<EpollState> epolls,
        List<FileLockState> locks,
        @Nullable List<SocketState> sockets) {
    public SpecialFilesState {
        events = List.copyOf(events);
        timers = List.copyOf(timers);
        signals = List.copyOf(signals);
        epolls = List.copyOf(epolls);
        locks = List.copyOf(locks);
        sockets = sockets == null ? List.of() : List.copyOf(sockets);
    }

    boolean isEmpty() {
        boolean nothingToTell = events.isEmpty() && timers.isEmpty() && signals.isEmpty();
        return nothingToTell && epolls.isEmpty() && locks.isEmpty() && sockets.isEmpty();
    }
}
