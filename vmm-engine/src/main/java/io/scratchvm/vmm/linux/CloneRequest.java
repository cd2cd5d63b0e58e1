package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.signal.Signals;

/**
 * What clone(2) is asked for.
 *
 * @param flags CLONE_*
 * @param exitSignal what the parent gets at the child's end; 0 for nothing
 * @param stack the child's stack pointer; 0 for the parent's
 * @param parentTid where the parent finds the child's number
 * @param childTid where the child finds it
 * @param tls the child's FS base
 */
record CloneRequest(long flags, int exitSignal, long stack, long parentTid, long childTid, long tls) {
    static final long VM = 0x100,
            FS = 0x200,
            FILES = 0x400,
            SIGHAND = 0x800,
            VFORK = 0x4000,
            THREAD = 0x1_0000,
            SYSVSEM = 0x4_0000,
            SETTLS = 0x8_0000,
            PARENT_SETTID = 0x10_0000,
            CHILD_CLEARTID = 0x20_0000,
            DETACHED = 0x40_0000,
            CHILD_SETTID = 0x100_0000,
            CLEAR_SIGHAND = 0x1_0000_0000L;

    /** What threads share with each other, and processes never do but for the memory. */
    private static final long SHARED_BY_THREADS = VM | FS | FILES | SIGHAND;

    private static final long KNOWN = SHARED_BY_THREADS
            | VFORK
            | THREAD
            | SYSVSEM
            | SETTLS
            | PARENT_SETTID
            | CHILD_CLEARTID
            | DETACHED
            | CHILD_SETTID
            | CLEAR_SIGHAND;

    static CloneRequest fork(long flags) {
        return new CloneRequest(flags, Signals.SIGCHLD, 0, 0, 0, 0);
    }

    boolean has(long flag) {
        return (flags & flag) != 0;
    }

    /** @throws SystemCallError EINVAL for combinations that Linux does not have, and those that are not provided */
    void check() {
        long shared = flags & SHARED_BY_THREADS;
        boolean right =
                has(THREAD) ? shared == SHARED_BY_THREADS && !has(VFORK) && exitSignal == 0 : (shared & ~VM) == 0;
        boolean clears = has(CLEAR_SIGHAND) && has(SIGHAND);
        if ((flags & ~KNOWN) != 0 || !right || clears || exitSignal < 0 || exitSignal > Signals.MAX) {
            throw new SystemCallError(Errno.EINVAL);
        }
    }
}
