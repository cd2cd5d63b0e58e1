package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Files in memory that know what of them would outlast a power failure: bytes and permissions once the file was forced,
 * names once their directory was.
 */
final class VolatileDisk implements Host {
    private static final int DIRECTORY_PERMISSIONS = 0755;

    private Directory top = new Directory();

    private abstract static class Node {
        abstract Node afterPowerFailure(Random luck);
    }

    private static final class Content extends Node {
        byte[] bytes = {};
        int permissions;
        byte[] forcedBytes = {};
        int forcedPermissions;

        /** Without luck nothing is there that was not forced; with it all, the half of it, or so many zeros. */
        @Override
        Content afterPowerFailure(Random luck) {
            Content after = new Content();
            boolean dirty = !Arrays.equals(bytes, forcedBytes);
            after.bytes = switch (luck == null || !dirty ? 0 : luck.nextInt(4)) {
                case 0 -> forcedBytes;
                case 1 -> bytes;
                case 2 -> Arrays.copyOf(bytes, bytes.length / 2);
                default -> new byte[bytes.length];
            };
            after.permissions = luck != null && luck.nextBoolean() ? permissions : forcedPermissions;
            after.force();
            return after;
        }

        void force() {
            forcedBytes = bytes.clone();
            forcedPermissions = permissions;
        }
    }

    private static final class Directory extends Node {
        final Map<String, Node> names = new TreeMap<>();
        final Map<String, Node> forcedNames = new TreeMap<>();
        /** In the order in which they came, which is that in which they reach the disk. */
        final List<Consumer<Map<String, Node>>> unforced = new ArrayList<>();

        void change(Consumer<Map<String, Node>> change) {
            change.accept(names);
            unforced.add(change);
        }

        void force() {
            unforced.forEach(change -> change.accept(forcedNames));
            unforced.clear();
        }

        @Override
        Directory afterPowerFailure(Random luck) {
            int reached = luck == null ? 0 : luck.nextInt(unforced.size() + 1);
            unforced.subList(0, reached).forEach(change -> change.accept(forcedNames));
            Directory after = new Directory();
            for (Map.Entry<String, Node> entry : forcedNames.entrySet()) {
                Node node = entry.getValue().afterPowerFailure(luck);
                after.change(names -> names.put(entry.getKey(), node));
            }
            after.force();
            return after;
        }
    }

    /** What is not on disk is lost; or, with {@code luck}, some of it. */
    void failPower(Random luck) {
        top = top.afterPowerFailure(luck);
    }

    /** All that is there is on disk. */
    void settle() {
        settle(top);
    }

    private static void settle(Directory directory) {
        directory.force();
        for (Node node : directory.names.values()) {
            if (node instanceof Directory inner) {
                settle(inner);
            } else {
                ((Content) node).force();
            }
        }
    }

    /** Path to content and permissions; of a directory, to nothing. */
    Map<String, String> tree() {
        Map<String, String> tree = new TreeMap<>();
        collect("", top, tree);
        return tree;
    }

    private static void collect(String prefix, Directory directory, Map<String, String> tree) {
        directory.names.forEach((name, node) -> {
            String path = prefix + "/" + name;
            if (node instanceof Content file) {
                tree.put(path, new String(file.bytes) + " " + Integer.toOctalString(file.permissions));
            } else {
                tree.put(path, "");
                collect(path, (Directory) node, tree);
            }
        });
    }

    /** Often thrown, and never to be read: without a stack trace. */
    private static final class NothingThere extends NoSuchFileException {
        private static final long serialVersionUID = 1;

        NothingThere(String file) {
            super(file);
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }

    // -- the host ----------------------------------------------------------------------------------------------------

    private Node find(GuestPath path) throws IOException {
        Node node = top;
        for (String name : path.names()) {
            if (!(node instanceof Directory directory)) {
                throw new NotDirectoryException(path.toString());
            }
            node = directory.names.get(name);
            if (node == null) {
                throw new NothingThere(path.toString());
            }
        }
        return node;
    }

