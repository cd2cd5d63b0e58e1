package io.scratchvm.vmm.migration;

/** The peer has taken longer than a step of the conversation may; the link is closed. */
final class PeerTimeoutException extends LinkException {
    private static final long serialVersionUID = 1;

    PeerTimeoutException(String message) {
        super(message);
    }
}
