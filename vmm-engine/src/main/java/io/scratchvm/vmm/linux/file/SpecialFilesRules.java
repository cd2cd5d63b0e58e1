package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.file.EpollState.Watched;
import io.scratchvm.vmm.linux.file.FileLock.Style;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold of a {@link SpecialFilesState} from an image. */
final class SpecialFilesRules {
    private final Map<Integer, OpenFileState> files = new HashMap<>();

    /** Files without a name that nobody has told of yet. */
    private final Set<Integer> left = new HashSet<>();

    /** By each process's number, the files that it has open. */
    private final Map<Integer, Set<Integer>> tables = new HashMap<>();

    /** Instances of epoll that watch others, and those that are watched. */
    private final Set<Integer> outer = new HashSet<>();

    private final Set<Integer> inner = new HashSet<>();
    private int watched;

    SpecialFilesRules(FilesState state, OtherDescriptors others) {
        for (OpenFileState file : state.files()) {
            files.put(file.id(), file);
            if (isAnonymous(file.kind())) {
                left.add(file.id());
            }
        }
        addTable(Identity.PROCESS, state.descriptors());
        others.tables().forEach(this::addTable);
    }

    private void addTable(int process, List<FilesState.DescriptorState> descriptors) {
        Set<Integer> open = new HashSet<>();
        descriptors.forEach(descriptor -> open.add(descriptor.file()));
        tables.put(process, open);
    }

    static boolean isAnonymous(FileKind kind) {
        return switch (kind) {
            case EVENT, TIMER, SIGNALS, EPOLL, SOCKET -> true;
            default -> false;
        };
    }

    /** @throws VmmException if no guest can have these */
    void check(@Nullable SpecialFilesState state) {
        if (state != null) {
            state.events().forEach(event -> {
                take(event.file(), FileKind.EVENT);
                require(event.count() != -1, "an event that counts too far");
            });
            state.timers().forEach(timer -> {
                take(timer.file(), FileKind.TIMER);
                boolean right = timer.expiry() >= 0 && timer.interval() >= 0 && timer.expirations() >= 0;
                require(right, "a timer that expires before all time");
            });
            state.signals().forEach(signal -> take(signal.file(), FileKind.SIGNALS));
            state.sockets().forEach(socket -> take(socket.file(), FileKind.SOCKET));
            state.epolls().forEach(this::check);
            require(Collections.disjoint(outer, inner), "an epoll that watches one that watches another");
            require(state.locks().size() <= FileLocks.MOST, "too many locks");
            state.locks().forEach(this::check);
        }
        require(left.isEmpty(), "an open file that nothing tells of");
    }

    private void take(int file, FileKind kind) {
        OpenFileState known = files.get(file);
        require(known != null && known.kind() == kind && left.remove(file), "open file " + file + " of another kind");
    }

    private void check(EpollState epoll) {
        take(epoll.file(), FileKind.EPOLL);
        watched += epoll.items().size();
        require(epoll.items().size() <= Epoll.MOST && watched <= Epoll.MOST_OF_ALL, "too much that is watched");
        boolean isOuter = false;
        for (Watched item : epoll.items()) {
            OpenFileState file = files.get(item.watched());
            boolean right = file != null && file.id() != epoll.file() && file.kind() != FileKind.FILE;
            require(right, "a watched file that there is not");
            if (file.kind() == FileKind.EPOLL) {
                outer.add(epoll.file());
                inner.add(file.id());
            }
        }
    }

    private void check(FileLockState lock) {
        boolean ofProcess = lock.style() == Style.PROCESS;
        boolean owned = ofProcess
                ? tables.getOrDefault(lock.process(), Set.of()).contains(lock.file())
                : lock.process() == 0 && files.containsKey(lock.file());
        require(owned, "a lock of nobody");
        require(lock.first() >= 0 && lock.first() <= lock.last(), "a lock on nothing");
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new VmmException("the image's table of open files cannot be right: " + what + "; save the VM again");
        }
    }
}
