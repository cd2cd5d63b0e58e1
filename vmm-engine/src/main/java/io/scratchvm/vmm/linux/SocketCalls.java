package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.linux.PipeTransfers.MSG_DONTWAIT;
import static io.scratchvm.vmm.linux.PipeTransfers.MSG_NOSIGNAL;
import static io.scratchvm.vmm.linux.PipeTransfers.MSG_PEEK;
import static io.scratchvm.vmm.linux.file.OpenFlags.O_CLOEXEC;
import static io.scratchvm.vmm.linux.file.OpenFlags.O_NONBLOCK;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.file.OpenFiles;
import io.scratchvm.vmm.linux.file.Pipe;
import io.scratchvm.vmm.linux.file.Socket;
import java.io.IOException;
import java.util.Arrays;

/**
 * Calls about sockets. There are those of socketpair(2), streams of the UNIX domain without names; no other family is
 * there, as on a Linux without a network.
 */
final class SocketCalls implements SystemCallFamily {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1, SOCK_TYPE = 0xf;
    private static final int SHUT_RD = 0, SHUT_WR = 1, SHUT_RDWR = 2;
    private static final int MSG_OOB = 1, MSG_WAITALL = 0x100;

    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2,
            SO_TYPE = 3,
            SO_ERROR = 4,
            SO_KEEPALIVE = 9,
            SO_ACCEPTCONN = 30,
            SO_PROTOCOL = 38,
            SO_DOMAIN = 39;

    /** struct msghdr, and where its fields are. */
    private static final int MSGHDR = 56,
            NAME = 0,
            NAME_LENGTH = 8,
            VECTOR = 16,
            VECTOR_COUNT = 24,
            CONTROL_LENGTH = 40,
            FLAGS = 48;

    private final UserMemory memory;
    private final Scheduler scheduler;
    private final Descriptors descriptors;
    private final TransferCalls transfers;

