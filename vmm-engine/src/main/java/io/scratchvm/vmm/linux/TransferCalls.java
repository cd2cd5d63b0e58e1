package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.device.Console;
import io.scratchvm.vmm.device.OutputLimit;
import io.scratchvm.vmm.device.Random;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.NoReturn;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.CharacterDevice;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.OpenFile;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * Calls that move bytes: read, write, their vectors, and those with a position. Bytes go through one buffer of bounded
 * size, whatever the guest asks for. A bad address in the middle ends a transfer there, with a short count, and so does a
 * stop of the VM.
 */
final class TransferCalls implements SystemCallFamily {
    /** Linux's MAX_RW_COUNT: a call transfers no more. */
    private static final long MAX_COUNT = 0x7fff_f000L;

    static final int UIO_MAXIOV = 1024;
    private static final int IOVEC_SIZE = 16;
    private static final int CHUNK = Console.INPUT_CHUNK;
    /** The position of preadv2(2) and pwritev2(2) that is the description's own. */
    private static final long AT_OFFSET = -1;

    private final UserMemory memory;
    private final Console console;
    private final OutputLimit limit;
    private final BooleanSupplier stop;
    private final Random random;
    private final Descriptors descriptors;
    private final PipeTransfers pipes;
    private final AnonymousTransfers anonymous;
    private final byte[] buffer = new byte[CHUNK];
    private final Scheduler scheduler;

    TransferCalls(ProcessEnvironment environment, Descriptors descriptors) {
        this.memory = environment.memory();
        this.console = environment.console();
        this.limit = environment.limit();
        this.stop = environment.stop();
        this.scheduler = environment.scheduler();
        this.random = environment.random();
        this.descriptors = descriptors;
        this.pipes = new PipeTransfers(environment, buffer);
        this.anonymous = new AnonymousTransfers(environment);
    }

