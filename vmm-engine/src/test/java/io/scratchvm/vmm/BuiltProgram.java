package io.scratchvm.vmm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Programs that take seconds to compile, each built once for all tests and runs, under {@code target}. {@code mvn clean}
 * has them built anew.
 */
final class BuiltProgram {
    private static final Path KEPT = Path.of("target", "programs");

    private BuiltProgram() {}

    /**
     * The program that a compiler makes, from any directory, of what it is told.
     *
     * @param name the program's, which makes it known to who reads a message; it may be another command's, too
     */
    static Path of(String name, String... command) throws IOException, InterruptedException {
        HostTools.requireLinuxOnX86();
        HostTools.require(command[0]);
        Path kept = Files.createDirectories(KEPT.resolve(Integer.toHexString(Arrays.hashCode(command))))
                .resolve(name)
                .toAbsolutePath();
        if (Files.notExists(kept)) {
            build(kept, command);
        }
        return kept;
    }

    /** Another run of the tests may be building the same: what stands there is whole at any time. */
    private static void build(Path kept, String... command) throws IOException, InterruptedException {
        Path built = Files.createTempFile(kept.getParent(), "new", "");
        List<String> whole = new ArrayList<>(List.of(command));
        whole.addAll(List.of("-o", built.toString()));
        HostTools.run(kept.getParent(), whole.toArray(String[]::new));
        Files.move(built, kept, StandardCopyOption.ATOMIC_MOVE);
    }
}
