package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.Timespec;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.CharacterDevice;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.Epoll;
import io.scratchvm.vmm.linux.file.EpollItem;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.file.OpenFlags;
import io.scratchvm.vmm.linux.file.Readiness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Calls about instances of epoll(7). */
final class EpollCalls implements SystemCallFamily {
    private static final int EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;

    /** struct epoll_event, which is packed. */
    private static final int EVENT_SIZE = 12;

    private static final int MOST_EVENTS = Integer.MAX_VALUE / EVENT_SIZE;
    private static final long MILLISECOND = 1_000_000;

    private final ProcessEnvironment environment;
    private final UserMemory memory;
    private final Scheduler scheduler;
    private final Descriptors descriptors;
    private final ReadinessWait waiting;

    EpollCalls(ProcessEnvironment environment, Descriptors descriptors) {
        this.environment = environment;
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
        this.descriptors = descriptors;
        this.waiting = new ReadinessWait(environment);
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 213 -> (int) a0 <= 0 ? -Errno.EINVAL : create(0);
            case 232 -> await((int) a0, a1, (int) a2, milliseconds((int) a3));
            case 233 -> control((int) a0, (int) a1, (int) a2, a3);
            case 281 -> {
                waiting.suspendSignals(a4, a5);
                yield await((int) a0, a1, (int) a2, milliseconds((int) a3));
            }
            case 291 -> create((int) a0);
            case 441 -> {
                long timeout = a3 == 0 ? ReadinessWait.FOREVER : Timespec.read(memory, a3);
                waiting.suspendSignals(a4, a5);
                yield await((int) a0, a1, (int) a2, timeout);
            }
            default -> NOT_MINE;
        };
    }

    private static long milliseconds(int timeout) {
        return timeout < 0 ? ReadinessWait.FOREVER : timeout * MILLISECOND;
    }

    private long create(int flags) {
        if ((flags & ~OpenFlags.O_CLOEXEC) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return descriptors.add(FileKind.EPOLL, new Epoll(), flags);
    }

    private static Epoll epoll(OpenFile file) {
        if (file.kind() != FileKind.EPOLL) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return (Epoll) file.anonymous();
    }

    // -- epoll_ctl ----------------------------------------------------------------------------------------------------

    private long control(int descriptor, int operation, int target, long address) {
        Structure event =
                Structure.of(operation == EPOLL_CTL_DEL ? new byte[EVENT_SIZE] : memory.read(address, EVENT_SIZE));
        OpenFile instance = descriptors.get(descriptor);
        OpenFile file = descriptors.get(target);
        if (!canBeWatched(file)) {
            throw new SystemCallError(Errno.EPERM);
        }
        if (instance == file) {
            throw new SystemCallError(Errno.EINVAL);
        }
        Epoll epoll = epoll(instance);
        EpollItem item = epoll.find(target, file);
        int events = event.getInt(0);
        switch (operation) {
            case EPOLL_CTL_ADD -> add(epoll, item, file, new EpollItem(target, file, events, event.getLong(4)));
            case EPOLL_CTL_DEL -> epoll.remove(present(item));
            case EPOLL_CTL_MOD -> change(present(item), events, event.getLong(4));
            default -> throw new SystemCallError(Errno.EINVAL);
        }
        return 0;
    }

    /** What has no poll operation in Linux is always ready, and not watched. */
    private static boolean canBeWatched(OpenFile file) {
        return switch (file.kind()) {
            case FILE, DIRECTORY -> false;
            case DEVICE -> CharacterDevice.at(file.path()) == CharacterDevice.RANDOM;
            default -> true;
        };
    }

    private void add(Epoll epoll, @Nullable EpollItem known, OpenFile file, EpollItem item) {
        if (file.kind() == FileKind.EPOLL) {
            requireFlat(epoll, (Epoll) file.anonymous());
        }
        if (known != null) {
            throw new SystemCallError(Errno.EEXIST);
        }
        int most = epolls().stream().mapToInt(Epoll::size).sum();
        if (most >= Epoll.MOST_OF_ALL) {
            throw new SystemCallError(Errno.ENOSPC);
        }
        epoll.add(item);
    }

    private List<Epoll> epolls() {
        List<Epoll> epolls = new ArrayList<>();
        for (OpenFile file : descriptors.system().anonymous()) {
            if (file.anonymous() instanceof Epoll epoll) {
                epolls.add(epoll);
            }
        }
        return epolls;
    }

    /** An instance that is watched by another watches no third one. */
    private void requireFlat(Epoll epoll, Epoll watched) {
        boolean isWatched = epolls().stream().anyMatch(other -> other.watches(epoll));
        if (watched.watchesEpolls() || isWatched) {
            throw new SystemCallError(Errno.ELOOP);
        }
    }

    private static EpollItem present(@Nullable EpollItem item) {
        if (item == null) {
            throw new SystemCallError(Errno.ENOENT);
        }
        return item;
    }

    private static void change(EpollItem item, int events, long data) {
        if (item.isExclusive() || (events & EpollItem.EPOLLEXCLUSIVE) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        item.change(events, data);
    }

    // -- epoll_wait ---------------------------------------------------------------------------------------------------

    private long await(int descriptor, long address, int most, long timeout) throws IOException {
        OpenFile file = descriptors.get(descriptor);
        if (most <= 0 || most > MOST_EVENTS) {
            throw new SystemCallError(Errno.EINVAL);
        }
        Epoll epoll = epoll(file);
        Readiness around = scheduler.current().readiness(environment);
        ReadinessWait.End end = waiting.await(new AnyReady(epoll, around), timeout);
        boolean inputEnded = end == ReadinessWait.End.END_OF_INPUT;
        List<Epoll.Event> events = epoll.take(most, inputEnded, around);
        Structure out = new Structure(events.size() * EVENT_SIZE);
        for (int i = 0; i < events.size(); i++) {
            out.putInt(i * EVENT_SIZE, events.get(i).events())
                    .putLong(i * EVENT_SIZE + 4, events.get(i).data());
        }
        memory.write(address, out.bytes());
        return events.size();
    }

    private record AnyReady(Epoll epoll, Readiness around) implements ReadinessWait.Question {
        @Override
        public boolean isAnswered() {
            return epoll.isAnyReady(around);
        }

        @Override
        public boolean asksForInput() {
            return epoll.asksForInput();
        }

        @Override
        public long nextEvent() {
            return epoll.nextEvent();
        }
    }
}
