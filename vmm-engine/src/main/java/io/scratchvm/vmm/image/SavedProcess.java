package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.linux.ProcessesState;
import io.scratchvm.vmm.linux.ProcessesState.ProcessEntry;
import io.scratchvm.vmm.linux.ProcessesState.TaskState;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.signal.SignalInfo;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The process that runs, as debuggers are to see it; a guest that is its own kernel counts as one with one thread.
 *
 * @param program the path of what it runs
 * @param pending the signals sent to the process and not taken
 * @param auxiliaryVector empty where that is not known
 * @param threads the one that runs first, the others by their numbers
 */
record SavedProcess(
        int id,
        int parent,
        int group,
        int session,
        int user,
        String program,
        List<SignalInfo> pending,
        byte[] auxiliaryVector,
        List<Thread> threads) {
    /** A thread and its registers. */
    record Thread(int id, VcpuState registers, ThreadSignalsState signals) {}

    private static final int KERNEL = 1;

    static SavedProcess of(MachineState state) {
        if (!state.setup().start().hasProcess()) {
            Thread thread = new Thread(KERNEL, state.vcpu(), ThreadSignalsState.INITIAL);
            return new SavedProcess(
                    KERNEL, 0, KERNEL, KERNEL, 0, startedAs(state), List.of(), new byte[0], List.of(thread));
        }
        return state.processes() == null ? only(state) : running(state, state.processes());
    }

    /** What the guest was started as: the last of its files, since boot code comes first. */
    private static String startedAs(MachineState state) {
        List<Setup.GuestFile> files = state.setup().guestFiles();
        return files.isEmpty() ? "" : files.get(files.size() - 1).path();
    }

    private static SavedProcess only(MachineState state) {
        Thread thread =
                new Thread(Identity.PROCESS, state.vcpu(), state.process().threadSignals());
        return new SavedProcess(
                Identity.PROCESS,
                Identity.PARENT,
                Identity.PROCESS,
                Identity.PROCESS,
                Identity.USER,
                startedAs(state),
                state.process().signals().pending(),
                state.setup().auxiliaryVector(),
                List.of(thread));
    }

    private static SavedProcess running(MachineState state, ProcessesState all) {
        int id = processOf(all.running(), all);
        ProcessEntry entry = entry(id, all);
        if (entry == null) {
            return only(state);
        }
        boolean first = id == Identity.PROCESS || entry.state() == null;
        String program = program(entry, state, all);
        return new SavedProcess(
                id,
                entry.parent(),
                entry.group(),
                entry.session(),
                Identity.USER,
                program,
                (first ? state.process() : entry.state()).signals().pending(),
                auxiliaryVector(entry, program, state),
                threads(id, state.vcpu(), all));
    }

    private static byte[] auxiliaryVector(ProcessEntry entry, String program, MachineState state) {
        if (entry.auxiliaryVector() != null) {
            return entry.auxiliaryVector();
        }
        boolean asStarted = !entry.executed() && program.equals(startedAs(state));
        return asStarted ? state.setup().auxiliaryVector() : new byte[0];
    }

    private static int processOf(int task, ProcessesState all) {
        for (TaskState each : all.tasks()) {
            if (each.id() == task) {
                return each.process();
            }
        }
        return Identity.PROCESS;
    }

    @Nullable
    private static ProcessEntry entry(int id, ProcessesState all) {
        for (ProcessEntry entry : all.processes()) {
            if (entry.id() == id) {
                return entry;
            }
        }
        return null;
    }

    private static String program(ProcessEntry entry, MachineState state, ProcessesState all) {
        boolean known = entry.program() >= 0 && entry.program() < all.programs().size();
        return known ? all.programs().get(entry.program()).name() : entry.executed() ? "" : startedAs(state);
    }

    private static List<Thread> threads(int process, VcpuState running, ProcessesState all) {
        List<Thread> threads = new ArrayList<>();
        for (TaskState task : all.tasks()) {
            if (task.process() == process) {
                VcpuState registers = task.id() == all.running() ? running : task.registers();
                threads.add(new Thread(task.id(), registers, task.signals()));
            }
        }
        threads.sort(Comparator.comparing((Thread thread) -> thread.id() != all.running())
                .thenComparing(Thread::id));
        return threads;
    }
}