    /** Whether the call with this number reads onwards: standard input is read by no other. */
    static boolean reads(int number) {
        return number == 0 || number == 19;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 0 -> read(readable(a0), a1, a2);
            case 1 -> write(writable(a0), a1, a2);
            case 17 -> pread(readable(a0), a1, a2, a3);
            case 18 -> pwrite(writable(a0), a1, a2, a3);
            case 19 -> readv(readable(a0), a1, a2);
            case 20 -> writev(writable(a0), a1, a2);
            case 295 -> preadv(readable(a0), a1, a2, a3);
            case 296 -> pwritev(writable(a0), a1, a2, a3);
            case 327 -> readv2(a0, a1, a2, a3, (int) a5);
            case 328 -> writev2(a0, a1, a2, a3, (int) a5);
            default -> NOT_MINE;
        };
    }

    private OpenFile readable(long descriptor) {
        OpenFile file = descriptors.get((int) descriptor);
        if (!file.isReadable()) {
            throw new SystemCallError(Errno.EBADF);
        }
        return file;
    }

    private OpenFile writable(long descriptor) {
        OpenFile file = descriptors.get((int) descriptor);
        if (!file.isWritable()) {
            throw new SystemCallError(Errno.EBADF);
        }
        return file;
    }

    // -- the calls
    // -----------------------------------------------------------------------------------------------------

    private long read(OpenFile file, long address, long count) throws IOException {
        UserMemory.checkUserRange(address, count);
        if (file.kind() == FileKind.STANDARD_INPUT) {
            return count == 0 ? 0 : readInput(address, count, count);
        }
        if (file.incoming() != null) {
            return pipes.read(file, new long[] {address, count}, 0);
        }
        if (file.anonymous() != null) {
            return anonymous.read(file, address, count);
        }
        long done = readFile(file, file.offset(), address, Math.min(count, MAX_COUNT));
        file.seek(file.offset() + done);
        return done;
    }

    private long pread(OpenFile file, long address, long count, long position) throws IOException {
        checkPosition(file, position);
        UserMemory.checkUserRange(address, count);
        return readFile(file, position, address, Math.min(count, MAX_COUNT));
    }

    private long write(OpenFile file, long address, long count) throws IOException {
        UserMemory.checkUserRange(address, count);
        long most = Math.min(count, MAX_COUNT);
        return file.outgoing() != null
                ? pipes.write(file, new long[] {address, most}, 0)
                : writeOnwards(file, address, most);
    }

    private long pwrite(OpenFile file, long address, long count, long position) throws IOException {
        checkPosition(file, position);
        UserMemory.checkUserRange(address, count);
        return writeAll(
                file,
                file.isFile() && file.appends() ? file.file().size() : position,
                address,
                Math.min(count, MAX_COUNT));
    }

    private static void checkPosition(OpenFile file, long position) {
        if (position < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (!file.isFile() && !file.isDirectory() && file.kind() != FileKind.DEVICE) {
            throw new SystemCallError(Errno.ESPIPE);
        }
    }

    private long readv(OpenFile file, long vector, long count) throws IOException {
        long[] parts = parts(vector, count);
        if (file.incoming() != null) {
            return pipes.read(file, parts, 0);
        }
        long left = total(parts);
        long done = 0;
        for (int i = 0; i < parts.length; i += 2) {
            if (parts[i + 1] == 0) {
                continue;
            }
            if (done > 0 && wouldWait(file)) {
                break;
            }
            long n = readPart(file, parts[i], parts[i + 1], left, done);
            done += n;
            left -= n;
            if (n < parts[i + 1]) {
                break;
            }
        }
        return done;
    }

    private boolean wouldWait(OpenFile file) {
        return file.kind() == FileKind.STANDARD_INPUT && console.buffered() == 0;
    }

    /** One part of a vector; trouble after the first bytes only ends the call. */
    private long readPart(OpenFile file, long address, long count, long left, long done) throws IOException {
        try {
            if (file.kind() == FileKind.STANDARD_INPUT) {
                return readInput(address, count, left);
            }
            if (file.anonymous() != null) {
                return anonymous.read(file, address, count);
            }
            long n = readFile(file, file.offset(), address, count);
            file.seek(file.offset() + n);
            return n;
        } catch (SystemCallError e) {
            if (done == 0) {
                throw e;
            }
            return 0;
        }
    }

    private long writev(OpenFile file, long vector, long count) throws IOException {
        long[] parts = parts(vector, count);
        if (file.outgoing() != null) {
            return pipes.write(file, parts, 0);
        }
        long done = 0;
        for (int i = 0; i < parts.length; i += 2) {
            long n = writePart(file, parts[i], parts[i + 1], done);
            done += n;
            if (n < parts[i + 1]) {
                break;
            }
        }
        return done;
    }

    private long writePart(OpenFile file, long address, long count, long done) throws IOException {
        try {
            return count == 0 ? 0 : writeOnwards(file, address, count);
        } catch (SystemCallError e) {
            if (done == 0) {
                throw e;
            }
            return 0;
        }
    }

    // preadv(2) and pwritev(2): a positioned vector goes as one with an offset of its own does.

    private long preadv(OpenFile file, long vector, long count, long position) throws IOException {
        checkPosition(file, position);
        long offset = file.offset();
        file.seek(position);
        try {
            return readv(file, vector, count);
        } finally {
            file.seek(offset);
        }
    }

    private long pwritev(OpenFile file, long vector, long count, long position) throws IOException {
        checkPosition(file, position);
        long offset = file.offset();
        file.seek(position);
        try {
            return writev(file, vector, count);
        } finally {
            file.seek(offset);
        }
    }

    private long readv2(long descriptor, long vector, long count, long position, int flags) throws IOException {
        OpenFile file = readable(descriptor);
        checkNoFlags(flags);
        return position == AT_OFFSET ? readv(file, vector, count) : preadv(file, vector, count, position);
    }

    private long writev2(long descriptor, long vector, long count, long position, int flags) throws IOException {
        OpenFile file = writable(descriptor);
        checkNoFlags(flags);
        return position == AT_OFFSET ? writev(file, vector, count) : pwritev(file, vector, count, position);
    }

    /** The flags RWF_*, as a file system without them answers. */
    private static void checkNoFlags(int flags) {
        if (flags != 0) {
            throw new SystemCallError(Errno.EOPNOTSUPP);
        }
    }

    /** What reading and writing calls do on pipes and sockets. */
    PipeTransfers pipes() {
        return pipes;
    }

    /** The vector's parts, addresses and lengths in turn, the lengths cut to {@link #MAX_COUNT} in total. */
    long[] parts(long vector, long count) {
        if (count < 0 || count > UIO_MAXIOV) {
            throw new SystemCallError(Errno.EINVAL);
        }
        Structure bytes = Structure.of(memory.read(vector, (int) count * IOVEC_SIZE));
        long[] parts = new long[(int) count * 2];
        long left = MAX_COUNT;
        for (int i = 0; i < parts.length; i += 2) {
            parts[i] = bytes.getLong(i * 8);
            parts[i + 1] = bytes.getLong(i * 8 + 8);
            if (parts[i + 1] < 0) {
                throw new SystemCallError(Errno.EINVAL);
            }
            UserMemory.checkUserRange(parts[i], parts[i + 1]);
            parts[i + 1] = Math.min(parts[i + 1], left);
            left -= parts[i + 1];
        }
        return parts;
    }

    static long total(long[] parts) {
        long total = 0;
        for (int i = 1; i < parts.length; i += 2) {
            total += parts[i];
        }
        return total;
    }

    // -- input
    // ---------------------------------------------------------------------------------------------------------

    /**
     * Gives the guest what standard input has, after a wait if it has nothing.
     *
     * @param wanted what the whole call could take, for one question to the host
     */
    private long readInput(long address, long count, long wanted) throws IOException {
        scheduler.awaitInput(console, (int) Math.min(wanted, CHUNK));
        int n = console.peek(buffer, 0, (int) Math.min(count, CHUNK));
        int done = memory.writeSome(address, buffer, 0, n);
        if (done == 0 && n > 0) {
            throw new SystemCallError(Errno.EFAULT);
        }
        console.consume(done);
        return done;
    }

    private long readFile(OpenFile file, long position, long address, long count) throws IOException {
        if (file.isDirectory()) {
            throw new SystemCallError(Errno.EISDIR);
        }
        descriptors.system().pages().beforeRead(file);
        HostFile bytes = file.kind() == FileKind.DEVICE ? device(file) : file.file();
        long done = 0;
        while (done < count && !(done > 0 && stop.getAsBoolean())) {
            int wanted = (int) Math.min(CHUNK, count - done);
            int n = bytes.read(position + done, buffer, 0, wanted);
            int copied = memory.writeSome(address + done, buffer, 0, n);
            done += copied;
            if (copied < n && done == 0) {
                throw new SystemCallError(Errno.EFAULT);
            }
            if (copied < wanted) {
                break;
            }
        }
        return done;
    }

    // -- output
    // --------------------------------------------------------------------------------------------------------

    /** Writes at the description's offset, or at the file's end, and moves the offset on. */
    private long writeOnwards(OpenFile file, long address, long count) throws IOException {
        if (file.anonymous() != null) {
            return anonymous.write(file, address, count);
        }
        if (!file.isFile()) {
            return writeAll(file, 0, address, count);
        }
        long position = file.appends() ? file.file().size() : file.offset();
        long done = writeAll(file, position, address, count);
        if (done > 0) {
            file.seek(position + done);
        }
        return done;
    }

    private long writeAll(OpenFile file, long position, long address, long count) throws IOException {
        if (position > Long.MAX_VALUE - count) {
            throw new SystemCallError(Errno.EFBIG);
        }
        long done = 0;
        while (done < count && !(done > 0 && stop.getAsBoolean())) {
            int wanted = (int) Math.min(CHUNK, count - done);
            int n = memory.readSome(address + done, buffer, 0, wanted);
            if (n == 0 && done == 0) {
                throw new SystemCallError(Errno.EFAULT);
            }
            if (!put(file, position + done, n, done)) {
                break;
            }
            done += n;
            if (n < wanted) {
                break;
            }
        }
        return done;
    }

    /**
     * Writes {@code count} bytes of the buffer, or ends the run where the output limit is met.
     *
     * @param done bytes that the call has written before: with some, trouble ends it with a short count
     * @return whether they were written
     */
    private boolean put(OpenFile file, long position, int count, long done) throws IOException {
        int written;
        try {
            written = switch (file.kind()) {
                case FILE -> putFile(file, position, count);
                case DEVICE -> putDevice(file, count);
                case PIPE, SOCKET -> pipes.put(file, count);
                default -> putConsole(file, count);
            };
        } catch (IOException e) {
            if (done == 0) {
                throw e;
            }
            return false;
        }
        if (written < count) {
            throw new NoReturn(Outcome.OUTPUT_LIMIT);
        }
        return true;
    }

    /** A gap that a write leaves before it counts as written: not every file system stores it for nothing. */
    private int putFile(OpenFile file, long position, int count) throws IOException {
        long growth = position + count - file.file().size();
        long cost = Math.max(count, growth);
        long allowed = Math.max(0, limit.take(cost) - (cost - count));
        file.file().write(position, buffer, 0, (int) allowed);
        descriptors.system().pages().afterWrite(file, position, buffer, (int) allowed);
        return (int) allowed;
    }

    private HostFile device(OpenFile file) {
        return CharacterDevice.at(file.path()).open(random);
    }

    private int putDevice(OpenFile file, int count) throws IOException {
        device(file).write(0, buffer, 0, count);
        return count;
    }

    private int putConsole(OpenFile file, int count) throws IOException {
        boolean error = file.kind() == FileKind.STANDARD_ERROR;
        try {
            return console.write(error ? Host.Output.STANDARD_ERROR : Host.Output.STANDARD_OUTPUT, buffer, 0, count);
        } catch (IOException e) {
            if (Errno.of(e) == Errno.EPIPE) {
                pipes.signalBrokenPipe();
            }
            throw e;
        }
    }

    // -- from file to file
    // --------------------------------------------------------------------------------------------

    /** Copies from a file to a file or stream, to its end or a stop, and says how many bytes; offsets are the caller's. */
    long copy(OpenFile from, long start, OpenFile to, long target, long count) throws IOException {
        descriptors.system().pages().beforeRead(from);
        long done = 0;
        while (done < count && !(done > 0 && stop.getAsBoolean())) {
            int most = to.outgoing() != null ? pipes.roomFor(to, done) : CHUNK;
            int n = most == 0 ? 0 : from.file().read(start + done, buffer, 0, (int) Math.min(most, count - done));
            if (n == 0 || !put(to, target + done, n, done)) {
                break;
            }
            done += n;
        }
        return done;
    }
}
