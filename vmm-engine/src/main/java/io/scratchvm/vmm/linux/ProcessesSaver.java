package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.ProcessesState.ProcessEntry;
import io.scratchvm.vmm.linux.ProcessesState.ProgramState;
import io.scratchvm.vmm.linux.ProcessesState.TaskState;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.file.FileSaver;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.file.Pipe;
import io.scratchvm.vmm.linux.file.PipeState;
import io.scratchvm.vmm.linux.loader.LoadedFile;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Makes the record of the guest's processes and tasks. */
final class ProcessesSaver {
    /** The most bytes of programs that an image carries, all together. */
    private static final int PROGRAM_LIMIT = 32 << 20;

    /** What a pipe's end is called that is closed. */
    private static final int CLOSED = -1;

    private final Processes processes;
    private final Scheduler scheduler;
    private final List<ProgramState> programs = new ArrayList<>();
    private final Map<AddressSpace, Integer> owners = new IdentityHashMap<>();
    private int room = PROGRAM_LIMIT;

    ProcessesSaver(Processes processes, Scheduler scheduler) {
        this.processes = processes;
        this.scheduler = scheduler;
    }

    /** Null where the guest is what it began as: one process and one task, of numbers that were the first. */
    @Nullable
    ProcessesState save() throws IOException {
        List<PipeState> pipes = pipes();
        boolean hasForked = processes.nextId() != Processes.FIRST_ID || !scheduler.isAlone();
        boolean hasExecuted = processes.find(Identity.PROCESS).relations().executed;
        if (!hasForked && !hasExecuted && pipes.isEmpty()) {
            return null;
        }
        List<ProcessEntry> entries = new ArrayList<>();
        for (LinuxProcess process : processes.all()) {
            entries.add(entry(process));
        }
        List<TaskState> tasks = new ArrayList<>();
        for (Task task : scheduler.tasks()) {
            tasks.add(task.state(scheduler.ran(task)));
        }
        return new ProcessesState(
                processes.nextId(), scheduler.current().id(), scheduler.turnEnd(), entries, tasks, pipes, programs);
    }

    private ProcessEntry entry(LinuxProcess process) throws IOException {
        Relations relations = process.relations();
        boolean first = process.id() == Identity.PROCESS;
        AddressSpace space = process.space();
        Integer owner = space == null ? null : owners.putIfAbsent(space, process.id());
        boolean hasOwn = !first && space != null && owner == null;
        return new ProcessEntry(
                process.id(),
                relations.parent,
                relations.group,
                relations.session,
                relations.exitSignal,
                relations.executed,
                relations.status,
                relations.firstStatus,
                relations.hasEnded() ? -1 : program(process),
                owner == null ? process.id() : owner,
                first || relations.hasEnded() ? null : process.state(),
                hasOwn ? space.state().withoutFrames() : null,
                first ? List.of() : FileSaver.table(process.descriptors()),
                process.cpuTime().state(),
                relations.hasEnded() ? null : process.auxiliaryVector());
    }

    // -- programs -----------------------------------------------------------------------------------------------------

    /** The place of its program among the programs; -1 where that cannot be had. */
    private int program(LinuxProcess process) {
        try {
            LoadedFile file = process.program();
            byte[] bytes = file.bytes();
            for (int i = 0; i < programs.size(); i++) {
                ProgramState known = programs.get(i);
                if (known.name().equals(file.name()) && Arrays.equals(known.content(), bytes)) {
                    return i;
                }
            }
            boolean fits = bytes.length <= room;
            room -= fits ? bytes.length : 0;
            programs.add(new ProgramState(file.name(), fits ? bytes : null));
            return programs.size() - 1;
        } catch (IOException gone) {
            return -1;
        }
    }

    // -- pipes --------------------------------------------------------------------------------------------------------

    private List<PipeState> pipes() {
        Map<Pipe, int[]> ends = new IdentityHashMap<>();
        for (LinuxProcess process : processes.all()) {
            for (OpenFile file : process.descriptors().openFiles()) {
                setEnd(ends, file.incoming(), 0, file.id());
                setEnd(ends, file.outgoing(), 1, file.id());
            }
        }
        List<PipeState> pipes = new ArrayList<>();
        ends.forEach((pipe, numbers) -> pipes.add(new PipeState(numbers[0], numbers[1], pipe.content())));
        pipes.sort(Comparator.<PipeState>comparingInt(pipe -> Math.max(pipe.readEnd(), pipe.writeEnd()))
                .thenComparingInt(PipeState::readEnd));
        return pipes;
    }

    private static void setEnd(Map<Pipe, int[]> ends, @Nullable Pipe pipe, int end, int file) {
        if (pipe != null) {
            ends.computeIfAbsent(pipe, none -> new int[] {CLOSED, CLOSED})[end] = file;
        }
    }
}
