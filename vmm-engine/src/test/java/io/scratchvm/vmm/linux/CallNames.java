package io.scratchvm.vmm.linux;

/** What Linux calls its system calls, for tests of other packages. */
public final class CallNames {
    private CallNames() {}

    /** The name of {@code number}, or {@code ?}. */
    public static String of(int number) {
        return SystemCallNames.of(number);
    }
}
