package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.linux.file.OpenFlags.O_CLOEXEC;
import static io.scratchvm.vmm.linux.file.OpenFlags.O_NONBLOCK;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.Timespec;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.EventFile;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.SignalFile;
import io.scratchvm.vmm.linux.file.TimerFile;
import io.scratchvm.vmm.linux.signal.Signals;

/** Calls that make files of events, timers and signals: eventfd(2), timerfd_create(2) and its relatives, signalfd(2). */
final class AnonymousFileCalls implements SystemCallFamily {
    private static final int EFD_SEMAPHORE = 1;
    private static final int TFD_TIMER_ABSTIME = 1, TFD_TIMER_CANCEL_ON_SET = 2;
    private static final int CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1, CLOCK_BOOTTIME = 7;
    private static final int CLOCK_REALTIME_ALARM = 8, CLOCK_BOOTTIME_ALARM = 9;
    private static final int SIGSET_SIZE = 8, ITIMERSPEC_SIZE = 32;

    private final UserMemory memory;
    private final Scheduler scheduler;
    private final Descriptors descriptors;

    AnonymousFileCalls(ProcessEnvironment environment, Descriptors descriptors) {
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
        this.descriptors = descriptors;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 282 -> signals((int) a0, a1, a2, 0);
            case 283 -> timer((int) a0, (int) a1);
            case 284 -> event((int) a0, 0);
            case 286 -> setTimer((int) a0, (int) a1, a2, a3);
            case 287 -> getTimer((int) a0, a1);
            case 289 -> signals((int) a0, a1, a2, (int) a3);
            case 290 -> event((int) a0, (int) a1);
            default -> NOT_MINE;
        };
    }

    private static void checkFlags(int flags, int known) {
        if ((flags & ~known) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
    }

    // -- events and signals -------------------------------------------------------------------------------------------

    private long event(int count, int flags) {
        checkFlags(flags, O_CLOEXEC | O_NONBLOCK | EFD_SEMAPHORE);
        EventFile event = new EventFile(Integer.toUnsignedLong(count), (flags & EFD_SEMAPHORE) != 0);
        return descriptors.add(FileKind.EVENT, event, flags & ~EFD_SEMAPHORE);
    }

    private long signals(int descriptor, long address, long size, int flags) {
        if (size != SIGSET_SIZE) {
            throw new SystemCallError(Errno.EINVAL);
        }
        long mask = memory.readLong(address) & ~Signals.UNBLOCKABLE;
        checkFlags(flags, O_CLOEXEC | O_NONBLOCK);
        if (descriptor == -1) {
            return descriptors.add(FileKind.SIGNALS, new SignalFile(mask), flags);
        }
        if (!(descriptors.get(descriptor).anonymous() instanceof SignalFile known)) {
            throw new SystemCallError(Errno.EINVAL);
        }
        known.setMask(mask);
        return descriptor;
    }

    // -- timers -------------------------------------------------------------------------------------------------------

    private long timer(int clock, int flags) {
        checkFlags(flags, O_CLOEXEC | O_NONBLOCK);
        return switch (clock) {
            case CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME ->
                descriptors.add(FileKind.TIMER, new TimerFile(clock), flags);
            case CLOCK_REALTIME_ALARM, CLOCK_BOOTTIME_ALARM -> -Errno.EPERM;
            default -> -Errno.EINVAL;
        };
    }

    private TimerFile timer(int descriptor) {
        if (descriptors.get(descriptor).anonymous() instanceof TimerFile timer) {
            return timer;
        }
        throw new SystemCallError(Errno.EINVAL);
    }

    private long setTimer(int descriptor, int flags, long in, long out) {
        Structure wanted = Structure.of(memory.read(in, ITIMERSPEC_SIZE));
        checkFlags(flags, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET);
        long interval = Timespec.get(wanted, 0);
        long value = Timespec.get(wanted, 16);
        TimerFile timer = timer(descriptor);
        byte[] old = value(timer);
        timer.set(value == 0 ? 0 : expiry(timer, value, (flags & TFD_TIMER_ABSTIME) != 0), interval);
        if (out != 0) {
            memory.write(out, old);
        }
        return 0;
    }

    private long expiry(TimerFile timer, long value, boolean absolute) {
        long offset = timer.clock() == CLOCK_REALTIME ? scheduler.realTimeOffset() : 0;
        return absolute ? Math.max(1, value - offset) : scheduler.after(value);
    }

    private long getTimer(int descriptor, long out) {
        memory.write(out, value(timer(descriptor)));
        return 0;
    }

    /** struct itimerspec. */
    private byte[] value(TimerFile timer) {
        Structure value = Timespec.put(new Structure(ITIMERSPEC_SIZE), 0, timer.interval());
        return Timespec.put(value, 16, timer.left(scheduler.now())).bytes();
    }
}
