package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.device.Console;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.file.Pipe;
import java.io.IOException;

/**
 * Calls that wait for any of several files: poll(2), select(2). Files, devices and the standard output streams are always
 * ready. Standard input is waited for as a read would, which takes no virtual time, so that it comes before a time-out; by
 * the host's clock the two run against each other.
 */
final class PollCalls implements SystemCallFamily {
    static final int POLLIN = 1, POLLPRI = 2, POLLOUT = 4, POLLERR = 8, POLLHUP = 0x10, POLLNVAL = 0x20;
    static final int POLLRDNORM = 0x40, POLLWRNORM = 0x100;
    private static final int ALWAYS_TOLD = POLLERR | POLLHUP | POLLNVAL;
    private static final int TO_READ = POLLIN | POLLRDNORM, TO_WRITE = POLLOUT | POLLWRNORM;
    private static final int POLLFD = 8, SIGSET_SIZE = 8;
    private static final long SECOND = 1_000_000_000L, MILLISECOND = 1_000_000, MICROSECOND = 1000;
    private static final long FOREVER = -1;
    /** Bytes of standard input that are taken to find out whether there are any. */
    private static final int INPUT = 4096;
    /** How often the host is asked for input while its clock runs. */
    private static final long NAP = 10 * MILLISECOND;

    private final UserMemory memory;
    private final Console console;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Descriptors descriptors;

    PollCalls(ProcessEnvironment environment, Descriptors descriptors) {
        this.memory = environment.memory();
        this.console = environment.console();
        this.clock = environment.clock();
        this.scheduler = environment.scheduler();
        this.descriptors = descriptors;
    }

