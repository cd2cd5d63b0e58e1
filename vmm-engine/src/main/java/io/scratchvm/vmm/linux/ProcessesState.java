package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.file.FileLockState;
import io.scratchvm.vmm.linux.file.FilesState.DescriptorState;
import io.scratchvm.vmm.linux.file.OtherDescriptors;
import io.scratchvm.vmm.linux.file.PipeState;
import io.scratchvm.vmm.linux.mm.AddressSpaceState;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is saved of a guest that is, or was, more than the one process and the one task that it began as. There is none for
 * any other.
 *
 * @param nextId the number of the next process or thread, if it is free then
 * @param running the task whose registers are the vCPU's
 * @param turnEnd when its turn ends, in nanoseconds of the monotonic clock
 * @param processes all, those that have ended and that nobody has waited for among them, by their numbers
 * @param tasks all, in the order of their turns
 * @param pipes those of which an end is open
 * @param programs what the processes run
 */
public record ProcessesState(
        int nextId,
        int running,
        long turnEnd,
        List<ProcessEntry> processes,
        List<TaskState> tasks,
        List<PipeState> pipes,
        List<ProgramState> programs) {
    public ProcessesState {
        processes = List.copyOf(processes);
        tasks = List.copyOf(tasks);
        pipes = List.copyOf(pipes);
        programs = List.copyOf(programs);
        if (programs.size() > processes.size()
                || processes.size() > Processes.LIMIT
                || tasks.size() > Processes.LIMIT) {
            throw new VmmException(programs.size() + " programs of " + processes.size() + " processes with "
                    + tasks.size() + " tasks");
        }
    }

    /**
     * The descriptors of the processes, the first's apart: note FILES has them.
     *
     * @throws VmmException if the first has some here, or one that has ended
     */
    public OtherDescriptors descriptors() {
        Map<Integer, List<DescriptorState>> tables = new LinkedHashMap<>();
        for (ProcessEntry process : processes) {
            boolean isFirst = process.id() == Identity.PROCESS;
            if ((isFirst || process.status() != Relations.ALIVE)
                    && !process.descriptors().isEmpty()) {
                throw new VmmException("the image's table of open files cannot be right: process " + process.id()
                        + " with descriptors; save the VM again");
            }
            if (!isFirst) {
                tables.put(process.id(), process.descriptors());
            }
        }
        return new OtherDescriptors(tables, pipes);
    }

    /**
     * A process.
     *
     * @param parent its parent's number, 1 where that has ended
     * @param exitSignal what its parent gets at its end
     * @param executed whether it runs a program by execve(2)
     * @param status what wait(2) tells of its end; -1 while it lives
     * @param firstStatus the exit status of its first task, where only that has ended; or -1
     * @param program which of the programs it runs; -1 where that is not known
     * @param memory whose memory it has: its own number, or that of a process which shares it with this one
     * @param state null where it has ended, and for the first process: note PROCESS
     * @param addressSpace null where it has ended or has another one's memory, and for the first process: note
     *     ADDRESS_SPACE; the frames in use are counted there
     * @param descriptors none for the first process: note FILES
     * @param cpuTime null in images of format 1.2, which know of none
     * @param auxiliaryVector of a program that execve(2) began, here or in an ancestor, as in memory; null for the one
     *     that the guest was started as, and in images of format 1.2
     */
    public record ProcessEntry(
            int id,
            int parent,
            int group,
            int session,
            int exitSignal,
            boolean executed,
            int status,
            int firstStatus,
            int program,
            int memory,
            @Nullable ProcessState state,
            @Nullable AddressSpaceState addressSpace,
            List<DescriptorState> descriptors,
            @Nullable CpuTimeState cpuTime,
            @Nullable byte[] auxiliaryVector) {
        public ProcessEntry {
            descriptors = List.copyOf(descriptors);
        }
    }

    /**
     * A task.
     *
     * @param process the number of its process
     * @param registers null for the running one
     * @param clearChildTid where its end is told
     * @param robustList the list of the futexes that it holds
     * @param deadline until when the call under way waits, in nanoseconds of the monotonic clock; -1 for none
     * @param transferred how many bytes the call under way has written
     * @param vforkChild the child that the call under way waits for; 0 for none
     * @param futex what the call under way waits for
     * @param lock the same, on a file; null in images of format 1.1, which know of none
     * @param attributes what it has set by prctl(2); null for nothing, as in those
     * @param cpuTime what it has run; null in those
     */
    public record TaskState(
            int id,
            int process,
            @Nullable VcpuState registers,
            ThreadSignalsState signals,
            long clearChildTid,
            long robustList,
            long deadline,
            long transferred,
            int vforkChild,
            @Nullable FutexWaitState futex,
            @Nullable FileLockState lock,
            @Nullable TaskAttributes attributes,
            @Nullable CpuTimeState.TaskTimeState cpuTime) {}

    /**
     * A program that processes run.
     *
     * @param name its path, as the guest sees it where it lies under the guest's root
     * @param content its bytes, so that it can be executed again; null for a large one
     */
    public record ProgramState(String name, @Nullable byte[] content) {}
}
