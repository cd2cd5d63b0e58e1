package io.scratchvm.vmm;

import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Collects what VMs with one root directory show: their trace and their output, in order. */
final class RecordedRun {
    final List<String> trace = new ArrayList<>();
    final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Path root;

    RecordedRun(Path root) {
        this.root = root;
    }

    VmConfiguration.Builder configuration() {
        return VmConfiguration.builder()
                .root(root)
                .trace(trace::add)
                .standardOutput(output)
                .standardError(output);
    }

    VmConfiguration.Builder configuration(String input) {
        return configuration().standardInput(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    }

    String output() {
        return output.toString(StandardCharsets.UTF_8);
    }

    /** The trace without what saving and restoring add to it. */
    List<String> guestTrace() {
        return trace.stream().filter(line -> !line.endsWith(" OPERATION")).toList();
    }
}
