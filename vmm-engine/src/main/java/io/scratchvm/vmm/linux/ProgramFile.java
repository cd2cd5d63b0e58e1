package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.host.FileStatus;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.host.PathResolver;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.file.FileDigest;
import io.scratchvm.vmm.linux.fs.FileNames;
import io.scratchvm.vmm.linux.loader.LoadedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads what execve(2) is to run: a program, or the interpreter that a script names in its first line. */
final class ProgramFile {
    /** A larger file is no program that fits any guest's memory; and the VMM reads it whole. */
    private static final long LARGEST = 256 << 20;

    /** Linux's BINPRM_BUF_SIZE: the first line of a script is not longer. */
    private static final int FIRST_LINE = 256;

    private static final int MOST_INTERPRETERS = 5;
    private static final int OWNER_EXECUTES = 0100;

    private final Host host;
    private final FileNames names;
    private final long memorySize;

    ProgramFile(Host host, FileNames names, long memorySize) {
        this.host = host;
        this.names = names;
        this.memorySize = memorySize;
    }

    /** A program to run, and the arguments that its scripts make of what was given. */
    record Found(LoadedFile file, List<String> arguments) {}

    /**
     * The program that {@code file} is or names.
     *
     * @param name what the guest calls it
     * @param arguments as they were given, a character for each byte
     */
    Found resolve(LoadedFile file, String name, List<String> arguments) throws IOException {
        LoadedFile program = file;
        String script = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        List<String> given = arguments;
        for (int i = 0; isScript(program.bytes()); i++) {
            if (i == MOST_INTERPRETERS) {
                throw new SystemCallError(Errno.ELOOP);
            }
            String line = firstLine(program.bytes());
            int end = endOfWord(line);
            String interpreter = line.substring(0, end);
            String argument = line.substring(end).strip();
            List<String> more = new ArrayList<>();
            more.add(interpreter);
            if (!argument.isEmpty()) {
                more.add(argument);
            }
            more.add(script);
            script = interpreter;
            more.addAll(given.subList(Math.min(1, given.size()), given.size()));
            given = more;
            program = read(names.existing(textOf(interpreter)));
        }
        return new Found(program, given);
    }

    /** The file at {@code target}. */
    LoadedFile read(PathResolver.Target target) throws IOException {
        FileStatus status = target.status();
        if (!status.isRegular() || (status.permissions() & OWNER_EXECUTES) == 0) {
            throw new SystemCallError(Errno.EACCES);
        }
        try (HostFile file = host.open(target.path(), Host.Access.READ)) {
            return LoadedFile.of(target.path().toString(), bytes(file));
        }
    }

    private byte[] bytes(HostFile file) throws IOException {
        long size = file.size();
        if (size > Math.min(LARGEST, memorySize * 4)) {
            throw new SystemCallError(Errno.ENOMEM);
        }
        return FileDigest.bytes(file, (int) size);
    }

    private static boolean isScript(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == '#' && bytes[1] == '!';
    }

    /** What comes after #!, without spaces around it. */
    private static String firstLine(byte[] bytes) {
        int length = Math.min(bytes.length, FIRST_LINE);
        String start = new String(bytes, 2, length - 2, StandardCharsets.ISO_8859_1);
        int end = start.indexOf('\n');
        String line = (end < 0 ? start : start.substring(0, end)).replaceFirst("^[ \t]+", "");
        boolean cut = end < 0 && bytes.length >= FIRST_LINE && endOfWord(line) == line.length();
        if (line.isEmpty() || cut) {
            throw new SystemCallError(Errno.ENOEXEC);
        }
        return line.replaceFirst("[ \t]+$", "");
    }

    private static int endOfWord(String line) {
        int end = 0;
        while (end < line.length() && line.charAt(end) != ' ' && line.charAt(end) != '\t') {
            end++;
        }
        return end;
    }

    private static String textOf(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
