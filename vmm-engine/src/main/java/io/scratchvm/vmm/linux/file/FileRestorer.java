package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.FilesPolicy;
import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.host.InvalidNameException;
import io.scratchvm.vmm.host.PathResolver;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.abi.ShownText;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Opens the files that an image names. The image is not trusted: its paths resolve under the guest's root like any of
 * the guest's own, and what they lead to is compared with what was saved.
 */
final class FileRestorer {
    private static final int NEW_DIRECTORY = 0755;

    private final Host host;
    private final FilesPolicy policy;
    private final BooleanSupplier stop;
    private final PathResolver resolver;
    private final List<Reopened> reopened = new ArrayList<>();

    /** A file of the image: as it was, and as it is now; {@code now} is null until a missing file is made again. */
    private static final class Reopened {
        final OpenFileState saved;

        @Nullable
        GuestPath path;

        @Nullable
        HostFile now;
        /** Whether the host lets it be read only. */
        boolean fixed;
        /** What to do with it once all files are found right. */
        Change change = Change.NONE;

        Reopened(OpenFileState saved) {
            this.saved = saved;
        }
    }

    private enum Change {
        NONE,
        CUT,
        REWRITE,
        CREATE,
        CREATE_UNNAMED
    }

    FileRestorer(Host host, FilesPolicy policy, BooleanSupplier stop) {
        this.host = host;
        this.policy = policy;
        this.stop = stop;
        this.resolver = new PathResolver(host);
    }

    Map<Integer, Descriptors> restore(int first, FilesState state, OtherDescriptors others) throws IOException {
        new FilesStateRules(first).check(state, others);
        try {
            for (OpenFileState saved : state.files()) {
                Reopened file = new Reopened(saved);
                reopened.add(file);
                find(file);
            }
            for (Reopened file : reopened) {
                change(file);
            }
            return tables(first, state, others);
        } catch (IOException | RuntimeException e) {
            closeAll();
            throw e;
        }
    }

    // -- finding: nothing is changed ---------------------------------------------------------------------------------

    private void find(Reopened file) throws IOException {
        switch (file.saved.kind()) {
            case STANDARD_INPUT, STANDARD_OUTPUT, STANDARD_ERROR, PIPE, EVENT, TIMER, SIGNALS, EPOLL, SOCKET -> {}
            case DIRECTORY -> findDirectory(file);
            case DEVICE -> file.path = place(file);
            case FILE -> {
                if (file.saved.deleted()) {
                    file.path = place(file);
                    file.change = Change.CREATE_UNNAMED;
                } else {
                    findFile(file);
                }
            }
        }
    }

    private GuestPath place(Reopened file) {
        try {
            return GuestPath.parse(file.saved.path());
        } catch (InvalidNameException e) {
            throw new VmmException(
                    "the image names an open file " + file.saved.shownPath()
                            + ", which is not a path under the guest's root; the image is not to be trusted",
                    e);
        }
    }

    private void findDirectory(Reopened file) throws IOException {
        PathResolver.Target target = target(file);
        if (target == null || !target.exists()) {
            throw wrong(file, "is gone", "make it again, or name another root with --root");
        }
        if (!target.status().isDirectory()) {
            throw wrong(file, "is no directory any more", "put the directory back");
        }
        file.path = target.path();
    }

    private void findFile(Reopened file) throws IOException {
        PathResolver.Target target = target(file);
        if (target == null || !target.exists()) {
            missing(file);
            return;
        }
        if (!target.status().isRegular()) {
            throw wrong(file, "is no regular file any more", "put the file back");
        }
        file.path = target.path();
        open(file);
        compare(file);
    }

    /** Where the saved path leads; null if a directory on the way does not exist. */
    private @Nullable PathResolver.Target target(Reopened file) throws IOException {
        GuestPath saved = place(file);
        try {
            return resolver.follow(GuestPath.ROOT, saved.toString());
        } catch (NoSuchFileException e) {
            return null;
        } catch (FileSystemException e) {
            throw wrong(file, "cannot be reached: " + e.getClass().getSimpleName(), "make its path lead to it again");
        }
    }

    private void missing(Reopened file) {
        if (policy != FilesPolicy.EMBED || file.saved.content() == null) {
            throw wrong(
                    file,
                    "is gone",
                    "put it back, name another root with --root, or save and restore with --files embed");
        }
        file.change = Change.CREATE;
    }

    /** A file that may have to be changed is opened so that it can be, where the host allows that. */
    private void open(Reopened file) throws IOException {
        boolean mayChange = policy == FilesPolicy.TRUNCATE || policy == FilesPolicy.EMBED;
        Host.Access access = file.saved.access();
        try {
            file.now = mayChange && access == Host.Access.READ ? openToChange(file) : host.open(file.path, access);
        } catch (AccessDeniedException e) {
            throw wrong(file, "may not be opened as it was", "allow that on the host");
        }
    }

    private HostFile openToChange(Reopened file) throws IOException {
        try {
            return host.open(file.path, Host.Access.READ_WRITE);
        } catch (AccessDeniedException e) {
            file.fixed = true;
            return host.open(file.path, Host.Access.READ);
        }
    }

