package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The guest's processes, those among them that have ended and that nobody has waited for, and the numbers given out. */
final class Processes {
    /** The most processes, and the most tasks, that there can be. */
    static final int LIMIT = 1024;

    /** Linux's highest: numbers begin anew after it. */
    private static final int LAST_ID = 1 << 22;

    /** The first number that is given out. */
    static final int FIRST_ID = Identity.PROCESS + 1;

    private final TreeMap<Integer, LinuxProcess> byId = new TreeMap<>();
    private int nextId = FIRST_ID;

    /** The next number to be given out, if it is free. */
    int nextId() {
        return nextId;
    }

    void setNextId(int id) {
        nextId = id;
    }

    void add(LinuxProcess process) {
        byId.put(process.id(), process);
    }

    void remove(LinuxProcess process) {
        byId.remove(process.id());
    }

    /** The process with this number, which may have ended; or null. */
    @Nullable
    LinuxProcess find(int id) {
        return byId.get(id);
    }

    /** All, by their numbers. */
    List<LinuxProcess> all() {
        return new ArrayList<>(byId.values());
    }

    List<LinuxProcess> childrenOf(int id) {
        List<LinuxProcess> children = new ArrayList<>();
        for (LinuxProcess process : byId.values()) {
            if (process.relations().parent == id) {
                children.add(process);
            }
        }
        return children;
    }

    boolean isFull() {
        return byId.size() >= LIMIT;
    }

    /** Whether a process has this memory. */
    boolean use(AddressSpace space) {
        for (LinuxProcess process : byId.values()) {
            if (process.space() == space) {
                return true;
            }
        }
        return false;
    }

    /** A number for a new task or process. */
    int takeId(Scheduler scheduler) {
        while (isTaken(nextId) || scheduler.find(nextId) != null) {
            nextId = after(nextId);
        }
        int id = nextId;
        nextId = after(id);
        return id;
    }

    private static int after(int id) {
        return id >= LAST_ID ? FIRST_ID : id + 1;
    }

    /** Whether it names a process, a group or a session. */
    private boolean isTaken(int id) {
        for (LinuxProcess process : byId.values()) {
            Relations relations = process.relations();
            if (process.id() == id || relations.group == id || relations.session == id) {
                return true;
            }
        }
        return false;
    }
}
