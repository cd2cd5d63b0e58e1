package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs Multiboot kernels here and in QEMU and compares what they say and how they end. */
final class KernelComparison {
    private final Path directory;

    KernelComparison(Path directory) {
        this.directory = directory;
    }

    /** Runs a kernel in both; returns what it said. */
    String compare(Path kernel, int exit, String... arguments) throws Exception {
        RecordedRun run = new RecordedRun(directory);
        Start start = TestKernels.started(kernel, arguments);
        Outcome outcome = new Session(run.configuration("").memorySize(64 << 20).build()).run(start);
        assertThat(outcome.stop()).isEqualTo(new Stop(Stop.Reason.EXITED, exit << 1 | 1, ""));
        HostTools.Ending there = onQemu(kernel, String.join(" ", arguments));
        assertEqualLines(timeless(run.output()), timeless(new String(there.output(), StandardCharsets.UTF_8)));
        assertThat(outcome.status()).isEqualTo(there.status());
        return run.output();
    }

    /** QEMU's ticks are the host's: a program may see one more before it looks. */
    private static String timeless(String output) {
        return output.replaceAll("ticks there 0x[0-9a-f]+", "ticks there");
    }

    private static void assertEqualLines(String here, String there) {
        List<String> ours = here.lines().toList();
        List<String> theirs = there.lines().toList();
        for (int n = 0; n < Math.min(ours.size(), theirs.size()); n++) {
            assertThat(ours.get(n))
                    .as("line %d, after %s", n, ours.subList(Math.max(0, n - 3), n))
                    .isEqualTo(theirs.get(n));
        }
        assertThat(here).isEqualTo(there);
    }

    private HostTools.Ending onQemu(Path kernel, String arguments) throws Exception {
        HostTools.require("qemu-system-x86_64");
        Path nothing = Files.write(directory.resolve("nothing"), new byte[0]);
        return HostTools.end(
                directory,
                nothing,
                "qemu-system-x86_64",
                "-machine",
                "pc",
                "-accel",
                "tcg",
                // Its time is a count of instructions too: a busy host changes nothing.
                "-icount",
                "shift=4,sleep=off",
                "-m",
                "64",
                "-display",
                "none",
                "-no-reboot",
                "-serial",
                "stdio",
                "-device",
                "isa-debug-exit,iobase=0xf4,iosize=4",
                "-kernel",
                kernel.toString(),
                "-append",
                arguments);
    }
}
