package io.scratchvm.vmm.linux;

import java.util.List;

/** What is saved of a process's resource limits: those that it has changed. */
public record ResourceLimitsState(List<Limit> changed) {
    /** A process that has changed none. */
    public static final ResourceLimitsState INITIAL = new ResourceLimitsState(List.of());

    /**
     * A limit, as getrlimit(2) tells it; -1 for none.
     *
     * @param resource its number on x86-64
     */
    public record Limit(int resource, long soft, long hard) {}

    public ResourceLimitsState {
        changed = List.copyOf(changed);
    }
}
