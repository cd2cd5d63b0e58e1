package io.scratchvm.vmm.host;

import java.nio.file.FileSystemException;

/** A name that is no single component of a path, or that some host would read as something else. */
public final class InvalidNameException extends FileSystemException {
    private static final long serialVersionUID = 1;

    public InvalidNameException(String name) {
        super(name, null, "not a name that every host reads alike");
    }
}
