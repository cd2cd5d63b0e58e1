package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.SystemCallNames;

/** What system calls are, for tests of other packages. */
public final class CallNames {
    private CallNames() {}

    /** The name of {@code number}, or {@code ?}. */
    public static String of(int number) {
        return SystemCallNames.of(number);
    }

    /** Whether {@code number} is refused because only the superuser may. */
    public static boolean isPrivileged(int number) {
        return PrivilegedCalls.isPrivileged(number);
    }
}
