package io.scratchvm.vmm.linux.fs;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.file.Descriptors;

/** Calls about sockets, as a Linux without any answers them: no family is there, and no descriptor is a socket. */
final class SocketCalls implements SystemCallFamily {
    private final Descriptors descriptors;

    SocketCalls(Descriptors descriptors) {
        this.descriptors = descriptors;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            // socket, socketpair
            case 41, 53 -> -Errno.EAFNOSUPPORT;
            // connect to listen, getsockname to getpeername, setsockopt to getsockopt, accept4, recvmmsg, sendmmsg
            case 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 54, 55, 288, 299, 307 -> noSocket((int) a0);
            default -> NOT_MINE;
        };
    }

    private long noSocket(int descriptor) {
        descriptors.get(descriptor);
        return -Errno.ENOTSOCK;
    }
}
