package io.scratchvm.vmm;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What a user is told about something thrown: one line, never a stack trace. */
public final class ErrorMessage {
    private ErrorMessage() {}

    /** One line for {@code thrown}. */
    public static String of(Throwable thrown) {
        return oneLine(text(thrown));
    }

    private static String text(Throwable thrown) {
        if (thrown instanceof VmmException) {
            return thrown.getMessage();
        }
        if (thrown instanceof FileSystemException trouble) {
            return trouble.getFile() + ": " + reason(trouble);
        }
        if (thrown instanceof IOException) {
            return thrown.getMessage() == null ? "input or output failed" : thrown.getMessage();
        }
        if (thrown instanceof OutOfMemoryError) {
            return "the Java heap (" + (Runtime.getRuntime().maxMemory() >> 20)
                    + " MiB) is full; give the guest less memory, or Java more with -Xmx";
        }
        return "internal error, please report it: " + thrown;
    }

    /** Java's messages for these hold the file's name and no reason. */
    private static String reason(FileSystemException trouble) {
        if (trouble instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (trouble instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (trouble instanceof FileAlreadyExistsException) {
            return "the file exists already";
        }
        if (trouble instanceof NotDirectoryException) {
            return "not a directory";
        }
        if (trouble instanceof DirectoryNotEmptyException) {
            return "the directory is not empty";
        }
        if (trouble instanceof FileSystemLoopException) {
            return "too many levels of symbolic links";
        }
        return trouble.getReason() == null ? "input or output failed" : trouble.getReason();
    }

    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            line.append(Character.isISOControl(c) ? ' ' : c);
        }
        return line.toString().strip();
    }
}
