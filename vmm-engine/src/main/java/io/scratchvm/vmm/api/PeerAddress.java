package io.scratchvm.vmm.api;

/**
 * Where another VMM listens.
 *
 * @param host a name or an address; an IPv6 address without brackets
 * @param port 1 to 65535; 0 to listen at a port that the host chooses
 */
public record PeerAddress(String host, int port) {
    /** On this machine, which needs no TLS. */
    public static final PeerAddress DEFAULT = new PeerAddress("localhost", 18086);

    private static final String FORM = "HOST:PORT (localhost:18086, [::1]:18086)";

    public PeerAddress {
        if (host.isEmpty() || port < 0 || port > 65535) {
            throw new VmmException("'" + host + ":" + port + "' is not " + FORM);
        }
    }

    /**
     * Reads {@code HOST:PORT}; an IPv6 address stands in brackets.
     *
     * @throws VmmException if {@code text} is not of this form
     */
    public static PeerAddress of(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (host.isEmpty() || !bracketed && host.indexOf(':') >= 0) {
            throw new VmmException("'" + text + "' is not " + FORM);
        }
        return new PeerAddress(bracketed ? host.substring(1, host.length() - 1) : host, port(text, colon + 1));
    }

    private static int port(String text, int from) {
        try {
            return Integer.parseUnsignedInt(text, from, text.length(), 10);
        } catch (NumberFormatException e) {
            throw new VmmException("'" + text + "' is not " + FORM);
        }
    }

    @Override
    public String toString() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
}
