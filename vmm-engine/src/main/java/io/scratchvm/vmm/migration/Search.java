package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;

/** Looks for a destination that takes the VM, in the background, as long as patience lasts. */
final class Search {
    private final Attempt attempt;
    private final Patience patience;

    @Nullable
    private Link found;

    @Nullable
    private String failure;

    /** One attempt. */
    interface Attempt {
        /** A link whose peer has accepted the offer. */
        Link connect() throws IOException;
    }

    Search(Attempt attempt, Patience patience) {
        this.attempt = attempt;
        this.patience = patience;
        Thread thread = new Thread(this::look, "vmm-migration-search");
        thread.setDaemon(true);
        thread.start();
    }

    private void look() {
        boolean looking = true;
        while (looking) {
            try {
                finish(attempt.connect(), null);
                looking = false;
            } catch (LinkException e) {
                looking = patience.pause();
                if (!looking) {
                    finish(null, e.getMessage());
                }
            } catch (IOException | VmmException e) {
                finish(null, e.getMessage());
                looking = false;
            }
        }
    }

    private synchronized void finish(@Nullable Link link, @Nullable String trouble) {
        found = link;
        failure = trouble;
    }

    /**
     * The link; null as long as there is none.
     *
     * @throws NotMovedException if there will be none
     */
    @Nullable
    synchronized Link poll() throws NotMovedException {
        if (failure != null) {
            throw new NotMovedException(failure);
        }
        return found;
    }
}
