package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A kernel that asks for SAVE by VMCALL, between and inside its timer interrupts: saved and restored at each call. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KernelSavesItselfTest {
    /** After each tick and in every other one's handler: what SAVE returned, and what time it is. */
    private static final String CODE =
            """
            static u32 idt[512], gdt[6] = {0, 0, 0xffff, 0xcf9a00, 0xffff, 0xcf9200};
            static volatile int ticks;
            struct pointer { unsigned short limit; u32 base; } __attribute__((packed));
            /* A table, so that each answer takes as many instructions. */
            static void save(char where) {
                static const char answers[64] = {[0] = 's', [1] = 'r', [-95 & 63] = 'n'};
                int result = 400;
                __asm__ volatile("vmcall" : "+a"(result) : : "memory");
                put(where); put(answers[result & 63]);
            }
            __attribute__((interrupt)) void tick(void *frame) {
                (void) frame;
                if (++ticks & 1) save('t');
                out(0x20, 0x20);
            }
            static int count(void) { out(0x43, 0); int low = in(0x40); return in(0x40) << 8 | low; }
            void kernel(u32 magic, u32 *information) {
                struct pointer interrupts = {sizeof idt - 1, (u32) idt}, segments = {sizeof gdt - 1, (u32) gdt};
                (void) magic; (void) information;
                __asm__ volatile("lgdt %0; lidt %1" : : "m"(segments), "m"(interrupts));
                idt[0x40] = 8 << 16 | ((u32) tick & 0xffff); idt[0x41] = ((u32) tick & 0xffff0000) | 0x8e00;
                out(0x20, 0x11); out(0x21, 0x20); out(0x21, 4); out(0x21, 1); out(0x21, 0xfe);
                out(0x43, 0x34); out(0x40, 0x00); out(0x40, 0x10);
                for (int n = 1; n <= 4; n++) {
                    while (ticks < n) __asm__ volatile("sti; hlt; cli");
                    save('k');
                    hex(count());
                }
                out(0xf4, 16);
            }
            """;

    private static final int SAVES = 6;
    private static final Stop END = new Stop(Stop.Reason.EXITED, 33, "");

    @TempDir
    Path directory;

    private Path kernel;
    private RecordedRun run;
    private String unsaved;
    private long length;

    @BeforeEach
    void runWithoutAnImage() throws Exception {
        kernel = TestKernels.ofC(directory, CODE, 0x10_0000, 0x10_0000);
        run = new RecordedRun(directory);
        try (VirtualMachine vm = loaded(null)) {
            assertThat(vm.run()).isEqualTo(END);
            length = vm.instructions();
        }
        unsaved = run.output();
        assertThat(unsaved).matches("(tnkn[0-9a-f]{8} kn[0-9a-f]{8} ){2}");
        run = new RecordedRun(directory);
    }

    private VirtualMachine loaded(Path saveImage) throws Exception {
        VirtualMachine vm =
                VirtualMachine.blank(run.configuration("").saveImage(saveImage).build());
        vm.load(TestKernels.started(kernel));
        return vm;
    }

    @Test
    void eachCallEndsARunThatIsRestored() throws Exception {
        Path image = directory.resolve("vm.vmimg");
        VirtualMachine vm = loaded(null);
        int saves = 0;
        try {
            while (vm.runTo(new SavePoint.SaveCall()).reason() == Stop.Reason.SAVE) {
                saves++;
                vm.save(image);
                vm.close();
                vm = restored(image);
            }
            assertThat(saves).isEqualTo(SAVES);
            assertThat(vm.instructions()).isEqualTo(length);
        } finally {
            vm.close();
        }
        assertThat(run.output()).isEqualTo(unsaved.replace('n', 'r'));
    }

    @Test
    void aRunThatSavesGoesOnAndItsLastImageDoesToo() throws Exception {
        Path image = directory.resolve("vm.vmimg");
        try (VirtualMachine vm = loaded(image)) {
            assertThat(vm.run()).isEqualTo(END);
        }
        String saved = unsaved.replace('n', 's');
        assertThat(run.output()).isEqualTo(saved);

        run = new RecordedRun(directory);
        try (VirtualMachine vm = restored(image)) {
            assertThat(vm.run()).isEqualTo(END);
            assertThat(vm.instructions()).isEqualTo(length);
        }
        assertThat(run.output()).isEqualTo("kr" + saved.substring(saved.lastIndexOf("ks") + 2));
    }

    private VirtualMachine restored(Path image) throws Exception {
        VirtualMachine vm = VirtualMachine.blank(run.configuration("").build());
        try (VmImage saved = VmImage.read(image, null)) {
            vm.restore(saved);
        }
        return vm;
    }
}
