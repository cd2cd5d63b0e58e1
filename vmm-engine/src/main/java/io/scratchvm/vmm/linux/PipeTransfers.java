package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.file.Pipe;
import io.scratchvm.vmm.linux.signal.SignalInfo;
import io.scratchvm.vmm.linux.signal.Signals;

/** What reading and writing calls do on pipes (pipe(7)). */
final class PipeTransfers {
    private final UserMemory memory;
    private final Scheduler scheduler;
    private final byte[] buffer;

    /** @param buffer scratch, of a pipe's capacity at least */
    PipeTransfers(ProcessEnvironment environment, byte[] buffer) {
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
        this.buffer = buffer;
    }

    /** Reads what there is, after a wait if there is nothing. */
    long read(OpenFile file, long address, long count) {
        Pipe pipe = file.pipe();
        if (count == 0) {
            return 0;
        }
        if (!pipe.isReadable()) {
            waitFor(file, Wait.forCondition(pipe::isReadable));
        }
        int n = pipe.peek(buffer, (int) Math.min(count, Pipe.CAPACITY));
        int done = memory.writeSome(address, buffer, 0, n);
        if (done == 0 && n > 0) {
            throw new SystemCallError(Errno.EFAULT);
        }
        pipe.drop(done);
        return done;
    }

    /**
     * Writes all of a vector, after waits while the pipe is full.
     *
     * @param parts addresses and lengths in turn
     */
    long write(OpenFile file, long[] parts) {
        long total = 0;
        for (int i = 1; i < parts.length; i += 2) {
            total += parts[i];
        }
        Task task = scheduler.current();
        while (task.transferred < total) {
            int n = writeSome(file, parts, total);
            task.transferred += n;
            if (n == 0) {
                break;
            }
        }
        return task.transferred;
    }

    /** Writes the next bytes of a vector; 0 where the call ends early, with those that it has written before. */
    private int writeSome(OpenFile file, long[] parts, long total) {
        Pipe pipe = file.pipe();
        long done = scheduler.current().transferred;
        if (!pipe.hasReader()) {
            return endOfWriting(done);
        }
        int atLeast = total <= Pipe.ATOMIC ? (int) total : 1;
        if (!pipe.isWritable(atLeast)) {
            if (done > 0 && file.isNonBlocking()) {
                return 0;
            }
            waitFor(file, Wait.forCondition(() -> pipe.isWritable(atLeast)));
        }
        int n = gather(parts, done, (int) Math.min(pipe.room(), total - done));
        if (n == 0 && done == 0) {
            throw new SystemCallError(Errno.EFAULT);
        }
        pipe.put(buffer, n);
        return n;
    }

    private int endOfWriting(long done) {
        if (done > 0) {
            return 0;
        }
        signalBrokenPipe();
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
        Pipe pipe = file.pipe();
        if (!pipe.hasReader()) {
            return endOfWriting(done);
        }
        if (pipe.room() == 0 && done == 0) {
            waitFor(file, Wait.forCondition(() -> pipe.isWritable(1)));
        }
        return pipe.room();
    }

    /** Puts bytes of the buffer into a pipe that has room for them. */
    int put(OpenFile file, int count) {
        file.pipe().put(buffer, count);
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

    private static void waitFor(OpenFile file, Wait wait) {
        if (file.isNonBlocking()) {
            throw new SystemCallError(Errno.EAGAIN);
        }
        throw new Blocked(wait);
    }
}