    private Directory directory(GuestPath path) throws IOException {
        if (find(path) instanceof Directory directory) {
            return directory;
        }
        throw new NotDirectoryException(path.toString());
    }

    private <T extends Node> T add(GuestPath path, T node) throws IOException {
        Directory directory = directory(path.parent());
        if (directory.names.containsKey(path.name())) {
            throw new FileAlreadyExistsException(path.toString());
        }
        directory.change(names -> names.put(path.name(), node));
        return node;
    }

    @Override
    public FileStatus status(GuestPath path) throws IOException {
        Node node = find(path);
        return node instanceof Content file
                ? new FileStatus(FileStatus.Kind.REGULAR, file.bytes.length, file.permissions, 0, node)
                : new FileStatus(FileStatus.Kind.DIRECTORY, 0, DIRECTORY_PERMISSIONS, 0, node);
    }

    @Override
    public HostFile open(GuestPath path, Access access) throws IOException {
        return new OpenContent((Content) find(path));
    }

    @Override
    public HostFile create(GuestPath path, Access access, int permissions) throws IOException {
        Content file = add(path, new Content());
        file.permissions = permissions;
        return new OpenContent(file);
    }

    @Override
    public void createDirectory(GuestPath path, int permissions) throws IOException {
        add(path, new Directory());
    }

    @Override
    public List<String> list(GuestPath directory) throws IOException {
        return List.copyOf(directory(directory).names.keySet());
    }

    @Override
    public void delete(GuestPath path) throws IOException {
        if (find(path) instanceof Directory directory && !directory.names.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        directory(path.parent()).change(names -> names.remove(path.name()));
    }

    @Override
    public void rename(GuestPath from, GuestPath to) throws IOException {
        if (!from.parent().equals(to.parent())) {
            throw new IOException("not in one step: " + from + " to " + to);
        }
        find(from);
        directory(to.parent()).change(names -> names.put(to.name(), names.remove(from.name())));
    }

    @Override
    public void setPermissions(GuestPath path, int permissions) throws IOException {
        ((Content) find(path)).permissions = permissions;
    }

    @Override
    public void link(GuestPath existing, GuestPath link) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void symbolicLink(GuestPath link, String text) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setTimes(GuestPath path, Instant accessed, Instant modified) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void force(GuestPath directory) throws IOException {
        directory(directory).force();
    }

    private record OpenContent(Content file) implements HostFile {
        @Override
        public int read(long position, byte[] to, int offset, int length) {
            int n = (int) Math.max(0, Math.min(length, file.bytes.length - position));
            System.arraycopy(file.bytes, (int) position, to, offset, n);
            return n;
        }

        @Override
        public void write(long position, byte[] from, int offset, int length) {
            int end = (int) position + length;
            byte[] bytes = Arrays.copyOf(file.bytes, Math.max(end, file.bytes.length));
            System.arraycopy(from, offset, bytes, (int) position, length);
            file.bytes = bytes;
        }

        @Override
        public long size() {
            return file.bytes.length;
        }

        @Override
        public void setSize(long size) {
            file.bytes = Arrays.copyOf(file.bytes, (int) size);
        }

        @Override
        public void force() {
            file.force();
        }

        @Override
        public Object key() {
            return file;
        }

        @Override
        public void close() {}
    }

    // -- what no file needs ------------------------------------------------------------------------------------------

    @Override
    public String readLink(GuestPath path) {
        throw new UnsupportedOperationException();
    }

    @Override
    public HostFile createUnnamed() {
        throw new UnsupportedOperationException();
    }

    @Override
    public GuestPath placeOf(String hostPath) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int readInput(byte[] to, int offset, int length, int waitMillis) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void write(Output stream, byte[] from, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long realTime() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long monotonicTime() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void sleep(int millis) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void random(byte[] to) {
        throw new UnsupportedOperationException();
    }
}
