package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.FileTree;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.linux.file.CharacterDevice;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.linux.mm.Region;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;

/**
 * The files that a process sees: the host's, and where those leave a name free, what Linux itself provides under /dev and
 * /proc, as far as programs ask for it. The root directory's own list does not show the two.
 *
 * <p>{@code /dev/null}, {@code zero}, {@code full}, {@code random} and {@code urandom} are devices; {@code /dev/fd},
 * {@code stdin}, {@code stdout} and {@code stderr} lead to {@code /proc/self/fd}, where each open descriptor is;
 * {@code /proc/self/maps} tells the address space, {@code /proc/self/exe} leads to the program.
 */
public final class KernelFiles implements FileTree {
    /** The process that looks, as far as /proc tells of it. */
    public interface Viewer {
        Descriptors descriptors();

        /** Null where the VMM does not know it. */
        @Nullable
        AddressSpace space();

        /** Its program's path as the guest sees it. */
        String programPath() throws IOException;
    }

    private static final String DEV = "/dev", SELF = "/proc/self", OPEN = SELF + "/fd", MAPS = SELF + "/maps";

    /** The program that looks, also for execve(2), wherever it lies. */
    public static final String PROGRAM = SELF + "/exe";

    private static final List<String> LINKS = List.of("fd", "stdin", "stdout", "stderr");

    private final Host host;
    private final Viewer viewer;

    public KernelFiles(Host host, Viewer viewer) {
        this.host = host;
        this.viewer = viewer;
    }

    // -- the tree ----------------------------------------------------------------------------------------------------

    @Override
    public FileStatus status(GuestPath path) throws IOException {
        if (!isOurs(path)) {
            return host.status(path);
        }
        FileStatus.Kind kind = kind(path);
        try {
            FileStatus status = host.status(path);
            if (kind == null || status.kind() != FileStatus.Kind.OTHER) {
                return status;
            }
        } catch (NoSuchFileException e) {
            if (kind == null) {
                throw e;
            }
        }
        return new FileStatus(kind, 0, permissions(kind), 0, path);
    }

    private static boolean isOurs(GuestPath path) {
        return !path.isRoot()
                && (path.names().get(0).equals("dev") || path.names().get(0).equals("proc"));
    }

    private static int permissions(FileStatus.Kind kind) {
        return switch (kind) {
            case DIRECTORY -> 0555;
            case REGULAR -> 0444;
            case LINK -> 0777;
            case DEVICE, OTHER -> 0666;
        };
    }

    /** What Linux has at {@code path}; null for nothing. */
    private @Nullable FileStatus.Kind kind(GuestPath path) {
        switch (path.toString()) {
            case DEV, "/proc", SELF, OPEN -> {
                return FileStatus.Kind.DIRECTORY;
            }
            case MAPS -> {
                return viewer.space() == null ? null : FileStatus.Kind.REGULAR;
            }
            case PROGRAM -> {
                return viewer.space() == null ? null : FileStatus.Kind.LINK;
            }
            default -> {}
        }
        if (CharacterDevice.at(path) != null) {
            return FileStatus.Kind.DEVICE;
        }
        if (path.parent().toString().equals(DEV) && LINKS.contains(path.name())) {
            return FileStatus.Kind.LINK;
        }
        OpenFile open = open(path);
        if (open == null) {
            return null;
        }
        return open.path() == null || open.isDeleted() ? FileStatus.Kind.OTHER : FileStatus.Kind.LINK;
    }

    @Override
    public String readLink(GuestPath path) throws IOException {
        if (!isOurs(path) || isHosts(path)) {
            return host.readLink(path);
        }
        OpenFile open = open(path);
        if (open != null) {
            return open.path().toString();
        }
        if (path.toString().equals(PROGRAM)) {
            return viewer.programPath();
        }
        int stream = LINKS.indexOf(path.name()) - 1;
        return stream < 0 ? OPEN : OPEN + "/" + stream;
    }

    private boolean isHosts(GuestPath path) throws IOException {
        try {
            return host.status(path).kind() != FileStatus.Kind.OTHER;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public List<String> list(GuestPath directory) throws IOException {
        if (!isOurs(directory) || isHosts(directory)) {
            return host.list(directory);
        }
        List<String> names = new ArrayList<>();
        switch (directory.toString()) {
            case DEV -> {
                for (CharacterDevice device : CharacterDevice.values()) {
                    names.add(device.fileName());
                }
                names.addAll(LINKS);
            }
            case "/proc" -> names.add("self");
            case SELF -> names.addAll(viewer.space() == null ? List.of("fd") : List.of("exe", "fd", "maps"));
            default -> viewer.descriptors().numbers().forEach(number -> names.add(number.toString()));
        }
        return names;
    }

    // -- what is opened ----------------------------------------------------------------------------------------------

    /** The open file that {@code path} stands for, {@code /proc/self/fd/N}; null if it stands for none. */
    @Nullable
    OpenFile open(GuestPath path) {
        if (!path.parent().toString().equals(OPEN) || !path.name().matches("0|[1-9][0-9]{0,3}")) {
            return null;
        }
        int descriptor = Integer.parseInt(path.name());
        return viewer.descriptors().isOpen(descriptor) ? viewer.descriptors().get(descriptor) : null;
    }

    /** The text that a file of ours holds now; null for one of the host's. */
    @Nullable
    byte[] text(GuestPath path) throws IOException {
        if (viewer.space() == null || !path.toString().equals(MAPS) || isHosts(path)) {
            return null;
        }
        StringBuilder text = new StringBuilder();
        for (Region region : viewer.space().regions()) {
            text.append("%08x-%08x %s 00000000 00:00 0 %s\n"
                    .formatted(region.start(), region.end(), rights(region), name(region)));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String rights(Region region) {
        int protection = region.protection();
        return ((protection & Region.PROT_READ) != 0 ? "r" : "-")
                + ((protection & Region.PROT_WRITE) != 0 ? "w" : "-")
                + ((protection & Region.PROT_EXEC) != 0 ? "x" : "-")
                + "p";
    }

    private static String name(Region region) {
        return switch (region.kind()) {
            case HEAP -> "[heap]";
            case STACK -> "[stack]";
            default -> "";
        };
    }
}
