package io.scratchvm.vmm.api;

import java.nio.file.Path;
import java.util.List;

/** How a guest is started. */
public sealed interface Start {
    /** Real-mode boot: two ELF images, loaded at their own addresses. */
    record Boot(Path boot, Path app) implements Start {}

    /** Direct start of a static x86-64 Linux program. {@code arguments} does not hold the program's own name. */
    record Program(Path program, List<String> arguments) implements Start {
        public Program {
            arguments = List.copyOf(arguments);
        }
    }

    /** Raw bytes at a physical address, entered there in real mode. */
    record Flat(Path file, long address) implements Start {}

    /** The memory that this start form gets where nobody says otherwise, in bytes. */
    default long defaultMemory() {
        return this instanceof Boot ? 0xf000 : 256L << 20;
    }

    /** The first descriptor that {@code open} gives where nobody says otherwise. */
    default int defaultFirstDescriptor() {
        return this instanceof Boot ? 8 : 3;
    }
}
