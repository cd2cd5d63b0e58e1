package io.scratchvm.vmm.linux.abi;

import java.io.IOException;

/** System calls of one kind. */
public interface SystemCallFamily {
    /** What {@link #call} returns for a number that is not of this family. */
    long NOT_MINE = Long.MIN_VALUE;

    /**
     * Carries out a call.
     *
     * @param number the call's number on x86-64
     * @return the result for RAX, -errno included, or {@link #NOT_MINE}
     * @throws SystemCallError as another way to say -errno
     * @throws IOException as yet another: {@link Errno#of} finds the number
     * @throws NoReturn if the guest does not go on now
     */
    long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException;
}
