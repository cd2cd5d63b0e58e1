package io.scratchvm.vmm.migration;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * Tells the source that its VM runs here, as often as it asks, until it says that it knows: over the link on which the
 * decision came, and, if that breaks, over whatever link it makes next.
 */
final class Announcement implements Closeable {
    private final Message.Commit commit;
    private final Message.Running running;
    private final Message.Hello hello;
    private final Listener listener;
    private volatile Link link;
    private volatile boolean closed;

    /**
     * @param commit what is answered
     * @param writer this VMM's name and version
     */
    Announcement(Message.Commit commit, String writer, Listener listener) {
        this.commit = commit;
        running = new Message.Running(commit.token());
        hello = Message.Hello.of(writer);
        this.listener = listener;
    }

    /**
     * Answers a {@code COMMIT} on {@code link}, which is closed then.
     *
     * @return whether the source knows
     */
    boolean over(Link link) {
        this.link = link;
        try (link) {
            link.beginStep(0);
            link.send(running);
            return link.receive(Message.Done.class).token().equals(running.token());
        } catch (IOException | RejectedException e) {
            // It repeats its COMMIT.
            return false;
        } finally {
            this.link = null;
        }
    }

    /**
     * Answers whoever connects and asks.
     *
     * @param patience how long to wait for the source
     * @return whether the source knows
     */
    boolean overNewLinks(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        for (long left = patience.toNanos(); left > 0 && !closed; left = end - System.nanoTime()) {
            if (overNewLink(Duration.ofNanos(left))) {
                return true;
            }
        }
        return false;
    }

    private boolean overNewLink(Duration patience) {
        try (Link next = listener.accept(patience)) {
            link = next;
            next.beginStep(0);
            next.receive(Message.Hello.class).requireCommonVersion();
            next.send(hello);
            Message question = next.receive();
            if (question.equals(commit)) {
                return over(next);
            }
            next.reject("the VM that came here under token " + running.token() + " runs, and another is not taken");
        } catch (IOException | RejectedException e) {
            // Nobody, or not the source.
        } finally {
            link = null;
        }
        return false;
    }

    /** Ends the waiting. From any thread. */
    @Override
    public void close() {
        closed = true;
        Link used = link;
        if (used != null) {
            used.close();
        }
    }
}