    SocketCalls(ProcessEnvironment environment, Descriptors descriptors, TransferCalls transfers) {
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
        this.descriptors = descriptors;
        this.transfers = transfers;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 41 -> -Errno.EAFNOSUPPORT;
            case 44 -> send(socket(a0), a1, a2, (int) a3, a4);
            case 45 -> receive(socket(a0), a1, a2, (int) a3, a4, a5);
            case 46 -> sendMessage(socket(a0), a1, (int) a2);
            case 47 -> receiveMessage(socket(a0), a1, (int) a2);
            case 48 -> shutDown(socket(a0), (int) a1);
            case 51, 52 -> name(socket(a0), a1, a2);
            case 53 -> pair((int) a0, (int) a1, (int) a2, a3);
            case 54 -> setOption(socket(a0), (int) a1, (int) a2);
            case 55 -> getOption(socket(a0), (int) a1, (int) a2, a3, a4);
            // connect; accept, listen, accept4; bind, recvmmsg, sendmmsg
            case 42 -> refused(a0, Errno.EISCONN);
            case 43, 50, 288 -> refused(a0, Errno.EINVAL);
            case 49, 299, 307 -> refused(a0, Errno.EOPNOTSUPP);
            default -> NOT_MINE;
        };
    }

    private OpenFile socket(long descriptor) {
        OpenFile file = descriptors.get((int) descriptor);
        if (file.kind() != FileKind.SOCKET) {
            throw new SystemCallError(Errno.ENOTSOCK);
        }
        return file;
    }

    private long refused(long descriptor, int errno) {
        socket(descriptor);
        return -errno;
    }

    // -- socketpair ---------------------------------------------------------------------------------------------------

    private long pair(int family, int type, int protocol, long address) throws IOException {
        int flags = type & ~SOCK_TYPE;
        if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (family != AF_UNIX) {
            throw new SystemCallError(Errno.EAFNOSUPPORT);
        }
        if (protocol != 0 && protocol != AF_UNIX) {
            throw new SystemCallError(Errno.EPROTONOSUPPORT);
        }
        if ((type & SOCK_TYPE) != SOCK_STREAM) {
            throw new SystemCallError(Errno.ESOCKTNOSUPPORT);
        }
        if (descriptors.system().pipes() >= OpenFiles.MOST_PIPES - 1) {
            throw new SystemCallError(Errno.ENFILE);
        }
        // Both or none: whether a second one is free is known before there is a first.
        descriptors.free(descriptors.free(0) + 1);
        Pipe there = new Pipe();
        Pipe back = new Pipe();
        int first = descriptors.add(FileKind.SOCKET, new Socket(back, there), flags);
        int second = descriptors.add(FileKind.SOCKET, new Socket(there, back), flags);
        try {
            memory.write(
                    address, new Structure(8).putInt(0, first).putInt(4, second).bytes());
        } catch (SystemCallError e) {
            descriptors.close(first);
            descriptors.close(second);
            throw e;
        }
        return 0;
    }

    // -- sending ------------------------------------------------------------------------------------------------------

    private long send(OpenFile file, long address, long count, int flags, long name) {
        UserMemory.checkUserRange(address, count);
        return send(file, new long[] {address, count}, flags, name);
    }

    private long send(OpenFile file, long[] parts, int flags, long name) {
        if ((flags & MSG_OOB) != 0) {
            throw new SystemCallError(Errno.EOPNOTSUPP);
        }
        if (name != 0) {
            throw new SystemCallError(Errno.EISCONN);
        }
        return transfers.pipes().write(file, parts, flags & (MSG_DONTWAIT | MSG_NOSIGNAL));
    }

    /** Descriptors and credentials (SCM_RIGHTS, SCM_CREDENTIALS) are not sent along. */
    private long sendMessage(OpenFile file, long address, int flags) {
        Structure message = Structure.of(memory.read(address, MSGHDR));
        if (message.getLong(CONTROL_LENGTH) != 0) {
            throw new SystemCallError(Errno.EOPNOTSUPP);
        }
        return send(file, parts(message), flags, message.getInt(NAME_LENGTH) == 0 ? 0 : message.getLong(NAME));
    }

    private long[] parts(Structure message) {
        long count = message.getLong(VECTOR_COUNT);
        if (count < 0 || count > TransferCalls.UIO_MAXIOV) {
            throw new SystemCallError(Errno.EMSGSIZE);
        }
        return transfers.parts(message.getLong(VECTOR), count);
    }

    // -- receiving ----------------------------------------------------------------------------------------------------

    private long receive(OpenFile file, long address, long count, int flags, long name, long nameLength) {
        UserMemory.checkUserRange(address, count);
        long received = receive(file, new long[] {address, count}, flags);
        if (name != 0) {
            memory.writeInt(nameLength, 0);
        }
        return received;
    }

    private long receive(OpenFile file, long[] parts, int flags) {
        if ((flags & MSG_OOB) != 0) {
            throw new SystemCallError(Errno.EOPNOTSUPP);
        }
        int manner = flags & (MSG_PEEK | MSG_DONTWAIT);
        boolean all = (flags & MSG_WAITALL) != 0 && manner == 0;
        return all ? receiveAll(file, parts) : transfers.pipes().read(file, parts, manner);
    }

    /** Fills the vector, after waits, unless the stream ends before. */
    private long receiveAll(OpenFile file, long[] parts) {
        Task task = scheduler.current();
        long total = TransferCalls.total(parts);
        skip(parts, task.transferred);
        while (task.transferred < total) {
            long n = transfers.pipes().read(file, parts, 0);
            if (n == 0) {
                break;
            }
            task.transferred += n;
            skip(parts, n);
        }
        return task.transferred;
    }

    /** Takes the first {@code count} bytes out of a vector. */
    private static void skip(long[] parts, long count) {
        long left = count;
        for (int i = 0; i < parts.length; i += 2) {
            long n = Math.min(left, parts[i + 1]);
            parts[i] += n;
            parts[i + 1] -= n;
            left -= n;
        }
    }

    private long receiveMessage(OpenFile file, long address, int flags) {
        Structure message = Structure.of(memory.read(address, MSGHDR));
        long received = receive(file, parts(message), flags);
        memory.writeInt(address + NAME_LENGTH, 0);
        memory.writeLong(address + CONTROL_LENGTH, 0);
        memory.writeInt(address + FLAGS, 0);
        return received;
    }

    // -- the rest -----------------------------------------------------------------------------------------------------

    private static long shutDown(OpenFile file, int how) {
        if (how < SHUT_RD || how > SHUT_RDWR) {
            throw new SystemCallError(Errno.EINVAL);
        }
        Socket socket = (Socket) file.anonymous();
        if (how != SHUT_WR) {
            socket.endReceiving();
        }
        if (how != SHUT_RD) {
            socket.endSending();
        }
        return 0;
    }

    /** getsockname(2) and getpeername(2): both have the family and no more. */
    private long name(OpenFile file, long address, long length) {
        byte[] family = new Structure(2).putShort(0, AF_UNIX).bytes();
        write(address, length, family);
        memory.writeInt(length, family.length);
        return 0;
    }

    /** These have nothing to change between sockets of one machine. */
    private static long setOption(OpenFile file, int level, int option) {
        if (level != SOL_SOCKET) {
            return -Errno.EOPNOTSUPP;
        }
        return option == SO_REUSEADDR || option == SO_KEEPALIVE ? 0 : -Errno.ENOPROTOOPT;
    }

    private long getOption(OpenFile file, int level, int option, long address, long length) {
        if (level != SOL_SOCKET) {
            return -Errno.EOPNOTSUPP;
        }
        Structure value = new Structure(4);
        switch (option) {
            case SO_TYPE -> value.putInt(0, SOCK_STREAM);
            case SO_DOMAIN -> value.putInt(0, AF_UNIX);
            case SO_ERROR -> value.putInt(0, ((Socket) file.anonymous()).takeError());
            case SO_PROTOCOL, SO_ACCEPTCONN, SO_REUSEADDR, SO_KEEPALIVE -> value.putInt(0, 0);
            default -> throw new SystemCallError(Errno.ENOPROTOOPT);
        }
        memory.writeInt(length, write(address, length, value.bytes()));
        return 0;
    }

    /** Writes as much of {@code bytes} as {@code length} has room for, and says how much. */
    private int write(long address, long length, byte[] bytes) {
        int room = Structure.of(memory.read(length, 4)).getInt(0);
        if (room < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        int n = Math.min(room, bytes.length);
        memory.write(address, Arrays.copyOf(bytes, n));
        return n;
    }
}