    private void compare(Reopened file) throws IOException {
        if (policy == FilesPolicy.ACCEPT) {
            return;
        }
        long size = file.now.size();
        String difference = difference(file, size);
        if (policy == FilesPolicy.EMBED) {
            rewriteIf(file, difference != null || size > file.saved.size());
        } else if (difference != null) {
            throw wrong(file, difference, "put the saved file back, or take it as it is with --files accept");
        } else if (policy == FilesPolicy.TRUNCATE && size > file.saved.size()) {
            changeLater(file, Change.CUT);
        }
    }

    private void changeLater(Reopened file, Change change) {
        if (file.fixed) {
            throw wrong(file, "is not as it was saved and may not be written", "allow that on the host");
        }
        file.change = change;
    }

    private @Nullable String difference(Reopened file, long size) throws IOException {
        OpenFileState saved = file.saved;
        if (size < saved.size()) {
            return "is shorter: " + size + " bytes, but " + saved.size() + " when it was saved";
        }
        boolean same = Arrays.equals(digest(file), saved.digest());
        return same ? null : "has other contents: its first " + saved.size() + " bytes are not those that were saved";
    }

    private byte[] digest(Reopened file) throws IOException {
        try {
            return FileDigest.of(file.now, file.saved.size(), stop);
        } catch (InterruptedIOException e) {
            throw new IOException(
                    "the restore was stopped while it read the guest's open file " + ShownText.of(file.saved.path())
                            + ", " + file.saved.size()
                            + " bytes; allow more time, or take the file as it is with --files accept",
                    e);
        }
    }

    private void rewriteIf(Reopened file, boolean differs) {
        if (!differs) {
            return;
        }
        if (file.saved.content() == null) {
            throw wrong(
                    file, "is not as it was saved", "the image holds no file contents: save with --files embed, too");
        }
        changeLater(file, Change.REWRITE);
    }

    private VmmException wrong(Reopened file, String what, String remedy) {
        return new VmmException("the guest's open file " + file.saved.shownPath() + " " + what + "; " + remedy);
    }

    // -- changing
    // ------------------------------------------------------------------------------------------------------

    private void change(Reopened file) throws IOException {
        switch (file.change) {
            case NONE -> {}
            case CUT -> file.now.setSize(file.saved.size());
            case REWRITE -> fill(file);
            case CREATE -> {
                create(file);
                fill(file);
            }
            case CREATE_UNNAMED -> {
                file.now = host.createUnnamed();
                fill(file);
            }
        }
    }

    private void fill(Reopened file) throws IOException {
        byte[] content = file.saved.content();
        file.now.write(0, content, 0, content.length);
        file.now.setSize(content.length);
        file.now.force();
    }

    /** Makes a missing file again, and what directories it needs. Another description may have done so already. */
    private void create(Reopened file) throws IOException {
        GuestPath here = GuestPath.ROOT;
        GuestPath saved = place(file);
        for (String name : saved.parent().names()) {
            PathResolver.Target next = resolver.follow(here, name);
            if (!next.exists()) {
                host.createDirectory(next.path(), NEW_DIRECTORY);
            }
            here = next.path();
        }
        PathResolver.Target target = resolver.follow(here, saved.name());
        file.path = target.path();
        if (target.exists()) {
            open(file);
        } else {
            file.now = host.create(target.path(), file.saved.access(), file.saved.mode());
        }
    }

    // -- the table
    // -----------------------------------------------------------------------------------------------------

    private Map<Integer, Descriptors> tables(int first, FilesState state, OtherDescriptors others) {
        Map<Integer, OpenFile> files = new LinkedHashMap<>();
        for (Reopened file : reopened) {
            files.put(file.saved.id(), description(file));
        }
        Descriptors initial = Descriptors.empty(first);
        files.values().forEach(initial.system()::add);
        fill(initial, state.descriptors(), files);
        Map<Integer, Descriptors> tables = new LinkedHashMap<>();
        tables.put(Identity.PROCESS, initial);
        others.pipes().forEach(pipe -> join(pipe, files));
        others.tables().forEach((process, descriptors) -> {
            Descriptors table = initial.beside();
            fill(table, descriptors, files);
            tables.put(process, table);
        });
        if (state.special() != null) {
            SpecialFiles.restore(state.special(), files, tables);
        }
        return tables;
    }

    private static void fill(
            Descriptors table, List<FilesState.DescriptorState> descriptors, Map<Integer, OpenFile> files) {
        for (FilesState.DescriptorState descriptor : descriptors) {
            table.put(descriptor.number(), files.get(descriptor.file()), descriptor.closeOnExec());
        }
    }

    private static void join(PipeState state, Map<Integer, OpenFile> files) {
        Pipe pipe = new Pipe(state);
        if (state.readEnd() >= 0) {
            files.get(state.readEnd()).readFrom(pipe);
        }
        if (state.writeEnd() >= 0) {
            files.get(state.writeEnd()).writeTo(pipe);
        }
    }

    private static OpenFile description(Reopened file) {
        OpenFileState saved = file.saved;
        OpenFile open = new OpenFile(saved.id(), saved.kind(), file.path, saved.flags(), saved.mode(), file.now);
        open.seek(saved.offset());
        if (saved.deleted()) {
            open.markDeleted();
        }
        if (saved.kind() == FileKind.SOCKET) {
            open.become(new Socket());
        }
        return open;
    }

    private void closeAll() {
        for (Reopened file : reopened) {
            try {
                if (file.now != null) {
                    file.now.close();
                }
            } catch (IOException e) {
                // The trouble that brought us here is the one to tell.
            }
        }
    }
}
