package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.loader.SystemCallStub;
import io.scratchvm.vmm.linux.signal.SignalInfo;
import io.scratchvm.vmm.linux.signal.Signals;
import java.util.ArrayList;
import java.util.List;

/** Calls that send signals: kill(2), tgkill(2), rt_sigqueueinfo(2) and their relatives. */
final class SendingCalls implements SystemCallFamily {
    private final UserMemory memory;
    private final Vcpu vcpu;
    private final Scheduler scheduler;
    private final LinuxProcess process;
    private final Processes processes;

    SendingCalls(ProcessEnvironment environment, LinuxProcess process, Processes processes) {
        this.memory = environment.memory();
        this.vcpu = environment.vcpu();
        this.scheduler = environment.scheduler();
        this.process = process;
        this.processes = processes;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 62 -> kill((int) a0, (int) a1);
            case 129 -> queue((int) a0, (int) a1, a2);
            case 200 -> killThread((int) a0, (int) a0, (int) a1);
            case 234 -> killThread((int) a0, (int) a1, (int) a2);
            case 297 -> queueToThread((int) a0, (int) a1, (int) a2, a3);
            default -> NOT_MINE;
        };
    }

    private long kill(int target, int signal) {
        if (signal != 0) {
            Signals.check(signal);
        }
        List<LinuxProcess> targets = targets(target);
        if (targets.isEmpty()) {
            throw new SystemCallError(Errno.ESRCH);
        }
        for (LinuxProcess one : targets) {
            if (signal != 0) {
                check(one, signal);
                one.send(SignalInfo.byProcess(signal, SignalInfo.SI_USER, process.id()));
            }
        }
        return 0;
    }

    /** Whom kill(2) means: a process, its own group (0), all others (-1), or a group. */
    private List<LinuxProcess> targets(int target) {
        List<LinuxProcess> targets = new ArrayList<>();
        int group = target == 0 ? process.relations().group : -target;
        for (LinuxProcess one : processes.all()) {
            boolean meant =
                    target > 0 ? one.id() == target : target == -1 ? one != process : one.relations().group == group;
            if (meant) {
                targets.add(one);
            }
        }
        return targets;
    }

    /** tkill(2) and tgkill(2): the former names no process. */
    private long killThread(int target, int thread, int signal) {
        Task task = task(target, thread);
        if (signal != 0) {
            Signals.check(signal);
            check(task.process(), signal);
            SignalInfo info = SignalInfo.byProcess(signal, SignalInfo.SI_TKILL, process.id());
            task.process().signals().sendTo(task.signals, info);
        }
        return 0;
    }

    private Task task(int target, int thread) {
        if (target <= 0 || thread <= 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        Task task = scheduler.find(thread);
        if (task == null || target != thread && task.process().id() != target) {
            throw new SystemCallError(Errno.ESRCH);
        }
        return task;
    }

    /** rt_sigqueueinfo(2). */
    private long queue(int target, int signal, long in) {
        byte[] bytes = memory.read(in, SignalInfo.KEPT);
        LinuxProcess other = processes.find(target);
        if (other == null) {
            throw new SystemCallError(Errno.ESRCH);
        }
        if (signal != 0) {
            Signals.check(signal);
            SignalInfo info = SignalInfo.of(signal, bytes);
            check(other, info);
            other.send(info);
        }
        return 0;
    }

    /** rt_tgsigqueueinfo(2). */
    private long queueToThread(int target, int thread, int signal, long in) {
        byte[] bytes = memory.read(in, SignalInfo.KEPT);
        Task task = task(target, thread);
        if (signal != 0) {
            Signals.check(signal);
            SignalInfo info = SignalInfo.of(signal, bytes);
            check(task.process(), info);
            task.process().signals().sendTo(task.signals, info);
        }
        return 0;
    }

    /** A process cannot pass for another one, or for the kernel, with another one. */
    private void check(LinuxProcess target, SignalInfo info) {
        boolean pretends = info.code() >= 0 || info.code() == SignalInfo.SI_TKILL;
        if (pretends && target != process) {
            throw new SystemCallError(Errno.EPERM);
        }
        check(target, info.signal());
    }

    /** In a guest with a kernel of its own no handler can be entered: who sends a signal that has one is told so. */
    private void check(LinuxProcess target, int signal) {
        if (target.signals().action(signal).isHandled() && !SystemCallStub.isInstalled(vcpu)) {
            throw new SystemCallError(Errno.ENOSYS);
        }
    }
}
