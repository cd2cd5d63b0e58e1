package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.device.Console;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.UserMemory;
import java.io.IOException;

/**
 * Waits for files to be ready. Standard input is waited for as a read would, which takes no virtual time, so that it comes
 * before a time-out; by the host's clock the two run against each other.
 */
final class ReadinessWait {
    /** A time-out that never comes. */
    static final long FOREVER = -1;

    /** Bytes of standard input that are taken to find out whether there are any. */
    private static final int INPUT = 4096;
    /** How often the host is asked for input while its clock runs, in nanoseconds. */
    private static final long NAP = 10_000_000;

    private static final int SIGSET_SIZE = 8;

    private final UserMemory memory;
    private final Console console;
    private final Clock clock;
    private final Scheduler scheduler;

    ReadinessWait(ProcessEnvironment environment) {
        this.memory = environment.memory();
        this.console = environment.console();
        this.clock = environment.clock();
        this.scheduler = environment.scheduler();
    }

    /** Blocks other signals while the call under way waits, if there is a mask at {@code mask}. */
    void suspendSignals(long mask, long size) {
        if (mask == 0) {
            return;
        }
        if (size != SIGSET_SIZE) {
            throw new SystemCallError(Errno.EINVAL);
        }
        scheduler.current().signals.suspend(memory.readLong(mask));
    }

    /** What a call waits for. */
    interface Question {
        /** Whether a file is ready. */
        boolean isAnswered();

        /** Whether standard input is among the files. */
        boolean asksForInput();

        /** When time makes one of them ready; {@link Wait#FOREVER} for never. */
        long nextEvent();
    }

    /** How a wait has ended. */
    enum End {
        /** Files may be ready. */
        READY,
        /** The time is over. */
        TIME_OUT,
        /** Standard input has ended. */
        END_OF_INPUT
    }

    /**
     * Waits.
     *
     * @param timeout in nanoseconds
     * @throws Blocked if it has to be waited for
     */
    End await(Question question, long timeout) throws IOException {
        if (question.isAnswered()) {
            return End.READY;
        }
        boolean input = question.asksForInput();
        if (timeout == 0 && !(input && clock.isVirtual())) {
            return End.TIME_OUT;
        }
        long deadline = deadline(timeout);
        if (timeout != 0 && scheduler.now() >= deadline) {
            return End.TIME_OUT;
        }
        Wait wait = Wait.forCondition(question::isAnswered)
                .with(Wait.Interruption.ENDS)
                .orUntil(Math.min(deadline, question.nextEvent()));
        if (!input) {
            throw new Blocked(wait);
        }
        return clock.isVirtual() ? afterInput(wait) : afterPollingTheHost(wait);
    }

    private End afterPollingTheHost(Wait wait) {
        console.poll();
        if (console.buffered() == 0) {
            throw new Blocked(wait.orUntil(Math.min(wait.deadline(), scheduler.now() + NAP)));
        }
        return End.READY;
    }

    private End afterInput(Wait wait) throws IOException {
        scheduler.awaitInput(console, wait.orForInput(INPUT));
        return console.buffered() == 0 ? End.END_OF_INPUT : End.READY;
    }

    /** When a time-out comes that began with the call under way. */
    long deadline(long timeout) {
        long now = scheduler.now();
        boolean endless = timeout == FOREVER || timeout > Clock.LATEST - now;
        return endless ? Wait.FOREVER : scheduler.current().deadline(now + timeout);
    }
}
