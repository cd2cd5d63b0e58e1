package io.scratchvm.vmm.host;

import java.nio.file.FileSystemException;

/** A name of more than {@link GuestPath#NAME_MAX} bytes. */
public final class NameTooLongException extends FileSystemException {
    private static final long serialVersionUID = 1;

    public NameTooLongException(String name) {
        super(name.substring(0, 32) + "…", null, "name too long");
    }
}
