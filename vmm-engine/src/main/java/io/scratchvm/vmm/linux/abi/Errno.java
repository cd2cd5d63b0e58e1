package io.scratchvm.vmm.linux.abi;

import io.scratchvm.vmm.host.InvalidNameException;
import io.scratchvm.vmm.host.NameTooLongException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Error numbers of Linux on x86-64 (errno(3)), whatever the host's are. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int ENOEXEC = 8;
    public static final int EBADF = 9;
    public static final int ECHILD = 10;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int ENOTBLK = 15;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int ETXTBSY = 26;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int ESPIPE = 29;
    public static final int EROFS = 30;
    public static final int EMLINK = 31;
    public static final int EPIPE = 32;
    public static final int EDOM = 33;
    public static final int ERANGE = 34;
    public static final int EDEADLK = 35;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOLCK = 37;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int ENODATA = 61;
    public static final int EOVERFLOW = 75;
    public static final int ENOTSOCK = 88;
    public static final int EMSGSIZE = 90;
    public static final int ENOPROTOOPT = 92;
    public static final int EPROTONOSUPPORT = 93;
    public static final int ESOCKTNOSUPPORT = 94;
    public static final int EOPNOTSUPP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int ECONNRESET = 104;
    public static final int EISCONN = 106;
    public static final int ETIMEDOUT = 110;

    /**
     * What a call that a signal interrupts answers, and no program sees: issue it again after a handler with SA_RESTART,
     * else EINTR; or EINTR after any handler. Where no handler runs it is issued again.
     */
    public static final int ERESTARTSYS = 512, ERESTARTNOHAND = 514;

    private Errno() {}

    /** The number for a host's trouble. */
    public static int of(IOException trouble) {
        if (trouble instanceof NoSuchFileException) {
            return ENOENT;
        }
        if (trouble instanceof FileAlreadyExistsException) {
            return EEXIST;
        }
        if (trouble instanceof NotDirectoryException) {
            return ENOTDIR;
        }
        if (trouble instanceof AccessDeniedException) {
            return EACCES;
        }
        if (trouble instanceof DirectoryNotEmptyException) {
            return ENOTEMPTY;
        }
        if (trouble instanceof FileSystemLoopException) {
            return ELOOP;
        }
        if (trouble instanceof InvalidNameException) {
            return EINVAL;
        }
        if (trouble instanceof NameTooLongException) {
            return ENAMETOOLONG;
        }
        String reason = trouble instanceof FileSystemException e ? e.getReason() : trouble.getMessage();
        return reason == null ? EIO : ofReason(reason);
    }

    /** Java tells the rest apart in the words of the host's strerror(3) only. */
    private static int ofReason(String reason) {
        return switch (reason) {
            case "Operation not permitted" -> EPERM;
            case "Device or resource busy" -> EBUSY;
            case "Not a directory" -> ENOTDIR;
            case "Is a directory" -> EISDIR;
            case "Invalid argument" -> EINVAL;
            case "Too many open files" -> EMFILE;
            case "Too many open files in system" -> ENFILE;
            case "Text file busy" -> ETXTBSY;
            case "File too large" -> EFBIG;
            case "No space left on device" -> ENOSPC;
            case "Read-only file system" -> EROFS;
            case "Broken pipe" -> EPIPE;
            case "File name too long" -> ENAMETOOLONG;
            case "Directory not empty" -> ENOTEMPTY;
            case "Too many levels of symbolic links" -> ELOOP;
            case "Disk quota exceeded" -> ENOSPC;
            default -> EIO;
        };
    }
}
