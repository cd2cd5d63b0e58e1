package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.signal.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** Calls about what a task is called and how it is treated: prctl(2), and membarrier(2), which one CPU keeps by itself. */
final class TaskAttributeCalls implements SystemCallFamily {
    private static final int PR_SET_PDEATHSIG = 1,
            PR_GET_PDEATHSIG = 2,
            PR_GET_DUMPABLE = 3,
            PR_SET_DUMPABLE = 4,
            PR_GET_KEEPCAPS = 7,
            PR_SET_KEEPCAPS = 8,
            PR_GET_TIMING = 13,
            PR_SET_TIMING = 14,
            PR_SET_NAME = 15,
            PR_GET_NAME = 16,
            PR_GET_SECCOMP = 21,
            PR_GET_TSC = 25,
            PR_SET_TIMERSLACK = 29,
            PR_GET_TIMERSLACK = 30,
            PR_SET_NO_NEW_PRIVS = 38,
            PR_GET_NO_NEW_PRIVS = 39;

    private static final int PR_TSC_ENABLE = 1;
    private static final int NAME_SIZE = 16;

    private static final int QUERY = 0,
            GLOBAL = 1,
            GLOBAL_EXPEDITED = 2,
            REGISTER_GLOBAL_EXPEDITED = 4,
            PRIVATE_EXPEDITED = 8,
            REGISTER_PRIVATE_EXPEDITED = 16,
            PRIVATE_EXPEDITED_SYNC_CORE = 32,
            REGISTER_PRIVATE_EXPEDITED_SYNC_CORE = 64;
    private static final int KNOWN_BARRIERS = 0x7f;

    private final LinuxProcess process;
    private final UserMemory memory;
    private final Scheduler scheduler;

    TaskAttributeCalls(LinuxProcess process, ProcessEnvironment environment) {
        this.process = process;
        this.memory = environment.memory();
        this.scheduler = environment.scheduler();
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 157 -> control((int) a0, a1, a2, a3, a4);
            case 324 -> barrier((int) a0, (int) a1);
            default -> NOT_MINE;
        };
    }

    private TaskAttributes own() {
        return scheduler.current().attributes;
    }

    private long set(TaskAttributes attributes) {
        scheduler.current().attributes = attributes;
        return 0;
    }

    /** Changes what all threads of the process share. */
    private long setAll(UnaryOperator<TaskAttributes> change) {
        process.tasks().forEach(task -> task.attributes = change.apply(task.attributes));
        return 0;
    }

    private static void require(boolean condition) {
        if (!condition) {
            throw new SystemCallError(Errno.EINVAL);
        }
    }

    // -- prctl --------------------------------------------------------------------------------------------------------

    private long control(int option, long a, long b, long c, long d) {
        switch (option) {
            case PR_SET_PDEATHSIG -> {
                require(a >= 0 && a <= Signals.MAX);
                return set(own().withParentDeathSignal((int) a));
            }
            case PR_GET_PDEATHSIG -> memory.writeInt(a, own().parentDeathSignal());
            case PR_GET_DUMPABLE -> {
                return own().dumpable();
            }
            case PR_SET_DUMPABLE -> {
                require(a == 0 || a == 1);
                return setAll(attributes -> attributes.withDumpable((int) a));
            }
            case PR_GET_KEEPCAPS -> {
                return own().keepsCapabilities() ? 1 : 0;
            }
            case PR_SET_KEEPCAPS -> {
                require(a == 0 || a == 1);
                return set(own().keepingCapabilities(a == 1));
            }
            case PR_SET_TIMING -> require(a == 0);
            case PR_SET_NAME -> {
                return set(own().named(readName(a)));
            }
            case PR_GET_NAME -> memory.write(a, name());
            case PR_GET_TSC -> memory.writeInt(a, PR_TSC_ENABLE);
            case PR_SET_TIMERSLACK -> {
                return set(own().withTimerSlack(a <= 0 ? TaskAttributes.DEFAULT_TIMER_SLACK : a));
            }
            case PR_GET_TIMERSLACK -> {
                return own().timerSlack();
            }
            case PR_SET_NO_NEW_PRIVS -> {
                require(a == 1 && (b | c | d) == 0);
                return set(own().withoutNewPrivileges());
            }
            case PR_GET_NO_NEW_PRIVS -> {
                require((a | b | c | d) == 0);
                return own().gainsNoPrivileges() ? 1 : 0;
            }
            case PR_GET_TIMING, PR_GET_SECCOMP -> {}
            default -> throw new SystemCallError(Errno.EINVAL);
        }
        return 0;
    }

    private String readName(long address) {
        byte[] bytes = new byte[TaskAttributes.LONGEST_NAME];
        int read = memory.readSome(address, bytes, 0, bytes.length);
        int length = 0;
        while (length < read && bytes[length] != 0) {
            length++;
        }
        if (length == read && read < bytes.length) {
            throw new SystemCallError(Errno.EFAULT);
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private byte[] name() {
        String name = own().name() == null ? programName() : own().name();
        return new Structure(NAME_SIZE)
                .putBytes(0, name.getBytes(StandardCharsets.ISO_8859_1))
                .bytes();
    }

    private String programName() {
        try {
            return TaskAttributes.nameOf(process.programPath());
        } catch (IOException gone) {
            return "";
        }
    }

    // -- membarrier ---------------------------------------------------------------------------------------------------

    private long barrier(int command, int flags) {
        require(flags == 0);
        switch (command) {
            case QUERY -> {
                return KNOWN_BARRIERS;
            }
            case GLOBAL, GLOBAL_EXPEDITED -> {}
            case REGISTER_GLOBAL_EXPEDITED, REGISTER_PRIVATE_EXPEDITED, REGISTER_PRIVATE_EXPEDITED_SYNC_CORE -> {
                return setAll(attributes -> attributes.registeredFor(command));
            }
            case PRIVATE_EXPEDITED, PRIVATE_EXPEDITED_SYNC_CORE -> {
                if ((own().barriers() & command << 1) == 0) {
                    throw new SystemCallError(Errno.EPERM);
                }
            }
            default -> throw new SystemCallError(Errno.EINVAL);
        }
        return 0;
    }
}
