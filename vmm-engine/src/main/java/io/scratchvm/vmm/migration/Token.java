package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.VmmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/** What a migration is known by: 128 random bits, which nobody can guess. */
public record Token(String text) {
    static final int SIZE = 16;

    public Token {
        if (!text.matches("[0-9a-f]{32}")) {
            throw new VmmException("'" + text + "' is not a token: 32 hexadecimal digits");
        }
    }

    /** @throws ProtocolException if what the peer sent is no token */
    static Token received(String text) throws ProtocolException {
        try {
            return new Token(text);
        } catch (VmmException e) {
            throw new ProtocolException("the peer sent a token that is none");
        }
    }

    static Token random() {
        byte[] bytes = new byte[SIZE];
        new SecureRandom().nextBytes(bytes);
        return new Token(HexFormat.of().formatHex(bytes));
    }

    @Override
    public String toString() {
        return text;
    }
}
