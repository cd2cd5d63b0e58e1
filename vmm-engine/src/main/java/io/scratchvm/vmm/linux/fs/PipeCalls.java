package io.scratchvm.vmm.linux.fs;

import static io.scratchvm.vmm.linux.file.OpenFlags.*;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.file.OpenFiles;
import io.scratchvm.vmm.linux.file.Pipe;
import java.io.IOException;

/** Calls that make pipes: pipe(2), pipe2(2). */
final class PipeCalls implements SystemCallFamily {
    private static final int MODE = 0600;

    private final UserMemory memory;
    private final Descriptors descriptors;

    PipeCalls(UserMemory memory, Descriptors descriptors) {
        this.memory = memory;
        this.descriptors = descriptors;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 22 -> pipe(a0, 0);
            case 293 -> pipe(a0, (int) a1);
            default -> NOT_MINE;
        };
    }

    private long pipe(long address, int flags) throws IOException {
        if ((flags & ~(O_CLOEXEC | O_NONBLOCK)) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (descriptors.system().pipes() >= OpenFiles.MOST_PIPES) {
            throw new SystemCallError(Errno.ENFILE);
        }
        boolean cloexec = (flags & O_CLOEXEC) != 0;
        int status = flags & O_NONBLOCK;
        Pipe pipe = new Pipe();
        int first = descriptors.free(0);
        int second = descriptors.free(first + 1);
        descriptors.put(first, OpenFile.pipeEnd(descriptors.newId(), pipe, O_RDONLY | status, MODE), cloexec);
        descriptors.put(second, OpenFile.pipeEnd(descriptors.newId(), pipe, O_WRONLY | status, MODE), cloexec);
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
}
