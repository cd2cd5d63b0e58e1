package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The small kernel, saved and restored at many of its instructions: its timer, its interrupts and its pages go on. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SavedKernelTest {
    /** Up to here the kernel sets itself up, takes its exceptions and waits; then it counts in ring 3. */
    private static final long EARLY = 10_000;

    @TempDir
    Path directory;

    private Path kernel;
    private Stop expected;
    private String output;
    private long length;

    @BeforeEach
    void runUninterrupted() throws Exception {
        kernel = TestKernels.small(directory);
        RecordedRun run = new RecordedRun(directory);
        try (VirtualMachine vm = loaded(run)) {
            expected = vm.run();
            length = vm.instructions();
        }
        output = run.output();
        assertThat(expected).isEqualTo(new Stop(Stop.Reason.EXITED, 33, ""));
    }

    private VirtualMachine loaded(RecordedRun run) throws Exception {
        VirtualMachine vm = VirtualMachine.blank(run.configuration("").build());
        vm.load(TestKernels.started(kernel));
        return vm;
    }

    @Test
    void everyFewInstructionsOneAfterTheOther() throws Exception {
        interrupted(17, 49_999);
        interrupted(101, 9_973);
    }

    @Test
    void runsTheSameTwice() throws Exception {
        RecordedRun again = new RecordedRun(directory);
        try (VirtualMachine vm = loaded(again)) {
            assertThat(vm.run()).isEqualTo(expected);
            assertThat(vm.instructions()).isEqualTo(length);
        }
        assertThat(again.output()).isEqualTo(output);
    }

    private void interrupted(long earlyStep, long step) throws Exception {
        Path image = directory.resolve("vm.vmimg");
        RecordedRun run = new RecordedRun(directory);
        VirtualMachine vm = loaded(run);
        try {
            Stop stop = vm.runTo(new SavePoint.Instructions(earlyStep));
            while (stop.reason() == Stop.Reason.SAVE_POINT) {
                vm.save(image);
                vm.close();
                vm = VirtualMachine.blank(run.configuration("").build());
                try (VmImage saved = VmImage.read(image, null)) {
                    vm.restore(saved);
                }
                long next = vm.instructions() + (vm.instructions() < EARLY ? earlyStep : step);
                stop = vm.runTo(new SavePoint.Instructions(next));
            }
            assertThat(stop).isEqualTo(expected);
            assertThat(vm.instructions()).isEqualTo(length);
            assertThat(run.output()).isEqualTo(output);
        } finally {
            vm.close();
        }
    }
}
