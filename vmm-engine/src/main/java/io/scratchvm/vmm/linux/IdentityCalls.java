package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;

/**
 * Calls about who the program is (credentials(7)): always the same user and group, without a capability and without a
 * way to become another. Taking on what it is already succeeds; anything else is -EPERM.
 */
final class IdentityCalls implements SystemCallFamily {
    private static final int UNCHANGED = -1;

    private static final int CAPABILITY_VERSION_1 = 0x1998_0330,
            CAPABILITY_VERSION_2 = 0x2007_1026,
            CAPABILITY_VERSION_3 = 0x2008_0522;

    private final LinuxProcess process;
    private final UserMemory memory;

    IdentityCalls(LinuxProcess process, ProcessEnvironment environment) {
        this.process = process;
        this.memory = environment.memory();
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) {
        return switch (number) {
            case 102, 107 -> Identity.USER;
            case 104, 108 -> Identity.GROUP;
            case 105 -> become(Identity.USER, (int) a0);
            case 106 -> become(Identity.GROUP, (int) a0);
            case 113 -> becomeAll(Identity.USER, (int) a0, (int) a1);
            case 114 -> becomeAll(Identity.GROUP, (int) a0, (int) a1);
            case 115 -> (int) a0 < 0 ? -Errno.EINVAL : 0;
            case 116 -> -Errno.EPERM;
            case 117 -> becomeAll(Identity.USER, (int) a0, (int) a1, (int) a2);
            case 118 -> tell(Identity.USER, a0, a1, a2);
            case 119 -> becomeAll(Identity.GROUP, (int) a0, (int) a1, (int) a2);
            case 120 -> tell(Identity.GROUP, a0, a1, a2);
            // setfsuid(2) and setfsgid(2) tell the old one, whether or not they changed it.
            case 122 -> Identity.USER;
            case 123 -> Identity.GROUP;
            case 125 -> getCapabilities(a0, a1);
            case 126 -> setCapabilities(a0, a1);
            default -> NOT_MINE;
        };
    }

    private static long become(int own, int wanted) {
        if (wanted == UNCHANGED) {
            throw new SystemCallError(Errno.EINVAL);
        }
        return becomeAll(own, wanted);
    }

    private static long becomeAll(int own, int... wanted) {
        for (int id : wanted) {
            if (id != UNCHANGED && id != own) {
                throw new SystemCallError(Errno.EPERM);
            }
        }
        return 0;
    }

    private long tell(int id, long... addresses) {
        for (long address : addresses) {
            memory.writeInt(address, id);
        }
        return 0;
    }

    // -- capabilities(7): none ---------------------------------------------------------------------------------------

    /** How many groups of three 32-bit sets a version has; an unknown one is answered with the newest. */
    private int setsOf(long header) {
        switch (Structure.of(memory.read(header, 4)).getInt(0)) {
            case CAPABILITY_VERSION_1 -> {
                return 1;
            }
            case CAPABILITY_VERSION_2, CAPABILITY_VERSION_3 -> {
                return 2;
            }
            default -> {
                memory.writeInt(header, CAPABILITY_VERSION_3);
                return 0;
            }
        }
    }

    private boolean isOwn(long header) {
        int number = Structure.of(memory.read(header + 4, 4)).getInt(0);
        return number == 0 || number == process.id();
    }

    private long getCapabilities(long header, long out) {
        int sets = setsOf(header);
        if (sets == 0) {
            return out == 0 ? 0 : -Errno.EINVAL;
        }
        if (out != 0 && isOwn(header)) {
            memory.write(out, new byte[sets * 12]);
        }
        return isOwn(header) ? 0 : -Errno.ESRCH;
    }

    private long setCapabilities(long header, long in) {
        int sets = setsOf(header);
        if (sets == 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        for (byte b : memory.read(in, sets * 12)) {
            if (b != 0 || !isOwn(header)) {
                throw new SystemCallError(Errno.EPERM);
            }
        }
        return 0;
    }
}
