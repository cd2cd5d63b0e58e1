package io.scratchvm.vmm.migration;

import java.io.IOException;

/** The peer has taken longer than a step of the conversation may; the link is closed. */
final class PeerTimeoutException extends IOException {
    private static final long serialVersionUID = 1;

    PeerTimeoutException(String message) {
        super(message);
    }
}
