package io.scratchvm.vmm.linux.abi;

/** Who a guest's program is. The same on every host, so that runs are. */
public final class Identity {
    /** The process, its only thread, its group and session. */
    public static final int PROCESS = 1000;

    public static final int PARENT = 1;

    /** Real, effective and saved user. */
    public static final int USER = 1000;

    /** Real, effective and saved group. */
    public static final int GROUP = 1000;

    private Identity() {}
}
