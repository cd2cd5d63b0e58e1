package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A VM that is saved while signals are under way, in handlers, with pending signals and armed timers, comes to the same end
 * as one that nobody interrupted: each handler runs at the same instruction.
 */
@Timeout(300)
class SavedSignalsTest {
    private static final String BUSY =
            """
            static char out[256]; static long at; static unsigned long hash = 14695981039346656037UL;
            static volatile int alarms, ticks, queued, faults, steps; static char stack[16384];
            #define mix(value) (hash = (hash ^ (unsigned long) (value)) * 1099511628211UL)
            #define show(value) do { unsigned long v = (unsigned long) (value); out[16] = '\\n'; \\
                for (int i = 15; i >= 0; i--, v >>= 4) out[i] = "0123456789abcdef"[v & 15]; call(1, 1, out, 17); } while (0)
            #define REG(i) context[5 + (i)]                         /* of uc_mcontext: 16 is RIP, 17 RFLAGS */
            __asm__(".pushsection .restorer, \\"ax\\"; restorer: mov $15, %eax; syscall; .popsection");
            extern char restorer[];
            void handler(int signal, int *info, long *context) {
                mix(signal); mix(info[2]); mix(REG(16)); mix(REG(15)); mix(context[37]);
                __asm__ volatile("movq %0, %%xmm5; fld1; fstp %%st(0)" : : "r"(hash) : "xmm5");
                if (signal == 14) alarms++;
                if (signal == 26) ticks++;
                if (signal >= 32) { queued++; mix(info[6]); }
                if (signal == 11) { faults++; mix(*(long *) (info + 4)); REG(16) += 3; }
                if (signal == 5 && ++steps == 9) REG(17) &= ~0x100L;
                if (signal == 34) { long nap[2] = {0, 700}; mix(call(35, nap, nap)); mix(nap[1]); }
            }
            #define handle(signal, flags) do { long action[4] = {(long) handler, 0x04000004L | (flags), (long) restorer, 0}; \\
                call(13, signal, action, 0, 8); } while (0)
            long alternate[3] = {(long) stack, 0, sizeof stack}; call(131, alternate, 0);
            handle(14, 0x10000000); handle(26, 0x08000000); handle(11, 0x08000000); handle(5, 0); handle(32, 0); handle(33, 0x40000000);
            handle(34, 0);
            long real[4] = {0, 1, 0, 1}, virt[4] = {0, 2, 0, 2}, never[4] = {0, 0, 0, 0}, old[4];
            call(38, 0, real, 0); call(38, 1, virt, 0);
            long self = call(39);
            for (int round = 0; round < 4; round++) {
                long value = round;
                __asm__ volatile("movq %0, %%xmm5; fldpi" : : "r"(hash) : "xmm5");
                for (int i = 0; i < 300; i++) __asm__ volatile("paddq %%xmm5, %%xmm6; mul %%rax" : "+a"(value) : : "rdx", "xmm6");
                double pi; long low; __asm__ volatile("fstpl %0; movq %%xmm6, %1" : "=m"(pi), "=r"(low)); mix(*(long *) &pi); mix(low);
                long set = 7L << 31; call(14, 0, &set, 0, 8);
                for (int i = 0; i < 5; i++) { int info[32] = {0, 0, -1, 0, 0, 0, 100 * round + i}; call(129, self, 32 + i % 3, info); }
                call(62, self, 33);
                int info[32]; mix(call(128, &set, info, 0, 8)); mix(info[6]);
                long pending; call(127, &pending, 8); mix(pending);
                long nap[2] = {0, 20000}; mix(call(35, nap, nap)); mix(nap[1]);
                long none = 0; mix(call(130, &none, 8));            /* sigsuspend: all of them come */
                mix(call(34));                                      /* pause */
                call(14, 1, &set, 0, 8);
                __asm__ volatile("xor %%eax, %%eax; mov (%%rax), %%rcx" : : : "rax", "rcx", "memory");
                call(36, 0, old); mix(old[3]);
                steps = 0;
                __asm__ volatile("pushfq; orl $0x100, (%rsp); popfq; nop; nop; nop; nop; nop; nop; nop; nop; nop; nop");
                show(hash);
            }
            call(38, 0, never, 0); call(38, 1, never, 0);
            show(alarms); show(ticks); show(queued); show(faults); show(hash);
            long set = 1 << 14; call(14, 0, &set, 0, 8); call(62, self, 15); call(14, 1, &set, 0, 8);
            return 9;
            """;

    private static final int DISTANCE = 83;

    @TempDir
    Path directory;

    private Start program;

    @BeforeEach
    void compile() throws Exception {
        program = BareProgram.compile(directory, BUSY);
    }

    private VmConfiguration configuration(ByteArrayOutputStream output) {
        return VmConfiguration.builder().root(directory).standardOutput(output).build();
    }

    private String uninterrupted() throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        try (VirtualMachine vm = VirtualMachine.blank(configuration(output))) {
            vm.load(program);
            Stop stop = vm.run();
            return stop + "\n" + output;
        }
    }

    @Test
    void theProgramTakesItsSignals() throws IOException {
        String[] lines = uninterrupted().split("\n");
        assertThat(lines[0]).contains("KILLED", "143", "SIGTERM: sent to the program");
        assertThat(lines).hasSize(10);
        assertThat(Long.parseUnsignedLong(lines[5], 16)).as("alarms").isGreaterThan(10);
        assertThat(Long.parseUnsignedLong(lines[6], 16)).as("ticks").isGreaterThan(2);
        assertThat(Long.parseUnsignedLong(lines[7], 16)).as("queued").isEqualTo(4 * 5);
        assertThat(Long.parseUnsignedLong(lines[8], 16)).as("faults").isEqualTo(4);
    }

    @Test
    void everyFewInstructionsOneAfterTheOther() throws IOException {
        String expected = uninterrupted();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Path image = directory.resolve("vm.vmimg");
        VirtualMachine vm = VirtualMachine.blank(configuration(output));
        try {
            vm.load(program);
            Stop stop = vm.runTo(new SavePoint.Instructions(DISTANCE));
            while (stop.reason() == Stop.Reason.SAVE_POINT) {
                vm.save(image);
                vm.close();
                vm = VirtualMachine.blank(configuration(output));
                try (VmImage saved = VmImage.read(image, null)) {
                    vm.restore(saved);
                }
                stop = vm.runTo(new SavePoint.Instructions(vm.instructions() + DISTANCE));
            }
            assertThat(withoutSymbol(stop + "\n" + output)).isEqualTo(withoutSymbol(expected));
        } finally {
            vm.close();
        }
    }

    /** A restored VM knows no symbols. */
    private static String withoutSymbol(String text) {
        return text.replaceFirst(" [(]body[^)]*[)]", "");
    }
}
