package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The families that a process's calls belong to. Whose a call is, is found out when it is first made. */
final class SystemCallTable implements SystemCallFamily {
    /** Above every call's number. */
    private static final int NUMBERS = 512;

    private final List<SystemCallFamily> families = new ArrayList<>();
    private final SystemCallFamily[] owners = new SystemCallFamily[NUMBERS];

    void add(SystemCallFamily family) {
        families.add(family);
    }

    void addAll(List<SystemCallFamily> more) {
        families.addAll(more);
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        if (number < 0 || number >= NUMBERS) {
            return NOT_MINE;
        }
        SystemCallFamily owner = owners[number];
        return owner == null ? firstCall(number, a0, a1, a2, a3, a4, a5) : owner.call(number, a0, a1, a2, a3, a4, a5);
    }

    private long firstCall(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        for (SystemCallFamily family : families) {
            // Known before the call, which need not return.
            owners[number] = family;
            long result = family.call(number, a0, a1, a2, a3, a4, a5);
            if (result != NOT_MINE) {
                return result;
            }
        }
        owners[number] = null;
        return NOT_MINE;
    }
}
