package io.scratchvm.vmm.benchmarks;

import io.scratchvm.vmm.VirtualMachine;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** One of the programs among the resources, as a file for as long as it is open. */
final class GuestProgram implements Closeable {
    private final Path file;

    /** @param name of a source in {@code src/main/guest}, without its suffix */
    GuestProgram(String name) throws IOException {
        file = Files.createTempFile("vmm-benchmark-", ".elf");
        try (InputStream program = GuestProgram.class.getResourceAsStream(name + ".elf")) {
            if (program == null) {
                throw new FileNotFoundException("there is no benchmark program " + name);
            }
            Files.copy(program, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** To be started with its default number of rounds. */
    Start start() {
        return new Start.Program(file, List.of());
    }

    /** A VM before this program's first instruction. */
    VirtualMachine load(VmConfiguration configuration, long rounds) throws IOException {
        VirtualMachine machine = VirtualMachine.blank(configuration);
        machine.load(new Start.Program(file, List.of(Long.toString(rounds))));
        return machine;
    }

    /** What all programs run with: {@code memory} bytes, and output that nobody reads. */
    static VmConfiguration configuration(long memory) {
        return VmConfiguration.builder()
                .memorySize(memory)
                .standardInput(InputStream.nullInputStream())
                .standardOutput(OutputStream.nullOutputStream())
                .standardError(OutputStream.nullOutputStream())
                .build();
    }

    @Override
    public void close() throws IOException {
        Files.delete(file);
    }
}
