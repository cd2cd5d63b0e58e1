package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A static program with arguments, input and files, run on the host's CPU and in VMs: uninterrupted, and saved and restored
 * on the way. What it prints, its errors, how it ends and what it leaves of its files must be the same.
 */
final class RealProgram {
    private final Path directory;
    private final Path program;
    private final List<String> arguments;
    private final byte[] input;
    private final Map<String, String> files = new TreeMap<>();
    private final Map<String, Path> programs = new TreeMap<>();
    private int runs;

    /** @param directory for the files of all runs */
    RealProgram(Path directory, Path program, String input, String... arguments) {
        this.directory = directory;
        this.program = program;
        this.input = input.getBytes(StandardCharsets.UTF_8);
        this.arguments = List.of(arguments);
    }

    /** A file that the program finds in its directory. */
    RealProgram with(String name, String content) {
        files.put(name, content);
        return this;
    }

    /** A program that the program can execute in its directory. */
    RealProgram withProgram(String name, Path file) {
        programs.put(name, file);
        return this;
    }

    /** A resource of {@code /programs}. */
    static String resource(String name) throws IOException {
        try (InputStream in = RealProgram.class.getResourceAsStream("/programs/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** How a run ended, and what it left behind. */
    record End(int status, String output, String errors, Map<String, String> files) {}

    // -- on the host -------------------------------------------------------------------------------------------------

    /**
     * The host's run, in an empty environment, as the guest's is. Both have AVX2 and FMA, with which glibc's mathematics
     * rounds otherwise than without.
     */
    End onHost() throws Exception {
        HostTools.requireCpuFeatures("avx2", "fma");
        Path root = root("host");
        List<String> command = new ArrayList<>(List.of("env", "-i"));
        command.add(program.toString());
        command.addAll(arguments);
        Path in = Files.write(directory.resolve("input"), input);
        HostTools.Ending ending = HostTools.end(root, in, command.toArray(String[]::new));
        return end(ending.status(), ending.output(), ending.errors(), root);
    }

    // -- in VMs ------------------------------------------------------------------------------------------------------

    /** A VM's surroundings: they outlive its restores. */
    private final class World {
        final Path root;
        final ByteArrayOutputStream output = new ByteArrayOutputStream();
        final ByteArrayOutputStream errors = new ByteArrayOutputStream();
        final InputStream in = new ByteArrayInputStream(input);
        final List<String> unknown = new ArrayList<>();

        World() throws IOException {
            root = root("vm" + runs++);
        }

        VmConfiguration configuration() {
            return VmConfiguration.builder()
                    .root(root)
                    .standardInput(in)
                    .standardOutput(output)
                    .standardError(errors)
                    .trace(this::note)
                    .build();
        }

        private void note(String line) {
            if (line.startsWith("UNKNOWN")) {
                unknown.add(line);
            }
        }

        End end(Stop stop) throws IOException {
            return RealProgram.end(stop.status(), output.toByteArray(), errors.toByteArray(), root);
        }

        VirtualMachine loaded() throws IOException {
            VirtualMachine vm = VirtualMachine.blank(configuration());
            vm.load(new Start.Program(program, arguments));
            return vm;
        }

        VirtualMachine restored(Path image) throws IOException {
            VirtualMachine vm = VirtualMachine.blank(configuration());
            try (VmImage saved = VmImage.read(image, null)) {
                vm.restore(saved);
            }
            return vm;
        }
    }

    /** Runs it uninterrupted, then saved and restored again and again, and compares all with the host's run. */
    void runsAsOnTheHost() throws Exception {
        End host = onHost();
        World world = new World();
        long instructions;
        try (VirtualMachine vm = world.loaded()) {
            Stop stop = vm.run();
            End end = world.end(stop);
            String message = stop.message() + "; unknown calls: " + world.unknown;
            assertThat(end.output).as(message).isEqualTo(host.output);
            assertThat(end).as(message).isEqualTo(host);
            instructions = vm.instructions();
        }
        assertThat(savedEvery(instructions / 6 + 1)).as("saved and restored").isEqualTo(host);
    }

    /** The end of a run that is saved after each so many instructions and goes on in another VM. */
    private End savedEvery(long instructions) throws IOException {
        World world = new World();
        Path image = directory.resolve("vm.vmimg");
        VirtualMachine vm = world.loaded();
        try {
            Stop stop = vm.runTo(new SavePoint.Instructions(instructions));
            while (stop.reason() == Stop.Reason.SAVE_POINT) {
                vm.save(image);
                vm.close();
                vm = world.restored(image);
                stop = vm.runTo(new SavePoint.Instructions(vm.instructions() + instructions));
            }
            return world.end(stop);
        } finally {
            vm.close();
        }
    }

    // -- files -------------------------------------------------------------------------------------------------------

    private Path root(String name) throws IOException {
        Path root = Files.createDirectories(directory.resolve(name));
        Files.createDirectory(root.resolve("tmp"));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = root.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        for (Map.Entry<String, Path> executable : programs.entrySet()) {
            Path copy = root.resolve(executable.getKey());
            Files.createDirectories(copy.getParent());
            Files.copy(executable.getValue(), copy);
            Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return root;
    }

    private static End end(int status, byte[] output, byte[] errors, Path root) throws IOException {
        Map<String, String> left = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                left.put(
                        root.relativize(file).toString(),
                        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        return new End(
                status, new String(output, StandardCharsets.UTF_8), new String(errors, StandardCharsets.UTF_8), left);
    }
}
