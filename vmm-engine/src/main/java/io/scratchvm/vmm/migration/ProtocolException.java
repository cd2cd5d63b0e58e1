package io.scratchvm.vmm.migration;

import java.io.IOException;

/** The peer does not speak this protocol, or breaks its rules: connecting again is of no use. */
final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1;

    ProtocolException(String message) {
        super(message);
    }
}
