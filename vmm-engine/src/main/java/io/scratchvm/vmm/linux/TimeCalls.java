package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.Timespec;
import io.scratchvm.vmm.linux.abi.UserMemory;

/** Calls that tell the time and let it pass. */
final class TimeCalls implements SystemCallFamily {
    private static final long SECOND = 1_000_000_000L;
    private static final int TIMER_ABSTIME = 1;

    private static final int CLOCK_REALTIME = 0,
            CLOCK_MONOTONIC = 1,
            CLOCK_PROCESS_CPUTIME_ID = 2,
            CLOCK_THREAD_CPUTIME_ID = 3,
            CLOCK_MONOTONIC_RAW = 4,
            CLOCK_REALTIME_COARSE = 5,
            CLOCK_MONOTONIC_COARSE = 6,
            CLOCK_BOOTTIME = 7;
    private static final int CPUCLOCK_WHAT = 3, NO_CPUCLOCK = 3, CPUCLOCK_OF_THREAD = 4;

    private final LinuxProcess process;
    private final Processes processes;
    private final UserMemory memory;
    private final Vcpu vcpu;
    private final Clock clock;
    private final Scheduler scheduler;

    TimeCalls(LinuxProcess process, Processes processes, ProcessEnvironment environment) {
        this.process = process;
        this.processes = processes;
        this.memory = environment.memory();
        this.vcpu = environment.vcpu();
        this.clock = environment.clock();
        this.scheduler = environment.scheduler();
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 35 -> sleep(CLOCK_MONOTONIC, 0, a0, a1);
            case 96 -> timeOfDay(a0, a1);
            case 201 -> time(a0);
            case 228 -> getTime((int) a0, a1);
            case 229 -> getResolution((int) a0, a1);
            case 230 -> sleep((int) a0, (int) a1, a2, a3);
            default -> NOT_MINE;
        };
    }

    private long now(int clockId) {
        return switch (clockId) {
            case CLOCK_REALTIME, CLOCK_REALTIME_COARSE -> clock.real(vcpu.instructions);
            case CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME ->
                clock.monotonic(vcpu.instructions);
            case CLOCK_PROCESS_CPUTIME_ID -> process.cpuTime().own();
            case CLOCK_THREAD_CPUTIME_ID -> scheduler.ran(scheduler.current());
            default -> cpuTime(clockId);
        };
    }

    /** By a clock of another process or thread (clock_getcpuclockid(3)): its number's complement, over three bits. */
    private long cpuTime(int clockId) {
        int id = ~(clockId >> 3);
        if (clockId >= 0 || id < 0 || (clockId & CPUCLOCK_WHAT) == NO_CPUCLOCK) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return (clockId & CPUCLOCK_OF_THREAD) != 0 ? timeOfThread(id) : timeOfProcess(id);
    }

    private long timeOfThread(int id) {
        Task task = id == 0 ? scheduler.current() : scheduler.find(id);
        if (task == null || task.process() != process) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return scheduler.ran(task);
    }

    private long timeOfProcess(int id) {
        LinuxProcess other = id == 0 ? process : processes.find(id);
        if (other == null) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return other.cpuTime().own();
    }

    private long getTime(int clockId, long out) {
        long now = now(clockId);
        memory.write(out, Timespec.bytes(now));
        return 0;
    }

    private long getResolution(int clockId, long out) {
        now(clockId);
        if (out != 0) {
            memory.write(out, Timespec.bytes(1));
        }
        return 0;
    }

    private long timeOfDay(long time, long zone) {
        long now = now(CLOCK_REALTIME);
        if (time != 0) {
            memory.write(
                    time,
                    new Structure(16)
                            .putLong(0, now / SECOND)
                            .putLong(8, now % SECOND / 1000)
                            .bytes());
        }
        if (zone != 0) {
            memory.write(zone, new byte[8]);
        }
        return 0;
    }

    private long time(long out) {
        long seconds = now(CLOCK_REALTIME) / SECOND;
        if (out != 0) {
            memory.writeLong(out, seconds);
        }
        return seconds;
    }

    /** @param remaining where what is left is put if a signal ends the sleep; 0 for nowhere */
    private long sleep(int clockId, int flags, long request, long remaining) {
        boolean sleepsOnIt = clockId == CLOCK_REALTIME || clockId == CLOCK_MONOTONIC || clockId == CLOCK_BOOTTIME;
        if (!sleepsOnIt) {
            throw new SystemCallError(Errno.EINVAL);
        }
        long duration = Timespec.read(memory, request);
        if ((flags & TIMER_ABSTIME) != 0) {
            duration = Math.max(0, duration - now(clockId));
        }
        long now = clock.monotonic(vcpu.instructions);
        long deadline = scheduler.current().deadline(scheduler.after(duration));
        if (now >= deadline) {
            return 0;
        }
        if (!scheduler.isInterrupted()) {
            throw new Blocked(Wait.until(deadline));
        }
        if (remaining != 0 && (flags & TIMER_ABSTIME) == 0) {
            memory.write(remaining, Timespec.bytes(deadline - now));
        }
        throw new SystemCallError(Errno.ERESTARTNOHAND);
    }
}
