package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Calls that list a directory: getdents64(2), and getdents(2), which diet libc still makes. */
final class DirectoryCalls implements SystemCallFamily {
    private static final int DT_UNKNOWN = 0, DT_FIFO = 1, DT_CHR = 2, DT_DIR = 4, DT_REG = 8, DT_LNK = 10;
    private static final int MOST = 1 << 16;

    /** How an entry lies in memory: number, offset of the next one, length, and then one of two ways. */
    private enum Layout {
        /** struct linux_dirent64: the type comes before the name. */
        NEW(19) {
            @Override
            int typeAt(int length) {
                return 18;
            }
        },

        /** struct linux_dirent: the type is the last byte. */
        OLD(18) {
            @Override
            int typeAt(int length) {
                return length - 1;
            }
        };

        private final int nameAt;

        Layout(int nameAt) {
            this.nameAt = nameAt;
        }

        abstract int typeAt(int length);

        /** The name's end and the type take a byte each, wherever they are. */
        byte[] entry(long inode, long next, int type, byte[] name) {
            int length = 18 + name.length + 2 + 7 & ~7;
            byte[] entry = new Structure(length)
                    .putLong(0, inode)
                    .putLong(8, next)
                    .putShort(16, length)
                    .bytes();
            System.arraycopy(name, 0, entry, nameAt, name.length);
            entry[typeAt(length)] = (byte) type;
            return entry;
        }
    }

    private final UserMemory memory;
    private final Descriptors descriptors;
    private final KernelFiles files;

    DirectoryCalls(UserMemory memory, Descriptors descriptors, KernelFiles files) {
        this.memory = memory;
        this.descriptors = descriptors;
        this.files = files;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 78 -> list((int) a0, a1, a2, Layout.OLD);
            case 217 -> list((int) a0, a1, a2, Layout.NEW);
            default -> NOT_MINE;
        };
    }

    private long list(int descriptor, long address, long size, Layout layout) throws IOException {
        OpenFile directory = descriptors.get(descriptor);
        if (!directory.isDirectory()) {
            throw new SystemCallError(Errno.ENOTDIR);
        }
        int room = (int) Math.min(size & 0xffff_ffffL, MOST);
        List<String> names = names(directory.path());
        long index = directory.offset();
        int filled = 0;
        while (index < names.size()) {
            byte[] entry = entry(directory.path(), names.get((int) index), index + 1, layout);
            if (filled + entry.length > room) {
                break;
            }
            memory.write(address + filled, entry);
            filled += entry.length;
            index++;
        }
        if (filled == 0 && index < names.size()) {
            throw new SystemCallError(Errno.EINVAL);
        }
        directory.seek(index);
        return filled;
    }

    private List<String> names(GuestPath directory) throws IOException {
        List<String> names = new ArrayList<>(List.of(".", ".."));
        names.addAll(files.list(directory));
        return names;
    }

    private byte[] entry(GuestPath directory, String name, long next, Layout layout) {
        long inode = 1;
        int type = DT_UNKNOWN;
        try {
            GuestPath path =
                    switch (name) {
                        case "." -> directory;
                        case ".." -> directory.parent();
                        default -> directory.resolve(name);
                    };
            inode = StatusCalls.inode(path);
            type = type(files.status(path));
        } catch (IOException e) {
            // Gone meanwhile, or a name that no guest can use: of unknown type.
        }
        return layout.entry(inode, next, type, name.getBytes(StandardCharsets.UTF_8));
    }

    private static int type(FileStatus status) {
        return switch (status.kind()) {
            case REGULAR -> DT_REG;
            case DIRECTORY -> DT_DIR;
            case LINK -> DT_LNK;
            case DEVICE -> DT_CHR;
            case OTHER -> DT_FIFO;
        };
    }
}
