package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.linux.file.Readiness.POLLERR;
import static io.scratchvm.vmm.linux.file.Readiness.POLLHUP;
import static io.scratchvm.vmm.linux.file.Readiness.POLLNVAL;
import static io.scratchvm.vmm.linux.file.Readiness.POLLPRI;
import static io.scratchvm.vmm.linux.file.Readiness.TO_READ;
import static io.scratchvm.vmm.linux.file.Readiness.TO_WRITE;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.Readiness;
import java.io.IOException;

/**
 * Calls that wait for any of several files: poll(2), select(2). Files, devices and the standard output streams are always
 * ready. Standard input is waited for as a read would, which takes no virtual time, so that it comes before a time-out; by
 * the host's clock the two run against each other.
 */
final class PollCalls implements SystemCallFamily {
    private static final int ALWAYS_TOLD = POLLERR | POLLHUP | POLLNVAL;
    private static final int POLLFD = 8;
    private static final long SECOND = 1_000_000_000L, MILLISECOND = 1_000_000, MICROSECOND = 1000;
    private static final long FOREVER = ReadinessWait.FOREVER;

    private final ProcessEnvironment environment;
    private final UserMemory memory;
    private final Scheduler scheduler;
    private final Descriptors descriptors;
    private final ReadinessWait waiting;

    PollCalls(ProcessEnvironment environment, Descriptors descriptors) {
        this.environment = environment;
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
        this.descriptors = descriptors;
        this.waiting = new ReadinessWait(environment);
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
                waiting.suspendSignals(a3, a4);
                yield timedPoll(a0, a1, a2);
            }
            default -> NOT_MINE;
        };
    }

    // -- signals -----------------------------------------------------------------------------------------------------

    /** Of pselect6(2), whose last argument is the address of a mask's address and size. */
    private void suspendSignals(long argument) {
        if (argument != 0) {
            waiting.suspendSignals(memory.readLong(argument), memory.readLong(argument + 8));
        }
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
            long rest = Math.max(0, waiting.deadline(timeout) - scheduler.now());
            Structure time = new Structure(16).putLong(0, rest / SECOND).putLong(8, rest % SECOND / unit);
            memory.writeSome(address, time.bytes(), 0, 16);
        }
    }

    // -- waiting -----------------------------------------------------------------------------------------------------

    /** What each is ready for: nothing for all of them only when the time is over. */
    private int[] await(Interest[] interests, long timeout) throws IOException {
        Readiness around = scheduler.current().readiness(environment);
        ReadinessWait.End end = waiting.await(new AnyReady(interests, around), timeout);
        int[] ready = ready(interests, around);
        if (end == ReadinessWait.End.END_OF_INPUT) {
            for (int i = 0; i < ready.length; i++) {
                ready[i] |= isInput(interests[i]) ? POLLHUP & interests[i].events : 0;
            }
        }
        return ready;
    }

    private final class AnyReady implements ReadinessWait.Question {
        private final Interest[] interests;
        private final Readiness around;

        AnyReady(Interest[] interests, Readiness around) {
            this.interests = interests;
            this.around = around;
        }

        @Override
        public boolean isAnswered() {
            return isAny(ready(interests, around));
        }

        @Override
        public boolean asksForInput() {
            return waitsForInput(interests);
        }

        @Override
        public long nextEvent() {
            long next = Wait.FOREVER;
            for (Interest interest : interests) {
                if (descriptors.isOpen(interest.descriptor)) {
                    next = Math.min(next, Readiness.nextEvent(descriptors.get(interest.descriptor)));
                }
            }
            return next;
        }
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

    private int[] ready(Interest[] interests, Readiness around) {
        int[] ready = new int[interests.length];
        for (int i = 0; i < ready.length; i++) {
            int descriptor = interests[i].descriptor;
            ready[i] = descriptor < 0 ? 0 : readiness(descriptor, around) & interests[i].events;
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

    private int readiness(int descriptor, Readiness around) {
        return descriptors.isOpen(descriptor) ? around.of(descriptors.get(descriptor)) : POLLNVAL;
    }
}
