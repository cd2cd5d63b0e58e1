package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.SystemCallFamily;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.OpenFile;
import io.scratchvm.vmm.linux.fs.FileNames;
import io.scratchvm.vmm.linux.fs.KernelFiles;
import io.scratchvm.vmm.linux.loader.DirectStart;
import io.scratchvm.vmm.linux.loader.InitialStack;
import io.scratchvm.vmm.linux.loader.Loaded;
import io.scratchvm.vmm.linux.loader.LoadedFile;
import io.scratchvm.vmm.linux.loader.ProgramArguments;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Calls that execute a program in place of the one that makes them: execve(2), execveat(2). */
final class ExecCalls implements SystemCallFamily {
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int RANDOM_BYTES = 16;

    private final Kernel kernel;
    private final LinuxProcess process;
    private final ProcessEnvironment environment;
    private final UserMemory memory;
    private final Descriptors descriptors;
    private final FileNames names;
    private final ProgramFile programs;

    ExecCalls(Kernel kernel, LinuxProcess process, ProcessEnvironment environment, FileNames names) {
        this.kernel = kernel;
        this.process = process;
        this.environment = environment;
        this.memory = environment.memory();
        this.descriptors = process.descriptors();
        this.names = names;
        this.programs = new ProgramFile(
                environment.host(), names, environment.memory().mmu().physical().size());
    }

    @Override
    public long call(int number, long a0, long a1, long a2, long a3, long a4, long a5) throws IOException {
        return switch (number) {
            case 59 -> execute(FileNames.AT_FDCWD, a0, a1, a2, 0);
            case 322 -> execute((int) a0, a1, a2, a3, (int) a4);
            default -> NOT_MINE;
        };
    }

    private long execute(int directory, long path, long arguments, long variables, int flags) throws IOException {
        if ((flags & ~AT_EMPTY_PATH) != 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        String name = names.path(path);
        LoadedFile file = file(directory, path, name, flags);
        Budget budget = new Budget();
        List<String> given = strings(arguments, budget);
        List<String> environmentVariables = strings(variables, budget);
        ProgramFile.Found found = programs.resolve(file, name, given.isEmpty() ? List.of("") : given);
        kernel.execute(process, load(found, name, environmentVariables));
        Task task = process.tasks().get(0);
        task.attributes = name.isEmpty() ? task.attributes : task.attributes.named(TaskAttributes.nameOf(name));
        return 0;
    }

    private LoadedFile file(int directory, long path, String name, int flags) throws IOException {
        if (name.equals(KernelFiles.PROGRAM)) {
            return LoadedFile.of(process.programPath(), process.program().bytes());
        }
        if (name.isEmpty() && (flags & AT_EMPTY_PATH) != 0) {
            return read(descriptors.get(directory));
        }
        return programs.read(names.existing(directory, path));
    }

    private LoadedFile read(OpenFile file) throws IOException {
        if (!file.isFile()) {
            throw new SystemCallError(Errno.EACCES);
        }
        return programs.read(names.existing(file.path().toString()));
    }

    /** What arguments and environment may still take. */
    private static final class Budget {
        int left = InitialStack.LARGEST;

        void take(int bytes) {
            left -= bytes;
            if (left < 0) {
                throw new SystemCallError(Errno.E2BIG);
            }
        }
    }

    /** The strings of an array that a null pointer ends, a character for each byte. */
    private List<String> strings(long array, Budget budget) {
        List<String> strings = new ArrayList<>();
        if (array == 0) {
            return strings;
        }
        long at = array;
        for (long string = memory.readLong(at); string != 0; string = memory.readLong(at)) {
            byte[] bytes = string(string);
            budget.take(bytes.length + 1 + 8);
            strings.add(new String(bytes, StandardCharsets.ISO_8859_1));
            at += 8;
        }
        return strings;
    }

    private byte[] string(long address) {
        try {
            return memory.readString(address, InitialStack.LONGEST_STRING);
        } catch (SystemCallError e) {
            throw e.errno() == Errno.ENAMETOOLONG ? new SystemCallError(Errno.E2BIG) : e;
        }
    }

    private Execution load(ProgramFile.Found found, String name, List<String> variables) throws IOException {
        byte[] random = new byte[RANDOM_BYTES];
        environment.random().fill(random);
        ProgramArguments arguments = new ProgramArguments(
                found.arguments(),
                variables,
                random,
                kernel.setup().processorFeatures(),
                Identity.USER,
                Identity.GROUP,
                StandardCharsets.ISO_8859_1);
        try {
            found.file().elf();
        } catch (VmmException e) {
            throw new SystemCallError(Errno.ENOEXEC);
        }
        Vcpu registers = new Vcpu();
        try {
            Loaded loaded =
                    DirectStart.loadBeside(process.space(), found.file(), name, arguments, registers, memory.mmu());
            return new Execution(loaded, registers);
        } catch (DirectStart.LacksMemory e) {
            throw new SystemCallError(Errno.ENOMEM);
        } catch (VmmException e) {
            throw new SystemCallError(Errno.ENOEXEC);
        }
    }

    /**
     * A program that is ready to run.
     *
     * @param registers of its first instruction
     */
    record Execution(Loaded loaded, Vcpu registers) {}
}
