package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.ShownText;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallNames;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.OpenFlags;
import java.util.function.Consumer;

/**
 * Tells each system call in the lab's words, {@code WRITE 8 a07e 16 - return 16}: descriptors, flags, modes, counts and
 * results in decimal, addresses in hexadecimal. Calls that only set up the C library, or only ask, are passed over.
 */
final class Trace {
    private final Consumer<String> lines;
    private final UserMemory memory;

    /** @param prefix begins each line */
    Trace(Consumer<String> lines, UserMemory memory, String prefix) {
        this.lines = prefix.isEmpty() ? lines : line -> lines.accept(prefix + line);
        this.memory = memory;
    }

    /** What the line of a call says before the result; null for a call that is not told. */
    String begin(int number, long a0, long a1, long a2, long a3) {
        return switch (number) {
            case 0 -> transfer("READ", a0, a1, a2);
            case 1 -> transfer("WRITE", a0, a1, a2);
            case 2 -> "OPEN " + path(a0) + " " + (int) a1 + " " + (int) a2;
            case 3 -> "CLOSE " + (int) a0;
            case 4 -> "STAT " + path(a0);
            case 6 -> "LSTAT " + path(a0);
            case 8 -> "LSEEK " + (int) a0 + " " + a1 + " " + (int) a2;
            case 17 -> transfer("PREAD64", a0, a1, a2) + " " + a3;
            case 18 -> transfer("PWRITE64", a0, a1, a2) + " " + a3;
            case 19 -> transfer("READV", a0, a1, a2);
            case 20 -> transfer("WRITEV", a0, a1, a2);
            case 21 -> "ACCESS " + path(a0) + " " + (int) a1;
            case 32 -> "DUP " + (int) a0;
            case 33, 292 -> "DUP2 " + (int) a0 + " " + (int) a1;
            case 62, 200 -> "KILL " + (int) a0 + " " + (int) a1;
            case 234 -> "KILL " + (int) a0 + " " + (int) a2;
            case 76 -> "TRUNCATE " + path(a0) + " " + a1;
            case 77 -> "FTRUNCATE " + (int) a0 + " " + a1;
            case 80 -> "CHDIR " + path(a0);
            case 82 -> "RENAME " + path(a0) + " " + path(a1);
            case 83 -> "MKDIR " + path(a0) + " " + (int) a1;
            case 84 -> "RMDIR " + path(a0);
            case 85 ->
                "OPEN " + path(a0) + " " + (OpenFlags.O_CREAT | OpenFlags.O_WRONLY | OpenFlags.O_TRUNC) + " "
                        + (int) a1;
            case 87 -> "UNLINK " + path(a0);
            case 257 -> "OPEN " + path(a1) + " " + (int) a2 + " " + (int) a3;
            case 258 -> "MKDIR " + path(a1) + " " + (int) a2;
            case 262 -> "STAT " + path(a1);
            case 263 -> ((int) a2 == 0 ? "UNLINK " : "RMDIR ") + path(a1);
            case 264, 316 -> "RENAME " + path(a1) + " " + path(a3);
            case 269, 439 -> "ACCESS " + path(a1) + " " + (int) a2;
            default -> null;
        };
    }

    private static String transfer(String name, long descriptor, long address, long count) {
        return name + " " + (int) descriptor + " " + Long.toHexString(address) + " " + Long.toUnsignedString(count);
    }

    void end(String begun, long result) {
        lines.accept(begun + " - return " + result);
    }

    void exit(int status) {
        lines.accept("EXIT " + status);
    }

    void killed(String why) {
        lines.accept("KILLED " + why);
    }

    void unknown(int number) {
        lines.accept("UNKNOWN " + number + " " + SystemCallNames.of(number) + " - return " + -Errno.ENOSYS);
    }

    private String path(long address) {
        try {
            return ShownText.of(memory.readString(address, UserMemory.PATH_MAX));
        } catch (SystemCallError e) {
            return "0x" + Long.toHexString(address);
        }
    }
}
