package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.VmmException;

/** A record's encoding that is not what it must be. The message names the component, as {@code segments[2].base}. */
public final class CborException extends VmmException {
    private final String path;
    private final String problem;

    CborException(String problem) {
        this("", problem, null);
    }

    private CborException(String path, String problem, Throwable cause) {
        super(path.isEmpty() ? problem : path + ": " + problem, cause);
        this.path = path;
        this.problem = problem;
    }

    /** A key or a constant as a person may see it: whoever wrote it may have put anything there, a terminal's commands too. */
    static String shown(String key) {
        return key.matches("\\w{1,64}") ? key : "(not a name)";
    }

    /** The same complaint, seen from a record that holds it as {@code component}. */
    CborException in(String component) {
        boolean joined = path.isEmpty() || path.startsWith("[");
        return new CborException(component + (joined ? "" : ".") + path, problem, getCause());
    }

    /** A complaint of a record's own constructor. */
    static CborException refusedBy(Throwable constructor) {
        String reason = constructor.getMessage() == null ? constructor.toString() : constructor.getMessage();
        return new CborException("", reason, constructor);
    }
}
