package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.TimeSource;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
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
        interrupted(59, 49_999);
        interrupted(997, 19_997);
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

    @Test
    void aRunInSlicesIsTheSame() throws Exception {
        RecordedRun sliced = new RecordedRun(directory);
        try (VirtualMachine vm = loaded(sliced)) {
            assertThat(vm.runInSlices(null, () -> true)).isEqualTo(expected);
            assertThat(vm.instructions()).isEqualTo(length);
        }
        assertThat(sliced.output()).isEqualTo(output);
    }

    /** Halted, it is looked at between slices all the same. */
    @Test
    void aWaitByTheHostsClockLastsOverSlicesAndSaves() throws Exception {
        Path image = directory.resolve("vm.vmimg");
        RecordedRun run = new RecordedRun(directory);
        AtomicInteger interludes = new AtomicInteger();
        try (VirtualMachine vm = VirtualMachine.blank(
                run.configuration("").clock(TimeSource.HOST).build())) {
            vm.load(TestKernels.started(slow()));
            Stop stop = vm.runInSlices(null, () -> interludes.incrementAndGet() < 20);
            assertThat(stop.reason()).isEqualTo(Stop.Reason.SAVE_POINT);
            vm.save(image);
        }
        assertThat(run.output()).doesNotContain("tick");
        try (VirtualMachine vm = VirtualMachine.blank(run.configuration("").build());
                VmImage saved = VmImage.read(image, null)) {
            vm.restore(saved);
            assertThat(vm.run()).isEqualTo(expected);
        }
        assertThat(run.output()).isEqualTo("tick ");
    }

    /** Waits a quarter of a second, by a one-shot count after another, and wakes for nothing else. */
    private Path slow() throws Exception {
        String code =
                """
                static u32 idt[512];
                static volatile int ticks;
                __asm__("tick: incl ticks\\n pushl %eax\\n movb $0x20, %al\\n outb %al, $0x20\\n popl %eax\\n iret\\n");
                extern char tick[];
                void kernel(u32 magic, u32 *information) {
                    struct { unsigned short limit; u32 base; } __attribute__((packed)) pointer = {sizeof idt - 1, (u32) idt};
                    static u32 gdt[6] = {0, 0, 0xffff, 0xcf9a00, 0xffff, 0xcf9200};
                    struct { unsigned short limit; u32 base; } __attribute__((packed)) table = {sizeof gdt - 1, (u32) gdt};
                    int wakes = 0;
                    (void) magic; (void) information;
                    __asm__ volatile("lgdt %0; lidt %1" : : "m"(table), "m"(pointer));
                    idt[0x40] = 8 << 16 | ((u32) tick & 0xffff); idt[0x41] = ((u32) tick & 0xffff0000) | 0x8e00;
                    out(0x20, 0x11); out(0x21, 0x20); out(0x21, 4); out(0x21, 1); out(0x21, 0xfe);
                    for (int n = 1; n <= 5; n++) {
                        out(0x43, 0x30); out(0x40, 0xff); out(0x40, 0xff);
                        while (ticks < n) { __asm__ volatile("sti; hlt; cli"); wakes++; }
                    }
                    say("tick ");
                    out(0xf4, wakes == 5 ? 16 : 17);
                }
                """;
        return TestKernels.ofC(directory, code, 0x10_0000, 0x10_0000);
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