    /** What is asked of one descriptor; a negative one is nobody's. */
    private record Interest(int descriptor, int events) {}

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 7 -> poll(a0, a1, (int) a2 < 0 ? FOREVER : (int) a2 * MILLISECOND);
            case 23 -> select((int) a0, a1, a2, a3, a4, MICROSECOND);
            case 270 -> {
                suspendSignals(a5);
                yield select((int) a0, a1, a2, a3, a4, 1);
            }
            case 271 -> {
                suspendSignals(a3, a4);
                yield timedPoll(a0, a1, a2);
            }
            default -> NOT_MINE;
        };
    }

    // -- signals -----------------------------------------------------------------------------------------------------

    /** Of pselect6(2), whose last argument is the address of a mask's address and size. */
    private void suspendSignals(long argument) {
        if (argument != 0) {
            suspendSignals(memory.readLong(argument), memory.readLong(argument + 8));
        }
    }

    /** Blocks other signals while the call is under way, if there is a mask. */
    private void suspendSignals(long mask, long size) {
        if (mask == 0) {
            return;
        }
        if (size != SIGSET_SIZE) {
            throw new SystemCallError(Errno.EINVAL);
        }
        scheduler.current().signals.suspend(memory.readLong(mask));
    }

    // -- poll --------------------------------------------------------------------------------------------------------

    private long timedPoll(long address, long count, long timeout) throws IOException {
        long nanos = timeout == 0 ? FOREVER : duration(timeout, 1);
        long ready = poll(address, count, nanos);
        tellRest(timeout, nanos, 1);
        return ready;
    }

    private long poll(long address, long size, long timeout) throws IOException {
        if (Integer.toUnsignedLong((int) size) > Descriptors.LIMIT) {
            throw new SystemCallError(Errno.EINVAL);
        }
        Structure table = Structure.of(memory.read(address, (int) size * POLLFD));
        Interest[] interests = new Interest[(int) size];
        for (int i = 0; i < interests.length; i++) {
            int events = table.getInt(i * POLLFD + 4) & 0xffff;
            interests[i] = new Interest(table.getInt(i * POLLFD), events | ALWAYS_TOLD);
        }
        int[] ready = await(interests, timeout);
        int count = 0;
        for (int i = 0; i < ready.length; i++) {
            table.putShort(i * POLLFD + 6, ready[i]);
            count += ready[i] == 0 ? 0 : 1;
        }
        memory.write(address, table.bytes());
        return count;
    }

    // -- select ------------------------------------------------------------------------------------------------------

    private static final int SET_READ = TO_READ | POLLHUP | POLLERR,
            SET_WRITE = TO_WRITE | POLLERR,
            SET_ERROR = POLLPRI;

    /** @param unit nanoseconds that the second number of the time-out counts */
    private long select(int count, long reads, long writes, long errors, long timeout, long unit) throws IOException {
        if (count < 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        long nanos = timeout == 0 ? FOREVER : duration(timeout, unit);
        int bits = Math.min(count, Descriptors.LIMIT);
        long[][] sets = {set(reads, bits), set(writes, bits), set(errors, bits)};
        int[] events = {SET_READ, SET_WRITE, SET_ERROR};
        Interest[] interests = new Interest[bits];
        for (int i = 0; i < bits; i++) {
            interests[i] = selected(i, sets, events);
        }
        int[] ready = await(interests, nanos);
        int inSets = 0;
        for (int i = 0; i < sets.length; i++) {
            inSets += keepReady(sets[i], ready, events[i]);
        }
        tellRest(timeout, nanos, unit);
        putSet(reads, sets[0]);
        putSet(writes, sets[1]);
        putSet(errors, sets[2]);
        return inSets;
    }

    private Interest selected(int descriptor, long[][] sets, int[] events) {
        int wanted = 0;
        for (int i = 0; i < sets.length; i++) {
            wanted |= isIn(sets[i], descriptor) ? events[i] : 0;
        }
        if (wanted != 0) {
            descriptors.get(descriptor);
        }
        return new Interest(wanted == 0 ? -1 : descriptor, wanted);
    }

    /** Leaves in the set what is ready, and says how many those are. */
    private static int keepReady(long[] set, int[] ready, int events) {
        int kept = 0;
        for (int i = 0; i < ready.length; i++) {
            if (!isIn(set, i)) {
                continue;
            }
            if ((ready[i] & events) != 0) {
                kept++;
            } else {
                set[i >> 6] &= ~(1L << i);
            }
        }
        return kept;
    }

    private static boolean isIn(long[] set, int descriptor) {
        return descriptor >> 6 < set.length && (set[descriptor >> 6] >> descriptor & 1) != 0;
    }

    private long[] set(long address, int bits) {
        long[] set = new long[address == 0 ? 0 : bits + 63 >> 6];
        for (int i = 0; i < set.length; i++) {
            set[i] = memory.readLong(address + i * 8L);
        }
        return set;
    }

    private void putSet(long address, long[] set) {
        for (int i = 0; i < set.length; i++) {
            memory.writeLong(address + i * 8L, set[i]);
        }
    }

    // -- time-outs ---------------------------------------------------------------------------------------------------

    private long duration(long address, long unit) {
        Structure time = Structure.of(memory.read(address, 16));
        long seconds = time.getLong(0);
        long parts = time.getLong(8);
        // select(2) takes more than a second's microseconds, the others no more than a second's nanoseconds.
        boolean tooMany = unit == 1 && parts >= SECOND;
        if (seconds < 0 || parts < 0 || tooMany) {
            throw new SystemCallError(Errno.EINVAL);
        }
        long whole = seconds + parts / (SECOND / unit);
        return whole > Long.MAX_VALUE / SECOND - 1 ? Long.MAX_VALUE : whole * SECOND + parts % (SECOND / unit) * unit;
    }

    /** All but poll(2) say how much of the time was not needed; Linux does not mind if they cannot. */
    private void tellRest(long address, long timeout, long unit) {
        if (address != 0) {
            long rest = Math.max(0, deadline(timeout) - scheduler.now());
            Structure time = new Structure(16).putLong(0, rest / SECOND).putLong(8, rest % SECOND / unit);
            memory.writeSome(address, time.bytes(), 0, 16);
        }
    }

    private long deadline(long timeout) {
        long now = scheduler.now();
        boolean endless = timeout == FOREVER || timeout > Clock.LATEST - now;
        return endless ? Wait.FOREVER : scheduler.current().deadline(now + timeout);
    }

    // -- waiting -----------------------------------------------------------------------------------------------------

    /** What each is ready for: nothing for all of them only when the time is over. */
    private int[] await(Interest[] interests, long timeout) throws IOException {
        int[] ready = ready(interests);
        if (isAny(ready)) {
            return ready;
        }
        boolean input = waitsForInput(interests);
        if (timeout == 0 && !(input && clock.isVirtual())) {
            return ready;
        }
        long deadline = deadline(timeout);
        if (timeout != 0 && scheduler.now() >= deadline) {
            return ready;
        }
        if (!input) {
            throw new Blocked(waitFor(interests).orUntil(deadline));
        }
        return clock.isVirtual() ? afterInput(interests, deadline) : afterPollingTheHost(interests, deadline);
    }

    private Wait waitFor(Interest[] interests) {
        return Wait.forCondition(() -> isAny(ready(interests))).with(Wait.Interruption.ENDS);
    }

    private int[] afterPollingTheHost(Interest[] interests, long deadline) {
        console.poll();
        if (console.buffered() == 0) {
            long nap = Math.min(deadline, scheduler.now() + NAP);
            throw new Blocked(waitFor(interests).orUntil(nap));
        }
        return ready(interests);
    }

    private int[] afterInput(Interest[] interests, long deadline) throws IOException {
        scheduler.awaitInput(console, waitFor(interests).orUntil(deadline).orForInput(INPUT));
        int[] ready = ready(interests);
        for (int i = 0; i < ready.length; i++) {
            if (isInput(interests[i]) && console.buffered() == 0) {
                ready[i] = POLLHUP & interests[i].events;
            }
        }
        return ready;
    }

    private boolean waitsForInput(Interest[] interests) {
        for (Interest interest : interests) {
            if (isInput(interest)) {
                return true;
            }
        }
        return false;
    }

    private boolean isInput(Interest interest) {
        return descriptors.isOpen(interest.descriptor)
                && descriptors.get(interest.descriptor).kind() == FileKind.STANDARD_INPUT
                && (interest.events & TO_READ) != 0;
    }

    private int[] ready(Interest[] interests) {
        int[] ready = new int[interests.length];
        for (int i = 0; i < ready.length; i++) {
            int descriptor = interests[i].descriptor;
            ready[i] = descriptor < 0 ? 0 : readiness(descriptor) & interests[i].events;
        }
        return ready;
    }

    private static boolean isAny(int[] ready) {
        for (int events : ready) {
            if (events != 0) {
                return true;
            }
        }
        return false;
    }

    private static int pipeReadiness(OpenFile end) {
        Pipe pipe = end.pipe();
        if (end.isReadable()) {
            return (pipe.buffered() > 0 ? TO_READ : 0) | (pipe.hasWriter() ? 0 : POLLHUP);
        }
        return (pipe.isWritable(Pipe.ATOMIC) ? TO_WRITE : 0) | (pipe.hasReader() ? 0 : POLLERR);
    }

    private int readiness(int descriptor) {
        if (!descriptors.isOpen(descriptor)) {
            return POLLNVAL;
        }
        return switch (descriptors.get(descriptor).kind()) {
            case STANDARD_INPUT -> console.buffered() > 0 ? TO_READ : 0;
            case STANDARD_OUTPUT, STANDARD_ERROR -> TO_WRITE;
            case PIPE -> pipeReadiness(descriptors.get(descriptor));
            case FILE, DIRECTORY, DEVICE -> TO_READ | TO_WRITE;
        };
    }
}
