package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.device.Random;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;

/** Calls about the process itself: its end, its identity, what it may ask of the system. */
final class ProcessCalls implements SystemCallFamily {
    private static final int ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003, ARCH_GET_GS = 0x1004;

    private static final int GRND_FLAGS = 7;
    private static final int RANDOM_CHUNK = 4096;
    private static final long RANDOM_MAX = 0x7fff_ffffL;

    private static final int UTSNAME_FIELD = 65;

    private final UserMemory memory;
    private final Vcpu vcpu;
    private final Random random;

    ProcessCalls(ProcessEnvironment environment) {
        this.memory = environment.memory();
        this.vcpu = environment.vcpu();
        this.random = environment.random();
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 63 -> uname(a0);
            case 158 -> archPrctl((int) a0, a1);
            case 318 -> getRandom(a0, a1, a2);
            case 334 -> -Errno.ENOSYS; // rseq: the C libraries do without
            default -> NOT_MINE;
        };
    }

    // -- the thread
    // ----------------------------------------------------------------------------------------------------

    private long archPrctl(int code, long address) {
        switch (code) {
            case ARCH_SET_FS -> setBase(Segment.FS, address);
            case ARCH_SET_GS -> setBase(Segment.GS, address);
            case ARCH_GET_FS -> memory.writeLong(address, vcpu.segments[Segment.FS].base());
            case ARCH_GET_GS -> memory.writeLong(address, vcpu.segments[Segment.GS].base());
            default -> throw new SystemCallError(Errno.EINVAL);
        }
        return 0;
    }

    private void setBase(int index, long base) {
        if (base < 0 || base >= UserMemory.LIMIT) {
            throw new SystemCallError(Errno.EPERM);
        }
        Segment old = vcpu.segments[index];
        vcpu.segments[index] = new Segment(old.selector(), base, old.limit(), old.attributes());
    }

    // -- the system
    // ----------------------------------------------------------------------------------------------------

    private long uname(long address) {
        String[] fields = {"Linux", "vmm", "6.1.0", "#1 SMP", "x86_64", "(none)"};
        Structure out = new Structure(fields.length * UTSNAME_FIELD);
        for (int i = 0; i < fields.length; i++) {
            out.putText(i * UTSNAME_FIELD, fields[i]);
        }
        memory.write(address, out.bytes());
        return 0;
    }

    private long getRandom(long address, long count, long flags) {
        if ((flags & ~GRND_FLAGS) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        long wanted = Math.min(count < 0 ? RANDOM_MAX : count, RANDOM_MAX);
        long done = 0;
        while (done < wanted) {
            byte[] bytes = new byte[(int) Math.min(RANDOM_CHUNK, wanted - done)];
            random.fill(bytes);
            int copied = memory.writeSome(address + done, bytes, 0, bytes.length);
            done += copied;
            if (copied < bytes.length) {
                break;
            }
        }
        if (done == 0 && wanted > 0) {
            throw new SystemCallError(Errno.EFAULT);
        }
        return done;
    }
}
