package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.cpu.state.Vcpu.*;

import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import java.util.Arrays;

/** Calls that make processes and threads: fork(2), vfork(2), clone(2), clone3(2). */
final class CloneCalls implements SystemCallFamily {
    private static final int EXIT_SIGNAL = 0xff;

    /** The sizes of struct clone_args: of its first version, and of what is known of it. */
    private static final int FIRST_SIZE = 64, KNOWN_SIZE = 88, LARGEST_SIZE = 4096;

    private final Kernel kernel;
    private final Vcpu vcpu;
    private final UserMemory memory;
    private final Scheduler scheduler;

    CloneCalls(Kernel kernel, ProcessEnvironment environment) {
        this.kernel = kernel;
        this.vcpu = environment.vcpu();
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 56 ->
                clone(new CloneRequest(a0 & ~EXIT_SIGNAL & 0xffff_ffffL, (int) a0 & EXIT_SIGNAL, a1, a2, a3, a4));
            case 57 -> clone(CloneRequest.fork(0));
            case 58 -> clone(CloneRequest.fork(CloneRequest.VFORK | CloneRequest.VM));
            case 435 -> clone(request(a0, a1));
            default -> NOT_MINE;
        };
    }

    private CloneRequest request(long address, long size) {
        if (size < FIRST_SIZE) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (size > LARGEST_SIZE) {
            throw new SystemCallError(Errno.E2BIG);
        }
        byte[] bytes = memory.read(address, (int) size);
        for (int i = KNOWN_SIZE; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                throw new SystemCallError(Errno.E2BIG);
            }
        }
        Structure in = Structure.of(Arrays.copyOf(bytes, KNOWN_SIZE));
        long stack = in.getLong(40);
        boolean choosesNumber = in.getLong(64) != 0 || in.getLong(72) != 0;
        long signal = in.getLong(32);
        if ((stack == 0) != (in.getLong(48) == 0) || choosesNumber || (signal & ~EXIT_SIGNAL) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return new CloneRequest(
                in.getLong(0), (int) signal, stack + in.getLong(48), in.getLong(24), in.getLong(16), in.getLong(56));
    }

    private long clone(CloneRequest request) {
        Task parent = scheduler.current();
        if (parent.vforkChild != 0) {
            return awaitChild(parent);
        }
        request.check();
        if (request.has(CloneRequest.SETTLS) && (request.tls() < 0 || request.tls() >= UserMemory.LIMIT)) {
            throw new SystemCallError(Errno.EPERM);
        }
        Task child = kernel.clone(parent, request);
        child.registers = registers(request, child.process().space().root());
        scheduler.add(child);
        int id = child.id();
        if (request.has(CloneRequest.PARENT_SETTID)) {
            byte[] number = new Structure(4).putInt(0, id).bytes();
            memory.writeSome(request.parentTid(), number, 0, number.length);
        }
        if (request.has(CloneRequest.VFORK)) {
            parent.vforkChild = id;
            return awaitChild(parent);
        }
        return id;
    }

    /** The child of vfork(2) has the parent's memory to itself until it ends or executes a program. */
    private long awaitChild(Task parent) {
        int child = parent.vforkChild;
        if (kernel.sharesMemory(child, parent.process())) {
            throw new Blocked(Wait.forCondition(() -> !kernel.sharesMemory(child, parent.process()))
                    .with(Wait.Interruption.NONE));
        }
        return child;
    }

    /** The child's registers: the parent's, but for the result of the call. */
    private VcpuState registers(CloneRequest request, long root) {
        VcpuState own = VcpuState.of(vcpu);
        vcpu.gpr[RAX] = 0;
        vcpu.cr3 = root;
        if (request.stack() != 0) {
            vcpu.gpr[RSP] = request.stack();
        }
        if (request.has(CloneRequest.SETTLS)) {
            Segment fs = vcpu.segments[Segment.FS];
            vcpu.segments[Segment.FS] = new Segment(fs.selector(), request.tls(), fs.limit(), fs.attributes());
        }
        VcpuState child = VcpuState.of(vcpu);
        own.restore(vcpu);
        return child;
    }
}
