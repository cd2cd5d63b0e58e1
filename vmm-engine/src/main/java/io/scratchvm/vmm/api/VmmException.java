package io.scratchvm.vmm.api;

/**
 * What the user gave (an image, a program, an option, a path, a peer) cannot be used. The message is one line for a
 * person: what is wrong, where, and what to do about it. Trouble of the environment (disk full, permission denied by
 * the host) is a {@link java.io.IOException} instead.
 */
public class VmmException extends RuntimeException {
    public VmmException(String message) {
        super(message);
    }

    public VmmException(String message, Throwable cause) {
        super(message, cause);
    }
}
