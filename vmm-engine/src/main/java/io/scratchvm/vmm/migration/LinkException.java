package io.scratchvm.vmm.migration;

import java.io.IOException;

/** The link broke, or the peer was too slow: another connection may do better. */
class LinkException extends IOException {
    private static final long serialVersionUID = 1;

    LinkException(String message) {
        super(message);
    }

    LinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
