package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.file.OpenFlags;
import java.io.IOException;

/** Calls that ask about or change an open description: fcntl(2) and ioctl(2). */
final class ControlCalls implements SystemCallFamily {
    private static final int F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030;

    private static final int FD_CLOEXEC = 1;

    private static final int FIONREAD = 0x541b, FIONBIO = 0x5421, FIONCLEX = 0x5450, FIOCLEX = 0x5451;

    private final UserMemory memory;
    private final Descriptors descriptors;
    private final LockCalls locks;

    ControlCalls(ProcessEnvironment environment, Descriptors descriptors, LockCalls locks) {
        this.memory = environment.memory();
        this.descriptors = descriptors;
        this.locks = locks;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 16 -> ioctl((int) a0, (int) a1, a2);
            case 72 -> fcntl((int) a0, (int) a1, a2);
            default -> NOT_MINE;
        };
    }

    // -- fcntl -------------------------------------------------------------------------------------------------------

    private long fcntl(int descriptor, int command, long argument) throws IOException {
        OpenFile file = descriptors.get(descriptor);
        switch (command) {
            case F_DUPFD, F_DUPFD_CLOEXEC -> {
                return duplicate(file, (int) argument, command == F_DUPFD_CLOEXEC);
            }
            case F_GETFD -> {
                return descriptors.closesOnExec(descriptor) ? FD_CLOEXEC : 0;
            }
            case F_SETFD -> descriptors.setCloseOnExec(descriptor, (argument & FD_CLOEXEC) != 0);
            case F_GETFL -> {
                return file.flags() | (file.path() == null ? 0 : OpenFlags.O_LARGEFILE);
            }
            case F_SETFL -> file.changeFlags((int) argument);
            default -> {
                if (!LockCalls.isCommand(command)) {
                    throw new SystemCallError(Errno.EINVAL);
                }
                return locks.control(file, command, argument);
            }
        }
        return 0;
    }

    private long duplicate(OpenFile file, int atLeast, boolean cloexec) {
        if (atLeast < 0 || atLeast >= descriptors.limit()) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return descriptors.put(descriptors.free(atLeast), file, cloexec);
    }

    // -- ioctl -------------------------------------------------------------------------------------------------------

    /** Nothing is a terminal, whatever the VMM's own streams are: guests behave the same on every host. */
    private long ioctl(int descriptor, int request, long argument) throws IOException {
        OpenFile file = descriptors.get(descriptor);
        switch (request) {
            case FIOCLEX -> descriptors.setCloseOnExec(descriptor, true);
            case FIONCLEX -> descriptors.setCloseOnExec(descriptor, false);
            case FIONBIO ->
                setNonBlocking(file, Structure.of(memory.read(argument, 4)).getInt(0) != 0);
            case FIONREAD -> memory.writeInt(argument, (int) readable(file));
            default -> throw new SystemCallError(Errno.ENOTTY);
        }
        return 0;
    }

    private static void setNonBlocking(OpenFile file, boolean nonBlocking) {
        int others = file.flags() & ~OpenFlags.O_NONBLOCK;
        file.changeFlags(nonBlocking ? others | OpenFlags.O_NONBLOCK : others);
    }

    private static long readable(OpenFile file) throws IOException {
        if (file.incoming() != null) {
            return file.incoming().buffered();
        }
        if (!file.isFile()) {
            throw new SystemCallError(Errno.ENOTTY);
        }
        return file.file().size() - file.offset();
    }
}
