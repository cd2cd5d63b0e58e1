package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.file.Pipe;
import io.scratchvm.vmm.linux.file.Socket;
import io.scratchvm.vmm.linux.signal.SignalInfo;
import io.scratchvm.vmm.linux.signal.Signals;

/** What reading and writing calls do on pipes (pipe(7)) and on sockets (unix(7)). */
final class PipeTransfers {
    static final int MSG_PEEK = 2, MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000;

    private final UserMemory memory;
    private final Scheduler scheduler;
    private final byte[] buffer;

    /** @param buffer scratch, of a pipe's capacity at least */
    PipeTransfers(ProcessEnvironment environment, byte[] buffer) {
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
        this.buffer = buffer;
    }

    /**
     * Reads what there is, after a wait if there is nothing.
     *
     * @param parts addresses and lengths in turn
     * @param flags of recv(2): MSG_PEEK, MSG_DONTWAIT
     */
    long read(OpenFile file, long[] parts, int flags) {
        Pipe pipe = file.incoming();
        long total = total(parts);
        if (total == 0) {
            return 0;
        }
        if (!pipe.isReadable()) {
            waitFor(file, flags, Wait.forCondition(pipe::isReadable));
        }
        int n = pipe.peek(buffer, (int) Math.min(total, Pipe.CAPACITY));
        if (n == 0 && file.anonymous() instanceof Socket socket) {
            socket.throwError();
        }
        int done = scatter(parts, n);
        if (done == 0 && n > 0) {
            throw new SystemCallError(Errno.EFAULT);
        }
        if ((flags & MSG_PEEK) == 0) {
            pipe.drop(done);
        }
        return done;
    }

    /**
     * Writes all of a vector, after waits while the pipe is full.
     *
     * @param parts addresses and lengths in turn
     * @param flags of send(2): MSG_DONTWAIT, MSG_NOSIGNAL
     */
    long write(OpenFile file, long[] parts, int flags) {
        long total = total(parts);
        Task task = scheduler.current();
        while (task.transferred < total) {
            int n = writeSome(file, parts, total, flags);
            task.transferred += n;
            if (n == 0) {
                break;
            }
        }
        return task.transferred;
    }

    private static long total(long[] parts) {
        long total = 0;
        for (int i = 1; i < parts.length; i += 2) {
            total += parts[i];
        }
        return total;
    }

    /** Writes the next bytes of a vector; 0 where the call ends early, with those that it has written before. */
    private int writeSome(OpenFile file, long[] parts, long total, int flags) {
        Pipe pipe = file.outgoing();
        long done = scheduler.current().transferred;
        if (pipe.hasEnded()) {
            return endOfWriting(done, flags);
        }
        int atLeast = total <= Pipe.ATOMIC ? (int) total : 1;
        if (!pipe.isWritable(atLeast)) {
            if (done > 0 && !waits(file, flags)) {
                return 0;
            }
            waitFor(file, flags, Wait.forCondition(() -> pipe.isWritable(atLeast)));
        }
        int n = gather(parts, done, (int) Math.min(pipe.room(), total - done));
        if (n == 0 && done == 0) {
            throw new SystemCallError(Errno.EFAULT);
        }
        pipe.put(buffer, n);
        return n;
    }

    private int endOfWriting(long done, int flags) {
        if (done > 0) {
            return 0;
        }
        if ((flags & MSG_NOSIGNAL) == 0) {
            signalBrokenPipe();
        }
        throw new SystemCallError(Errno.EPIPE);
    }

    /** Nobody will read what the current task writes. */
    void signalBrokenPipe() {
        Task task = scheduler.current();
        LinuxProcess process = task.process();
        SignalInfo info = SignalInfo.byProcess(Signals.SIGPIPE, SignalInfo.SI_USER, process.id());
        process.signals().sendTo(task.signals, info);
    }

    /**
     * How many bytes can be put into a pipe, after a wait if there is no room.
     *
     * @param done bytes that the call has put there before: with some it does not wait
     */
    int roomFor(OpenFile file, long done) {
        Pipe pipe = file.outgoing();
        if (pipe.hasEnded()) {
            return endOfWriting(done, 0);
        }
        if (pipe.room() == 0 && done == 0) {
            waitFor(file, 0, Wait.forCondition(() -> pipe.isWritable(1)));
        }
        return pipe.room();
    }

    /** Puts bytes of the buffer into a pipe that has room for them. */
    int put(OpenFile file, int count) {
        file.outgoing().put(buffer, count);
        return count;
    }

    /** Copies bytes of a vector into the buffer: {@code length} from {@code from} on, or up to a bad address. */
    private int gather(long[] parts, long from, int length) {
        int done = 0;
        long skip = from;
        for (int i = 0; i < parts.length && done < length; i += 2) {
            long left = parts[i + 1] - skip;
            if (left <= 0) {
                skip -= parts[i + 1];
                continue;
            }
            int wanted = (int) Math.min(left, length - done);
            int n = memory.readSome(parts[i] + skip, buffer, done, wanted);
            done += n;
            skip = 0;
            if (n < wanted) {
                break;
            }
        }
        return done;
    }

    /** Copies the first bytes of the buffer into a vector, up to a bad address, and says how many. */
    private int scatter(long[] parts, int length) {
        int done = 0;
        for (int i = 0; i < parts.length && done < length; i += 2) {
            int wanted = (int) Math.min(parts[i + 1], length - done);
            int n = memory.writeSome(parts[i], buffer, done, wanted);
            done += n;
            if (n < wanted) {
                break;
            }
        }
        return done;
    }

    private static boolean waits(OpenFile file, int flags) {
        return !file.isNonBlocking() && (flags & MSG_DONTWAIT) == 0;
    }

    private static void waitFor(OpenFile file, int flags, Wait wait) {
        if (!waits(file, flags)) {
            throw new SystemCallError(Errno.EAGAIN);
        }
        throw new Blocked(wait);
    }
}
