package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.device.Random;

/** Calls about the process itself: its end, its identity, its signals, what it may ask of the system. */
final class ProcessCalls implements SystemCallFamily {
    private static final int ARCH_SET_GS = 0x1001, ARCH_SET_FS = 0x1002, ARCH_GET_FS = 0x1003, ARCH_GET_GS = 0x1004;

    private static final int GRND_FLAGS = 7;
    private static final int RANDOM_CHUNK = 4096;
    private static final long RANDOM_MAX = 0x7fff_ffffL;

    private static final int SIGSET_SIZE = 8;
    private static final int SS_DISABLE = 2;
    private static final int MINIMUM_SIGNAL_STACK = 2048;

    private static final int RLIMIT_STACK = 3, RLIMIT_CORE = 4, RLIMIT_NOFILE = 7, RLIMITS = 16;
    private static final long STACK_BYTES = 8 << 20;
    private static final long INFINITY = -1;

    private static final int UTSNAME_FIELD = 65;

    private final UserMemory memory;
    private final Vcpu vcpu;
    private final Random random;
    private final Signals signals;
    private ProcessState.SignalStack signalStack;

    ProcessCalls(ProcessEnvironment environment, Signals signals, ProcessState state) {
        this.memory = environment.memory();
        this.vcpu = environment.vcpu();
        this.random = environment.random();
        this.signals = signals;
        this.signalStack = state.signalStack();
    }

    ProcessState.SignalStack signalStack() {
        return signalStack;
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 13 -> signalAction((int) a0, a1, a2, a3);
            case 14 -> signalMask((int) a0, a1, a2, a3);
            case 62 -> kill((int) a0, (int) a1);
            case 63 -> uname(a0);
            case 97 -> getLimit((int) a0, a1);
            case 131 -> signalStack(a0, a1);
            case 158 -> archPrctl((int) a0, a1);
            case 160 -> setLimit((int) a0, a1);
            case 200 -> kill((int) a0, (int) a1);
            case 234 -> tgkill((int) a0, (int) a1, (int) a2);
            case 302 -> processLimit((int) a0, (int) a1, a2, a3);
            case 318 -> getRandom(a0, a1, a2);
            case 334 -> -Errno.ENOSYS; // rseq: the C libraries do without
            default -> NOT_MINE;
        };
    }

    // -- signals
    // -------------------------------------------------------------------------------------------------------

    private long signalAction(int signal, long action, long oldAction, long setSize) {
        if (setSize != SIGSET_SIZE) {
            throw new SystemCallError(Errno.EINVAL);
        }
        Structure in = action == 0 ? null : Structure.of(memory.read(action, 32));
        Signals.check(signal);
        SignalAction old = signals.action(signal);
        if (in != null) {
            signals.setAction(new SignalAction(signal, in.getLong(0), in.getLong(8), in.getLong(16), in.getLong(24)));
        }
        if (oldAction != 0) {
            Structure out = new Structure(32)
                    .putLong(0, old.handler())
                    .putLong(8, old.flags())
                    .putLong(16, old.restorer())
                    .putLong(24, old.mask());
            memory.write(oldAction, out.bytes());
        }
        return 0;
    }

    private long signalMask(int how, long set, long oldSet, long setSize) {
        if (setSize != SIGSET_SIZE) {
            throw new SystemCallError(Errno.EINVAL);
        }
        long old = signals.blocked();
        if (set != 0) {
            signals.changeMask(how, memory.readLong(set));
        }
        if (oldSet != 0) {
            memory.writeLong(oldSet, old);
        }
        return 0;
    }

    private long signalStack(long stack, long oldStack) {
        ProcessState.SignalStack old = signalStack;
        if (stack != 0) {
            Structure in = Structure.of(memory.read(stack, 24));
            signalStack = newSignalStack(in.getLong(0), in.getInt(8), in.getLong(16));
        }
        if (oldStack != 0) {
            Structure out = new Structure(24)
                    .putLong(0, old.pointer())
                    .putInt(8, old.flags())
                    .putLong(16, old.size());
            memory.write(oldStack, out.bytes());
        }
        return 0;
    }

    private static ProcessState.SignalStack newSignalStack(long pointer, int flags, long size) {
        if (flags == SS_DISABLE) {
            return new ProcessState.SignalStack(0, SS_DISABLE, 0);
        }
        if (flags != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (Long.compareUnsigned(size, MINIMUM_SIGNAL_STACK) < 0) {
            throw new SystemCallError(Errno.ENOMEM);
        }
        return new ProcessState.SignalStack(pointer, flags, size);
    }

    private long kill(int process, int signal) {
        if (process != Identity.PROCESS && process != 0 && process != -Identity.PROCESS) {
            throw new SystemCallError(Errno.ESRCH);
        }
        return send(signal);
    }

    private long tgkill(int process, int thread, int signal) {
        if (process <= 0 || thread <= 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (process != Identity.PROCESS || thread != Identity.PROCESS) {
            throw new SystemCallError(Errno.ESRCH);
        }
        return send(signal);
    }

    /** Handlers are not entered from here: a guest that sends itself a signal that it handles is told so. */
    private long send(int signal) {
        if (signal == 0) {
            return 0;
        }
        Signals.check(signal);
        if (signals.isHandled(signal)) {
            throw new SystemCallError(Errno.ENOSYS);
        }
        signals.raise(signal);
        return 0;
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

    private long getLimit(int resource, long out) {
        checkResource(resource);
        writeLimit(resource, out);
        return 0;
    }

    /** Limits are what they are; a program that lowers one for itself is believed. */
    private long setLimit(int resource, long in) {
        checkResource(resource);
        Structure limit = Structure.of(memory.read(in, 16));
        if (Long.compareUnsigned(limit.getLong(0), limit.getLong(8)) > 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        if (Long.compareUnsigned(limit.getLong(8), hardLimit(resource)) > 0) {
            throw new SystemCallError(Errno.EPERM);
        }
        return 0;
    }

    private long processLimit(int process, int resource, long in, long out) {
        checkResource(resource);
        if (process != 0 && process != Identity.PROCESS) {
            throw new SystemCallError(Errno.ESRCH);
        }
        if (in != 0) {
            setLimit(resource, in);
        }
        if (out != 0) {
            writeLimit(resource, out);
        }
        return 0;
    }

    private static void checkResource(int resource) {
        if (resource < 0 || resource >= RLIMITS) {
            throw new SystemCallError(Errno.EINVAL);
        }
    }

    private void writeLimit(int resource, long out) {
        long soft = resource == RLIMIT_STACK ? STACK_BYTES : hardLimit(resource);
        memory.write(
                out,
                new Structure(16)
                        .putLong(0, soft)
                        .putLong(8, hardLimit(resource))
                        .bytes());
    }

    private static long hardLimit(int resource) {
        return switch (resource) {
            case RLIMIT_NOFILE -> Descriptors.LIMIT;
            case RLIMIT_CORE -> 0;
            default -> INFINITY;
        };
    }
}
