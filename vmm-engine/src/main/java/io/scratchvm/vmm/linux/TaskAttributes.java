package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.linux.signal.Signals;
import java.nio.charset.StandardCharsets;

/**
 * What prctl(2) and membarrier(2) set, live and saved.
 *
 * @param name in ISO 8859-1, up to 15 bytes; null for its program's name
 * @param parentDeathSignal the signal that it gets at its parent's end; 0 for none
 * @param dumpable 0 or 1; of the whole process
 * @param keepsCapabilities PR_SET_KEEPCAPS
 * @param gainsNoPrivileges PR_SET_NO_NEW_PRIVS
 * @param timerSlack in nanoseconds
 * @param barriers what membarrier(2) was registered for, its commands as bits; of the whole process
 */
public record TaskAttributes(
        @Nullable String name,
        int parentDeathSignal,
        int dumpable,
        boolean keepsCapabilities,
        boolean gainsNoPrivileges,
        long timerSlack,
        int barriers) {
    /** The longest name, in bytes. */
    static final int LONGEST_NAME = 15;

    static final long DEFAULT_TIMER_SLACK = 50_000;

    /** Of a program that has set nothing. */
    static final TaskAttributes INITIAL = new TaskAttributes(null, 0, 1, false, false, DEFAULT_TIMER_SLACK, 0);

    public TaskAttributes {
        boolean rightName = name == null || name.length() <= LONGEST_NAME;
        boolean rightSignal = parentDeathSignal >= 0 && parentDeathSignal <= Signals.MAX;
        if (!rightName || !rightSignal || dumpable < 0 || dumpable > 1) {
            throw new VmmException("the image tells of a task that prctl(2) does not make; save the VM again");
        }
    }

    /** What a task is called that runs the program at {@code path}. */
    static String nameOf(String path) {
        byte[] name = path.substring(path.lastIndexOf('/') + 1).getBytes(StandardCharsets.UTF_8);
        return new String(name, 0, Math.min(name.length, LONGEST_NAME), StandardCharsets.ISO_8859_1);
    }

    TaskAttributes named(String newName) {
        return new TaskAttributes(
                newName, parentDeathSignal, dumpable, keepsCapabilities, gainsNoPrivileges, timerSlack, barriers);
    }

    TaskAttributes withParentDeathSignal(int signal) {
        return new TaskAttributes(name, signal, dumpable, keepsCapabilities, gainsNoPrivileges, timerSlack, barriers);
    }

    TaskAttributes withDumpable(int value) {
        return new TaskAttributes(
                name, parentDeathSignal, value, keepsCapabilities, gainsNoPrivileges, timerSlack, barriers);
    }

    TaskAttributes keepingCapabilities(boolean keeps) {
        return new TaskAttributes(name, parentDeathSignal, dumpable, keeps, gainsNoPrivileges, timerSlack, barriers);
    }

    TaskAttributes withoutNewPrivileges() {
        return new TaskAttributes(name, parentDeathSignal, dumpable, keepsCapabilities, true, timerSlack, barriers);
    }

    TaskAttributes withTimerSlack(long nanos) {
        return new TaskAttributes(
                name, parentDeathSignal, dumpable, keepsCapabilities, gainsNoPrivileges, nanos, barriers);
    }

    TaskAttributes registeredFor(int commands) {
        return new TaskAttributes(
                name,
                parentDeathSignal,
                dumpable,
                keepsCapabilities,
                gainsNoPrivileges,
                timerSlack,
                barriers | commands);
    }

    /** A forked process's. */
    TaskAttributes ofChild() {
        return withParentDeathSignal(0);
    }

    /** Those that outlive execve(2). */
    TaskAttributes ofNewProgram() {
        return new TaskAttributes(null, parentDeathSignal, 1, false, gainsNoPrivileges, timerSlack, 0);
    }
}
