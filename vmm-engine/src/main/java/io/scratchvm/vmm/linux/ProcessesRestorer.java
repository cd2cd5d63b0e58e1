package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.linux.ProcessesState.ProcessEntry;
import io.scratchvm.vmm.linux.ProcessesState.ProgramState;
import io.scratchvm.vmm.linux.ProcessesState.TaskState;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.loader.DirectStart;
import io.scratchvm.vmm.linux.loader.LoadedFile;
import io.scratchvm.vmm.linux.loader.Symbols;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.linux.signal.Signals;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes the processes and tasks that an image tells of. The image is not trusted. */
final class ProcessesRestorer {
    private final Kernel kernel;
    private final ProcessEnvironment environment;
    private final Scheduler scheduler;
    private final Processes processes;
    private final KernelState saved;
    private final ProcessesState state;
    private final List<LoadedFile> programs = new ArrayList<>();

    ProcessesRestorer(Kernel kernel, ProcessEnvironment environment, KernelState saved) {
        this.kernel = kernel;
        this.environment = environment;
        this.scheduler = environment.scheduler();
        this.processes = kernel.processes();
        this.saved = saved;
        this.state = saved.more();
    }

    /** @throws VmmException if no guest can be like this */
    void restore() {
        AddressSpace space = saved.space();
        require(space != null && !space.isIdentity(), "processes of a guest that cannot have any");
        for (ProgramState program : state.programs()) {
            programs.add(program.content() == null ? null : LoadedFile.of(program.name(), program.content()));
        }
        state.processes().forEach(this::restore);
        LinuxProcess initial = processes.find(Identity.PROCESS);
        require(initial != null && !initial.relations().hasEnded(), "no process that the guest was started as");
        space.frames().countSharers(spaces());
        state.tasks().forEach(this::restore);
        for (LinuxProcess process : processes.all()) {
            boolean right = process.relations().hasEnded() == process.tasks().isEmpty();
            require(right, "process " + process.id() + " without tasks");
        }
        Task running = scheduler.find(state.running());
        require(state.nextId() > 0 && state.turnEnd() >= 0 && running != null, "no running task, or no turn");
        processes.setNextId(state.nextId());
        scheduler.restored(running, state.turnEnd());
    }

    private void restore(ProcessEntry entry) {
        String name = "process " + entry.id();
        boolean isFirst = entry.id() == Identity.PROCESS;
        boolean ended = entry.status() != Relations.ALIVE;
        require(entry.id() > 0 && processes.find(entry.id()) == null, name + " twice");
        require(entry.exitSignal() >= 0 && entry.exitSignal() <= Signals.MAX, name + " with no exit signal");
        require(isFirst || ended == (entry.state() == null), name + " without its state");
        ProcessState own = isFirst ? saved.process() : ended ? ProcessState.INITIAL : entry.state();
        KernelSetup.ProgramSource program = program(entry);
        LinuxProcess process = new LinuxProcess(
                kernel,
                Relations.of(entry),
                environment,
                saved.files().get(entry.id()),
                own,
                ended ? null : space(entry),
                program,
                Symbols.whenAsked(() -> DirectStart.symbols(program.file())));
        process.tasks().clear();
        process.cpuTime().restore(entry.cpuTime());
        byte[] vector = entry.auxiliaryVector();
        require(vector == null || vector.length <= PAGE_SIZE, name + " with an endless auxiliary vector");
        process.setAuxiliaryVector(vector);
        processes.add(process);
    }

    private AddressSpace space(ProcessEntry entry) {
        if (entry.id() == Identity.PROCESS) {
            return saved.space();
        }
        if (entry.addressSpace() != null) {
            require(entry.addressSpace().frames().length == 0, "process " + entry.id() + " that counts frames");
            return saved.space().besideOf(entry.addressSpace());
        }
        LinuxProcess owner = processes.find(entry.memory());
        require(owner != null && owner.space() != null, "process " + entry.id() + " without memory");
        return owner.space();
    }

    private List<AddressSpace> spaces() {
        Set<AddressSpace> spaces = new HashSet<>();
        List<AddressSpace> distinct = new ArrayList<>();
        for (LinuxProcess process : processes.all()) {
            if (process.space() != null && spaces.add(process.space())) {
                distinct.add(process.space());
            }
        }
        return distinct;
    }

    private KernelSetup.ProgramSource program(ProcessEntry entry) {
        int index = entry.program();
        require(index >= -1 && index < programs.size(), "program " + index);
        LoadedFile file = index < 0 ? null : programs.get(index);
        if (file != null) {
            return () -> file;
        }
        return entry.executed() ? ProcessesRestorer::gone : kernel.setup().program();
    }

    private static LoadedFile gone() throws IOException {
        throw new NoSuchFileException("the process's program");
    }

    private void restore(TaskState task) {
        String name = "task " + task.id();
        LinuxProcess process = processes.find(task.process());
        boolean running = task.id() == state.running();
        boolean idTaken = processes.find(task.id()) != null && task.id() != task.process();
        require(process != null && !process.relations().hasEnded(), name + " of no process");
        require(task.id() > 0 && !idTaken && scheduler.find(task.id()) == null, name + " twice");
        require(running == (task.registers() == null), name + " without registers, or with too many");
        require(task.transferred() >= 0 && task.deadline() >= -1, name + " in a call that there is not");
        Task made = Task.of(task, process);
        made.ran = ran(task, process);
        process.tasks().add(made);
        scheduler.tasks().add(made);
    }

    /** Images of format 1.1 do not tell: all ran together, and each process was told of the whole. */
    private long ran(TaskState task, LinuxProcess process) {
        if (task.cpuTime() != null) {
            return task.cpuTime().ran();
        }
        return process.tasks().isEmpty() ? environment.vcpu().instructions : 0;
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new VmmException("the image's processes cannot be right: " + what + "; save the VM again");
        }
    }
}
