package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same Multiboot kernels here and in QEMU: what they say and how they end must be equal. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KernelOnQemuTest {
    /** What a Multiboot kernel may rely on when it is entered. */
    private static final String MACHINE_STATE =
            """
            void kernel(u32 magic, u32 *information) {
                u32 flags, cr0, limit, rights;
                __asm__ volatile("pushfl; popl %0" : "=r"(flags));
                __asm__ volatile("movl %%cr0, %0" : "=r"(cr0));
                say("magic "); hex(magic);
                say("flags "); hex(flags & 0x20702);
                say("cr0 "); hex(cr0 & 0x80000001);
                say("information "); hex(information[0] & 0x24d);
                say("modules "); hex(information[5]);
                say("low memory "); hex(information[1] > 600 && information[1] <= 640);
                say("line "); say(*(char **) (information + 4)); say("\\n");
                u32 at = information[12], end = at + information[11], usable = 0;
                while (at < end) {
                    u32 *entry = (u32 *) at;
                    if (entry[5] == 1 && entry[1] <= 0x100000 && entry[1] + entry[3] > 0x200000) usable = 1;
                    at += entry[0] + 4;
                }
                say("the memory map has the kernel's "); hex(usable);
                volatile u32 *low = (u32 *) 0x9000, *high = (u32 *) 0x109000;
                *low = 1; *high = 2; say("a20 "); hex(*low);
                out(0xf4, magic >> 24);
            }
            """;

    /** A kernel linked at 3 GiB, which is entered at its physical address; it has no data that it could reach. */
    private static final String HIGHER_HALF =
            """
            void kernel(u32 magic, u32 *information) {
                u32 at;
                (void) information;
                __asm__ volatile("call 1f; 1: popl %0" : "=r"(at));
                put('A' + (at >> 20));
                out(0xf4, magic == 0x2badb002 ? 7 : 8);
            }
            """;

    /** The interrupt controllers under pseudo-random commands, with the timer and the serial port to ask. */
    private static final String INTERRUPT_CONTROLLERS =
            """
            static u32 seed = SEED, idt[512];
            static volatile int vector;
            static u32 next(u32 limit) { seed = seed * 1664525 + 1013904223; return (seed >> 8) % limit; }
            __asm__(".balign 16\\nstubs:\\n.set n, 0\\n.rept 256\\n.balign 16\\nmovl $n, vector\\niret\\n.set n, n+1\\n.endr\\n");
            extern char stubs[];
            static int special;
            static void initialize(int fourth) {
                special = 0;
                out(0x20, 0x11); out(0x21, 0x20); out(0x21, 4); out(0x21, fourth);
                out(0xa0, 0x11); out(0xa1, 0x28); out(0xa1, 2); out(0xa1, 1);
            }
            static void ask_by_timer(void) {
                out(0x20, 0x0a);
                if (in(0x20) & 1) return;
                out(0x43, 0x10); out(0x40, 2);
                while (!(in(0x20) & 1));
            }
            static void ask_by_serial_port(void) { in(0x3fa); out(0x3f9, 0); out(0x3f9, 2); }
            static void take(void) {
                vector = -1;
                __asm__ volatile("sti; nop; nop; cli" : : : "memory");
                hex(vector);
            }
            /* In special mask mode QEMU ends a masked input's service by an unspecific command too, unlike the data sheet. */
            static void end(int n) {
                static const char ends[] = {0x20, 0x20, 0xa0, 0x60, 0x64, 0xe0, 0xe4};
                out(0x20, ends[special && n < 3 ? n + 3 : n]);
            }
            static void choose(int n) {
                static const char modes[] = {0x40, 0x80, 0x00, 0xc0, 0xc3, 0xc7, 0x68, 0x48};
                special = n == 6 ? 1 : n == 7 ? 0 : special;
                out(0x20, modes[n]);
            }
            static void act(void) {
                switch (next(12)) {
                    case 0: case 1: ask_by_timer(); say("t "); break;
                    case 2: case 3: ask_by_serial_port(); say("s "); break;
                    case 4: case 5: take(); break;
                    case 6: out(0x21, next(2) ? next(256) : 0); hex(in(0x21)); break;
                    case 7: out(0x20, 0x0a); hex(in(0x20)); out(0x20, 0x0b); hex(in(0x20)); break;
                    case 8: out(0x20, 0x0c); hex(in(0x20)); break;
                    case 9: end(next(7)); break;
                    case 10: choose(next(8)); break;
                    default: if (next(6) == 0) initialize(next(3) ? 1 : next(2) ? 3 : 0x11); end(0); out(0x21, 0);
                }
            }
            void kernel(u32 magic, u32 *information) {
                struct { unsigned short limit; u32 base; } __attribute__((packed)) pointer = {sizeof idt - 1, (u32) idt};
                static u32 gdt[6] = {0, 0, 0xffff, 0xcf9a00, 0xffff, 0xcf9200};
                struct { unsigned short limit; u32 base; } __attribute__((packed)) table = {sizeof gdt - 1, (u32) gdt};
                (void) magic; (void) information;
                stop_timer();
                __asm__ volatile("lgdt %0; ljmp $8, $1f; 1: movw $16, %%ax; movw %%ax, %%ss; movw %%ax, %%ds" : : "m"(table) : "eax");
                for (int n = 0; n < 256; n++) {
                    u32 stub = (u32) stubs + n * 16;
                    idt[2 * n] = 8 << 16 | (stub & 0xffff); idt[2 * n + 1] = (stub & 0xffff0000) | 0x8e00;
                }
                __asm__ volatile("lidt %0" : : "m"(pointer));
                initialize(1);
                out(0x21, 0);
                for (int n = 0; n < 3000; n++) { act(); if (n % 8 == 7) put(10); }
                out(0xf4, 3);
            }
            """;

    /** A request that waits while interrupts are off: how many bytes behind label 1 each way to allow them lets it in. */
    private static final String INTERRUPT_WINDOWS =
            """
            static u32 idt[512];
            static volatile u32 where;
            __asm__("handler: pushl %eax\\n movl 4(%esp), %eax\\n movl %eax, where\\n movb $0x20, %al\\n outb %al, $0x20\\n"
                    "popl %eax\\n iret\\n");
            extern char handler[];
            static void ask(void) {
                where = 0;
                out(0x43, 0x10); out(0x40, 2); out(0x20, 0x0a);
                while (!(in(0x20) & 1));
            }
            #define WINDOW(code) { u32 from; ask(); \\
                __asm__ volatile("movl $1f, %0\\n" code "\\n cli" : "=&r"(from) : : "memory", "eax"); hex(where - from); put(10); }
            void kernel(u32 magic, u32 *information) {
                struct { unsigned short limit; u32 base; } __attribute__((packed)) pointer = {sizeof idt - 1, (u32) idt};
                static u32 gdt[6] = {0, 0, 0xffff, 0xcf9a00, 0xffff, 0xcf9200};
                struct { unsigned short limit; u32 base; } __attribute__((packed)) table = {sizeof gdt - 1, (u32) gdt};
                (void) magic; (void) information;
                stop_timer();
                __asm__ volatile("lgdt %0; ljmp $8, $1f; 1: movw $16, %%ax; movw %%ax, %%ss; movw %%ax, %%ds" : : "m"(table) : "eax");
                __asm__ volatile("lidt %0" : : "m"(pointer));
                idt[0x40] = 8 << 16 | ((u32) handler & 0xffff); idt[0x41] = ((u32) handler & 0xffff0000) | 0x8e00;
                out(0x20, 0x11); out(0x21, 0x20); out(0x21, 4); out(0x21, 1); out(0x21, 0xfe);
                WINDOW("1: sti; nop; nop; nop")
                WINDOW("1: sti; sti; nop; nop")
                WINDOW("1: sti; hlt; nop; nop")
                WINDOW("1: sti; cli; nop; nop; sti; nop; nop")
                WINDOW("pushl $0x202; 1: popfl; nop; nop; nop")
                WINDOW("pushfl; orl $0x200, (%%esp); pushl $8; pushl $2f; 1: iret; nop; 2: nop; nop; nop")
                WINDOW("1: sti; jmp 2f; nop; 2: nop; nop; nop")
                WINDOW("1: sti; movl $2f, %%eax; jmp *%%eax; nop; 2: nop; nop")
                out(0xf4, 4);
            }
            """;

    @TempDir
    Path directory;

    @Test
    void theSmallKernelSaysTheSame() throws Exception {
        String said = compare(TestKernels.small(directory), 0x10);
        assertThat(said).contains("tick 0x5").endsWith("exceptions 0x5\n");
    }

    @Test
    void aKernelFindsTheSameMachine() throws Exception {
        String said = compare(TestKernels.ofC(directory, MACHINE_STATE, 0x10_0000, 0x10_0000), 0x2b, "an", "argument");
        assertThat(said)
                .contains("magic 2badb002")
                .contains("kernel32.elf an argument")
                .endsWith("a20 00000001 ");
    }

    @Test
    void aKernelOfTheUpperHalfIsEnteredWhereItLies() throws Exception {
        String said = compare(TestKernels.ofC(directory, HIGHER_HALF, 0xc010_0000L, 0x10_0000), 7);
        assertThat(said).isEqualTo("B");
    }

    @Test
    void interruptsComeAfterTheSameInstructions() throws Exception {
        String said = compare(TestKernels.ofC(directory, INTERRUPT_WINDOWS, 0x10_0000, 0x10_0000), 4);
        assertThat(said).startsWith("00000002 \n").hasLineCount(8);
    }

    @Test
    void interruptControllersUnderRandomCommandsAnswerTheSame() throws Exception {
        for (int seed = 1; seed <= 3; seed++) {
            String code = INTERRUPT_CONTROLLERS.replace("SEED", "" + seed);
            compare(TestKernels.ofC(directory, code, 0x10_0000, 0x10_0000), 3);
        }
    }

    private String compare(Path kernel, int exit, String... arguments) throws Exception {
        return new KernelComparison(directory).compare(kernel, exit, arguments);
    }
}
