package io.scratchvm.vmm.cpu.differential;

import io.scratchvm.vmm.HostTools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The CPU that the tests run on: x86-64 Linux with gcc. */
final class NativeCpu {
    private final Path program;

    private NativeCpu(Path program) {
        this.program = program;
    }

    static boolean isPresent() {
        boolean x86 = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
        return x86 && HostTools.has("gcc");
    }

    static NativeCpu build(Path directory) throws IOException, InterruptedException {
        try (InputStream in = NativeCpu.class.getResourceAsStream("native.c")) {
            Files.copy(in, directory.resolve("native.c"));
        }
        HostTools.run(
                directory,
                "gcc",
                "-static",
                "-no-pie",
                "-fno-pie",
                "-O1",
                "-mno-avx",
                "-w",
                "-o",
                "native",
                "native.c");
        return new NativeCpu(directory.resolve("native"));
    }

    /** The states after execution, in order; one process for all. */
    List<State> execute(List<State> states) throws IOException, InterruptedException {
        ByteArrayOutputStream in = new ByteArrayOutputStream(states.size() * State.SIZE);
        states.forEach(state -> in.writeBytes(state.bytes()));
        Path input = program.resolveSibling("input");
        Files.write(input, in.toByteArray());
        HostTools.Ending ending = HostTools.end(program.getParent(), input, program.toString());
        byte[] out = ending.output();
        if (ending.status() != 0 || out.length != states.size() * State.SIZE) {
            throw new IOException("the native program ended with " + ending.status() + " after "
                    + out.length / State.SIZE + " of " + states.size() + " states");
        }
        List<State> after = new ArrayList<>();
        for (int at = 0; at < out.length; at += State.SIZE) {
            after.add(new State(Arrays.copyOfRange(out, at, at + State.SIZE)));
        }
        after.forEach(State::forgetPointers);
        return after;
    }
}
