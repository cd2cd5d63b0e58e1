package io.scratchvm.vmm.cli;

import io.scratchvm.vmm.Session;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C and SIGTERM: the VM is stopped between two instructions and its files are closed before the process ends with
 * the status that the signal gives it (130, 143).
 */
final class Interrupt extends Thread {
    private static final long PATIENCE_MILLISECONDS = 2000;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Session session;
    private volatile boolean interrupted;

    Interrupt() {
        super("vmm-interrupt");
    }

    /** From now on an interrupt stops this session. */
    void stops(Session session) {
        this.session = session;
        Runtime.getRuntime().addShutdownHook(this);
    }

    /** Whether the process is ending because of a signal. */
    boolean happened() {
        return interrupted;
    }

    /** The command has said all it has to say. */
    void commandEnded() {
        ended.countDown();
    }

    @Override
    public void run() {
        Session running = session;
        if (ended.getCount() == 0 || running == null) {
            return;
        }
        interrupted = true;
        running.requestStop();
        try {
            // A guest that waits for input cannot be stopped; its files are closed by the process's end then.
            ended.await(PATIENCE_MILLISECONDS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
