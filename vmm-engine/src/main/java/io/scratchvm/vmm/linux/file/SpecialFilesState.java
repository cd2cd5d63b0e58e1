package io.scratchvm.vmm.linux.file;

import java.util.List;

/**
 * What is saved of the open files that are nothing on the host, pipes apart, and of what is locked.
 *
 * @param events the counters of eventfd(2)
 * @param timers those of timerfd_create(2)
 * @param signals those of signalfd(2)
 * @param epolls the instances of epoll(7)
 * @param locks in the order in which conflicts are looked for
 */
public record SpecialFilesState(
        List<EventFileState> events,
        List<TimerFileState> timers,
        List<SignalFileState> signals,
        List<EpollState> epolls,
        List<FileLockState> locks) {
    public SpecialFilesState {
        events = List.copyOf(events);
        timers = List.copyOf(timers);
        signals = List.copyOf(signals);
        epolls = List.copyOf(epolls);
        locks = List.copyOf(locks);
    }

    boolean isEmpty() {
        return events.isEmpty() && timers.isEmpty() && signals.isEmpty() && epolls.isEmpty() && locks.isEmpty();
    }
}
