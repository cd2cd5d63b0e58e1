package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.AnonymousFile;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.file.Readiness;

/** What reading and writing calls do on files of events, timers and signals. */
final class AnonymousTransfers {
    /** More than any of them gives at once. */
    private static final int LARGEST = 1 << 16;

    private final ProcessEnvironment environment;
    private final UserMemory memory;
    private final Scheduler scheduler;

    AnonymousTransfers(ProcessEnvironment environment) {
        this.environment = environment;
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
    }

    /** Reads what there is, after a wait if there is nothing. */
    long read(OpenFile file, long address, long count) {
        AnonymousFile special = file.anonymous();
        Readiness around = scheduler.current().readiness(environment);
        byte[] bytes = special.read(around, (int) Math.min(count, LARGEST));
        if (bytes == null) {
            waitFor(
                    file,
                    Wait.forCondition(() -> (special.readiness(around) & Readiness.POLLIN) != 0)
                            .orUntil(special.nextEvent()));
        }
        memory.write(address, bytes);
        return bytes.length;
    }

    /** Writes a number, after a wait if there is no room for it. */
    long write(OpenFile file, long address, long count) {
        if (count < 8) {
            throw new SystemCallError(Errno.EINVAL);
        }
        AnonymousFile special = file.anonymous();
        long value = memory.readLong(address);
        if (!special.write(value)) {
            long departures = special.departures();
            waitFor(file, Wait.forCondition(() -> special.departures() != departures));
        }
        return 8;
    }

    private static void waitFor(OpenFile file, Wait wait) {
        if (file.isNonBlocking()) {
            throw new SystemCallError(Errno.EAGAIN);
        }
        throw new Blocked(wait);
    }
}
