package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.InvalidNameException;
import io.scratchvm.vmm.linux.file.FilesState.DescriptorState;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold of a {@link FilesState} from an image before anything is done with it. */
public final class FilesStateRules {
    private static final int SHA256_BYTES = 32;

    /** PATH_MAX: no host opens a longer one. */
    private static final int LONGEST_PATH = 4096;

    private final int first;
    private final Set<Integer> files = new HashSet<>();
    private final Set<Integer> named = new HashSet<>();
    private final Set<Integer> numbers = new HashSet<>();

    /** @param first the lowest number that opening a file gives */
    FilesStateRules(int first) {
        this.first = first;
    }

    /** @throws VmmException if no tables of descriptors can look like this */
    void check(FilesState state, OtherDescriptors others) {
        int most = Descriptors.LIMIT * (1 + others.tables().size()) + PageCache.MOST_FILES;
        require(state.files().size() <= most, "more than " + most + " open files");
        state.files().forEach(this::check);
        check(state.descriptors());
        others.tables().values().forEach(this::check);
        checkPipes(state, others.pipes());
        new SpecialFilesRules(state, others).check(state.special());
        for (OpenFileState file : state.files()) {
            // A regular file may be mapped: the address spaces are asked later.
            require(named.contains(file.id()) || file.kind() == FileKind.FILE, "an open file that no descriptor names");
        }
    }

    private void check(List<DescriptorState> table) {
        numbers.clear();
        table.forEach(this::check);
    }

    /** Each end of a pipe is an open file; one that is an end is that of one pipe, a socket of one each way. */
    private static void checkPipes(FilesState state, List<PipeState> pipes) {
        Map<Integer, OpenFileState> readEnds = new HashMap<>();
        Map<Integer, OpenFileState> writeEnds = new HashMap<>();
        for (OpenFileState file : state.files()) {
            boolean isPipe = file.kind() == FileKind.PIPE;
            if (file.kind() == FileKind.SOCKET || isPipe && OpenFlags.readable(file.flags())) {
                readEnds.put(file.id(), file);
            }
            if (file.kind() == FileKind.SOCKET || isPipe && OpenFlags.writable(file.flags())) {
                writeEnds.put(file.id(), file);
            }
        }
        for (PipeState pipe : pipes) {
            require(pipe.content().length <= Pipe.CAPACITY, "a pipe that holds too much");
            require(pipe.readEnd() >= 0 || pipe.writeEnd() >= 0, "a pipe without ends");
            checkEnd(readEnds, pipe.readEnd());
            checkEnd(writeEnds, pipe.writeEnd());
        }
        require(readEnds.isEmpty() && writeEnds.isEmpty(), "an end of no pipe");
    }

    private static void checkEnd(Map<Integer, OpenFileState> ends, int id) {
        require(id == -1 || ends.remove(id) != null, "end " + id + " of a pipe");
    }

    private void check(OpenFileState file) {
        require(files.add(file.id()), "open file " + file.id() + " twice");
        checkAlone(file);
    }

    /**
     * What must hold of one open file.
     *
     * @throws VmmException if no open file can look like this
     */
    public static void checkAlone(OpenFileState file) {
        String name = "open file " + file.id();
        require(file.path() == null || file.path().length() <= LONGEST_PATH, name + " with an endless path");
        require(file.id() >= 0 && file.id() < Integer.MAX_VALUE, name);
        require((file.flags() & OpenFlags.O_ACCMODE) <= OpenFlags.O_RDWR, name + " without an access mode");
        require(file.offset() >= 0 && file.size() >= 0, name + " with a negative offset or size");
        require((file.mode() & ~0777) == 0, name + " with mode " + file.mode());
        switch (file.kind()) {
            case STANDARD_INPUT -> require(!OpenFlags.writable(file.flags()), name + ", standard input, for writing");
            case STANDARD_OUTPUT, STANDARD_ERROR ->
                require(!OpenFlags.readable(file.flags()), name + ", standard output, for reading");
            case DIRECTORY ->
                require(
                        file.path() != null && !OpenFlags.writable(file.flags()),
                        name + ", a directory, without a path");
            case FILE -> checkRegular(file, name);
            case PIPE ->
                require(file.path() == null && !OpenFlags.readsAndWrites(file.flags()), name + ", an end of a pipe");
            case EVENT, TIMER, SIGNALS, EPOLL, SOCKET ->
                require(file.path() == null && OpenFlags.readsAndWrites(file.flags()), name + ", without a name");
            case DEVICE -> require(isDevice(file.path()), name + ", a device that there is not");
        }
    }

    private static boolean isDevice(@Nullable String path) {
        try {
            return path != null && CharacterDevice.at(GuestPath.parse(path)) != null;
        } catch (InvalidNameException e) {
            return false;
        }
    }

    private static void checkRegular(OpenFileState file, String name) {
        require(file.path() != null && !file.path().isEmpty(), name + " without a path");
        require(file.digest() != null && file.digest().length == SHA256_BYTES, name + " without a digest");
        require(file.content() != null || !file.deleted(), name + ", deleted, without its contents");
        if (file.content() != null) {
            boolean right =
                    file.content().length == file.size() && Arrays.equals(FileDigest.of(file.content()), file.digest());
            require(right, name + " with contents that are not those of its digest");
        }
    }

    private void check(DescriptorState descriptor) {
        int number = descriptor.number();
        boolean reserved = number >= Descriptors.STANDARD_STREAMS && number < first;
        require(number >= 0 && number < Descriptors.LIMIT && !reserved, "descriptor " + number);
        require(numbers.add(number), "descriptor " + number + " twice");
        require(files.contains(descriptor.file()), "descriptor " + number + " of no open file");
        named.add(descriptor.file());
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new VmmException("the image's table of open files cannot be right: " + what + "; save the VM again");
        }
    }
}
