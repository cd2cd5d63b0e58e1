package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.ProcessesState.ProcessEntry;
import io.scratchvm.vmm.linux.abi.Identity;

/** Where a process stands among the others (credentials(7)), and what its parent is told of its end. */
final class Relations {
    /** The status of a process that has not ended. */
    static final int ALIVE = -1;

    private final int id;

    /** {@link Identity#PARENT} where its parent has ended. */
    int parent;

    int group;
    int session;

    /** The signal that its parent gets at its end; 0 for none. */
    int exitSignal;

    /** Whether it runs a program of its own, by execve(2). */
    boolean executed;

    /** What wait(2) tells of its end, or {@link #ALIVE}. */
    int status = ALIVE;

    /** The exit status of its first task, if that has ended and others have not; or {@link #ALIVE}. */
    int firstStatus = ALIVE;

    Relations(int id, int parent, int group, int session, int exitSignal) {
        this.id = id;
        this.parent = parent;
        this.group = group;
        this.session = session;
        this.exitSignal = exitSignal;
    }

    /** The process that the guest was started as: its own group and session. */
    static Relations ofInitial() {
        return new Relations(Identity.PROCESS, Identity.PARENT, Identity.PROCESS, Identity.PROCESS, 0);
    }

    /** Those of the process that {@code entry} is of. */
    static Relations of(ProcessEntry entry) {
        Relations relations =
                new Relations(entry.id(), entry.parent(), entry.group(), entry.session(), entry.exitSignal());
        relations.executed = entry.executed();
        relations.status = entry.status();
        relations.firstStatus = entry.firstStatus();
        return relations;
    }

    /** A child of this one's. */
    Relations child(int childId, int signal) {
        return new Relations(childId, id, group, session, signal);
    }

    /** What begins its lines of the trace: nothing for the process that the guest was started as. */
    String tracePrefix() {
        return id == Identity.PROCESS ? "" : "[" + id + "] ";
    }

    int id() {
        return id;
    }

    boolean hasEnded() {
        return status != ALIVE;
    }
}
