package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.file.EpollState.Watched;
import io.scratchvm.vmm.linux.file.FileLock.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Saves and restores the open files that are nothing on the host, pipes apart, and what is locked. */
public final class SpecialFiles {
    private SpecialFiles() {}

    /** The record of what is open; null where there is nothing of the kind. */
    public static @Nullable SpecialFilesState save(OpenFiles system, Readiness around) {
        List<EventFileState> events = new ArrayList<>();
        List<TimerFileState> timers = new ArrayList<>();
        List<SignalFileState> signals = new ArrayList<>();
        List<EpollState> epolls = new ArrayList<>();
        List<SocketState> sockets = new ArrayList<>();
        for (OpenFile file : system.anonymous()) {
            int id = file.id();
            switch (file.kind()) {
                case EVENT -> events.add(((EventFile) file.anonymous()).state(id));
                case TIMER -> timers.add(((TimerFile) file.anonymous()).state(id, around.now()));
                case SIGNALS -> signals.add(((SignalFile) file.anonymous()).state(id));
                case SOCKET -> sockets.add(((Socket) file.anonymous()).state(id));
                default -> epolls.add(((Epoll) file.anonymous()).state(id, around));
            }
        }
        List<FileLockState> locks =
                system.locks().held().stream().map(FileLock::state).toList();
        SpecialFilesState state = new SpecialFilesState(events, timers, signals, epolls, locks, sockets);
        return state.isEmpty() ? null : state;
    }

    /**
     * Makes the files of {@code state}, which was found right, what they were.
     *
     * @param files by their ids
     * @param tables of the processes, by their numbers
     */
    public static void restore(
            SpecialFilesState state, Map<Integer, OpenFile> files, Map<Integer, Descriptors> tables) {
        state.events().forEach(event -> files.get(event.file()).become(new EventFile(event)));
        state.timers().forEach(timer -> files.get(timer.file()).become(new TimerFile(timer)));
        state.signals().forEach(signal -> files.get(signal.file()).become(new SignalFile(signal.mask())));
        state.sockets().forEach(socket -> ((Socket) files.get(socket.file()).anonymous()).resume(socket));
        for (EpollState saved : state.epolls()) {
            Epoll epoll = new Epoll();
            for (Watched watched : saved.items()) {
                epoll.add(EpollItem.of(watched, files.get(watched.watched())));
            }
            files.get(saved.file()).become(epoll);
        }
        FileLocks locks = tables.get(Identity.PROCESS).system().locks();
        for (FileLockState lock : state.locks()) {
            OpenFile file = files.get(lock.file());
            locks.held().add(lock(lock, file, tables.get(lock.process())));
        }
    }

    /** The lock that {@code state} is of. */
    public static FileLock lock(FileLockState state, OpenFile file, @Nullable Descriptors process) {
        Object owner = state.style() == Style.PROCESS ? process : file;
        return new FileLock(FileLock.inode(file), state.style(), owner, state.first(), state.last(), state.exclusive());
    }
}
