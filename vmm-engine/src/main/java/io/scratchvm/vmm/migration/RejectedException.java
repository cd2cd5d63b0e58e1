package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.VmmException;

/** The peer has refused or given up, for a reason that a person can act on. */
final class RejectedException extends VmmException {
    private static final long serialVersionUID = 1;

    RejectedException(String reason) {
        super(reason);
    }
}
