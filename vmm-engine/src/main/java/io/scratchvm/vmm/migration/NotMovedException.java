package io.scratchvm.vmm.migration;

import java.io.IOException;

/** A live migration has failed while the guest runs; the guest is as it was, and the source's again. */
public final class NotMovedException extends IOException {
    private static final long serialVersionUID = 1;

    NotMovedException(String reason) {
        super(reason);
    }
}
