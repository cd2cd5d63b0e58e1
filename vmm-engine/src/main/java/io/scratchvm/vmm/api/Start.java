package io.scratchvm.vmm.api;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How a guest is started. */
public sealed interface Start {
    /** Real-mode boot: two ELF images, loaded at their own addresses. */
    record Boot(Path boot, Path app) implements Start {}

    /**
     * Direct start of a static x86-64 Linux program.
     *
     * @param arguments without the program's own name
     * @param environment its variables by their names, in the order in which it finds them
     */
    record Program(Path program, List<String> arguments, Map<String, String> environment) implements Start {
        /** @throws VmmException if a variable has no name that a program could find it by */
        public Program {
            arguments = List.copyOf(arguments);
            environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
            for (String name : environment.keySet()) {
                if (name.isEmpty() || name.indexOf('=') >= 0) {
                    throw new VmmException("'" + name + "' cannot be an environment variable's name");
                }
            }
        }

        /** With an empty environment. */
        public Program(Path program, List<String> arguments) {
            this(program, arguments, Map.of());
        }
    }

    /** Raw bytes at a physical address, entered there in real mode. */
    record Flat(Path file, long address) implements Start {}

    /** A Multiboot kernel. {@code arguments} are its command line's, after its own name. */
    record Multiboot(Path kernel, List<String> arguments) implements Start {
        public Multiboot {
            arguments = List.copyOf(arguments);
        }

        /** What the kernel is told. */
        public String commandLine() {
            return arguments.isEmpty() ? kernel.toString() : kernel + " " + String.join(" ", arguments);
        }
    }

    /**
     * The start form that a user's words choose.
     *
     * @param program the application, program or raw file
     * @param boot the boot image, or null
     * @param flatAddress where raw bytes go, or null
     * @param multiboot whether the program is a Multiboot kernel
     * @param arguments the program's arguments without its name
     * @throws VmmException if the words contradict each other
     */
    static Start of(Path program, Path boot, Long flatAddress, boolean multiboot, List<String> arguments) {
        if (boot != null && flatAddress != null) {
            throw new VmmException("a guest starts by boot image or flat, not both");
        }
        if (multiboot && (boot != null || flatAddress != null)) {
            throw new VmmException("a Multiboot kernel starts by itself: neither by boot image nor flat");
        }
        if (multiboot) {
            return new Multiboot(program, arguments);
        }
        if (boot == null && flatAddress == null) {
            return new Program(program, arguments);
        }
        if (!arguments.isEmpty()) {
            throw new VmmException("a guest that starts in real mode takes no arguments: '" + arguments.get(0)
                    + "' has nobody to read it");
        }
        return boot != null ? new Boot(boot, program) : new Flat(program, flatAddress);
    }

    /**
     * This, in an environment of these variables by their names.
     *
     * @throws VmmException if there are any and nobody is there to read them
     */
    default Start withEnvironment(Map<String, String> environment) {
        if (environment.isEmpty()) {
            return this;
        }
        if (this instanceof Program direct) {
            return new Program(direct.program(), direct.arguments(), environment);
        }
        throw new VmmException("only a program that is started directly has an environment: '"
                + environment.keySet().iterator().next() + "' has nobody to read it");
    }

    /** The memory that this start form gets where nobody says otherwise, in bytes. */
    default long defaultMemory() {
        return this instanceof Boot ? 0xf000 : 256L << 20;
    }

    /** The first descriptor that {@code open} gives where nobody says otherwise. */
    default int defaultFirstDescriptor() {
        return this instanceof Boot ? 8 : 3;
    }
}
