/*
 * A kernel that does what a kernel must before it can do anything else: it talks through a serial port, takes exceptions
 * and interrupts, manages pages, waits for a timer, and runs a program in ring 3. It ends by QEMU's exit port.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;

enum { COM1 = 0x3f8, FIRST_PIC = 0x20, SECOND_PIC = 0xa0, PIT = 0x40, EXIT = 0xf4 };
enum { IRQ_BASE = 0x20, TIMER = IRQ_BASE, SERIAL = IRQ_BASE + 4, SYSTEM_CALL = 0x80 };
enum { DIVIDE = 0, BREAKPOINT = 3, INVALID_OPCODE = 6, PROTECTION = 13, PAGE_FAULT = 14 };
enum { PRESENT = 1, WRITABLE = 2, USER = 4 };

#define KERNEL_CODE 0x08
#define TASK 0x28
#define SECOND_GIB 0x40000000UL
#define LAZY (SECOND_GIB + 0x100000)

struct frame {
    u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
    u64 vector, error, rip, cs, rflags, rsp, ss;
};

struct gate { u16 low, selector; u8 stack, type; u16 middle; u32 high, zero; };
struct task { u32 zero0; u64 stacks[3]; u64 zero1; u64 interrupt_stacks[7]; u64 zero2; u16 zero3, io_map; } __attribute__((packed));
struct pointer { u16 limit; u64 base; } __attribute__((packed));

extern u8 stubs[], user_code[], user_code_end[], _end[];
extern u64 gdt[], pointer_table[];
void enter_user(void *code, void *stack);

static struct gate idt[256];
static struct task task;
static u8 interrupt_stack[4096], fault_stack[4096];
static u64 frames;
static volatile u32 ticks;
static u32 user_ticks, exceptions;

/* -- ports and the console ------------------------------------------------------------------------------------ */

static void out(u16 port, u8 value) { __asm__ volatile("outb %0, %1" : : "a"(value), "d"(port)); }
static u8 in(u16 port) { u8 value; __asm__ volatile("inb %1, %0" : "=a"(value) : "d"(port)); return value; }

static void put(char c) {
    while (!(in(COM1 + 5) & 0x20));
    out(COM1, c);
}

static void say(const char *text) {
    while (*text) put(*text++);
}

static void hex(u64 value) {
    int shift = 60;
    while (shift > 0 && !(value >> shift)) shift -= 4;
    for (; shift >= 0; shift -= 4) put("0123456789abcdef"[value >> shift & 15]);
}

static void tell(const char *what, u64 value) {
    say(what);
    say(" 0x");
    hex(value);
    put('\n');
}

static void end(u8 status) {
    out(EXIT, status);
    for (;;) __asm__ volatile("cli; hlt");
}

/* What the transmitter's interrupt sends, a byte each. */
static const char *volatile to_send = "";

static void serial_interrupt(void) {
    while (!(in(COM1 + 2) & 1)) {
        if (*to_send) out(COM1, *to_send++);
        else out(COM1 + 1, 0);
    }
}

/* -- pages ---------------------------------------------------------------------------------------------------- */

static u64 *new_frame(void) {
    u64 *frame = (u64 *) frames;
    frames += 4096;
    for (int i = 0; i < 512; i++) frame[i] = 0;
    return frame;
}

static u64 *below(u64 *entry) {
    if (!(*entry & PRESENT)) *entry = (u64) new_frame() | PRESENT | WRITABLE | USER;
    return (u64 *) (*entry & ~0xfffUL);
}

static void map(u64 address, u64 flags) {
    u64 *directory = below(&pointer_table[address >> 30 & 511]);
    u64 *table = below(&directory[address >> 21 & 511]);
    table[address >> 12 & 511] = (u64) new_frame() | flags;
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

/* -- interrupts ----------------------------------------------------------------------------------------------- */

static void exception(struct frame *f) {
    exceptions++;
    tell("exception", f->vector);
    switch (f->vector) {
        case BREAKPOINT: return;
        case DIVIDE: f->rip += 2; return;                      /* div %ecx */
        case INVALID_OPCODE: f->rip += 2; return;              /* ud2 */
        case PROTECTION: tell("  error", f->error); f->rip += 2; return;  /* mov %ecx, %fs */
        case PAGE_FAULT: {
            u64 address;
            __asm__ volatile("mov %%cr2, %0" : "=r"(address));
            tell("  address", address);
            tell("  error", f->error);
            if (address >= LAZY && address < LAZY + 0x10000) {
                map(address & ~0xfffUL, PRESENT | WRITABLE);
                return;
            }
        }
    }
    tell("  is not handled, at", f->rip);
    end(0x7f);
}

static void timer_interrupt(struct frame *f) {
    ticks++;
    if (f->cs & 3) {
        if (++user_ticks == 3) f->rax = 1;
    }
}

void interrupt(struct frame *f) {
    switch (f->vector) {
        case TIMER: timer_interrupt(f); break;
        case SERIAL: serial_interrupt(); break;
        case SYSTEM_CALL:
            tell("ring 3 is back, ticks there", user_ticks);
            say(f->rcx > 100 ? "it counted\n" : "it did not count\n");
            tell("exceptions", exceptions);
            end(0x10);
            break;
        default: exception(f); return;
    }
    out(FIRST_PIC, 0x20);
}

static void set_gate(int vector, int stack, int privilege) {
    u64 stub = (u64) stubs + vector * 16;
    idt[vector] = (struct gate) {stub, KERNEL_CODE, stack, 0x8e | privilege << 5, stub >> 16, stub >> 32, 0};
}

static void set_up_interrupts(void) {
    for (int vector = 0; vector < 256; vector++) set_gate(vector, 0, 0);
    set_gate(PAGE_FAULT, 1, 0);
    set_gate(SYSTEM_CALL, 0, 3);
    struct pointer pointer = {sizeof idt - 1, (u64) idt};
    __asm__ volatile("lidt %0" : : "m"(pointer));
    task.stacks[0] = (u64) (interrupt_stack + sizeof interrupt_stack);
    task.interrupt_stacks[0] = (u64) (fault_stack + sizeof fault_stack);
    task.io_map = sizeof task;
    u64 base = (u64) &task;
    gdt[TASK / 8] = (sizeof task - 1) | (base & 0xffffff) << 16 | 0x89UL << 40 | (base >> 24 & 0xff) << 56;
    gdt[TASK / 8 + 1] = base >> 32;
    __asm__ volatile("ltr %w0" : : "r"(TASK));
}

static void set_up_devices(void) {
    static const u8 first[] = {IRQ_BASE, 4, 1, 0xee}, second[] = {IRQ_BASE + 8, 2, 1, 0xff};
    out(FIRST_PIC, 0x11);
    out(SECOND_PIC, 0x11);
    for (int i = 0; i < 4; i++) {
        out(FIRST_PIC + 1, first[i]);
        out(SECOND_PIC + 1, second[i]);
    }
    out(PIT + 3, 0x34);                                        /* channel 0, both bytes, rate generator */
    out(PIT, 1193 & 0xff);                                     /* 1 kHz */
    out(PIT, 1193 >> 8);
    out(COM1 + 4, 0x0b);
}

/* -- the VMM ---------------------------------------------------------------------------------------------------- */

enum { CPUID_HYPERVISOR = 0x40000000, SAVE = 400 };

static int runs_on_vmm(void) {
    u32 leaf = CPUID_HYPERVISOR, name[3];
    __asm__ volatile("cpuid" : "+a"(leaf), "=b"(name[0]), "=c"(name[1]), "=d"(name[2]) : "2"(0));
    const char *expected = "ScratchVMvmm", *found = (const char *) name;
    for (int i = 0; i < 12; i++) if (found[i] != expected[i]) return 0;
    return 1;
}

/* Asks for the machine to be saved; whether it is the saved one, restored. */
static int save(void) {
    long result = SAVE;
    if (!runs_on_vmm()) return 0;
    __asm__ volatile("vmcall" : "+a"(result) : : "memory");
    return result == 1;
}

/* -- the work ------------------------------------------------------------------------------------------------- */

static void cause_exceptions(void) {
    __asm__ volatile("int3");
    __asm__ volatile("div %%ecx" : : "a"(1), "d"(0), "c"(0) : "cc");
    __asm__ volatile("ud2");
    __asm__ volatile("mov %%ecx, %%fs" : : "c"(0x1230));
    volatile u64 *lazy = (volatile u64 *) (LAZY + 0x3008);
    *lazy = 42;
    tell("read back", *lazy);
}

static void wait_for_ticks(void) {
    for (u32 seen = 0; seen < 5; seen++) {
        while (ticks <= seen) __asm__ volatile("sti; hlt; cli");
        tell("tick", seen + 1);
    }
}

void send_by_interrupts(void) {
    to_send = "sent by interrupts\n";
    out(COM1 + 1, 2);
    while (*to_send) __asm__ volatile("sti; hlt; cli");
}

static void run_user(void) {
    map(SECOND_GIB, PRESENT | WRITABLE | USER);
    map(SECOND_GIB + 0x1000, PRESENT | WRITABLE | USER);
    for (long i = 0; i < user_code_end - user_code; i++) ((u8 *) SECOND_GIB)[i] = user_code[i];
    enter_user((void *) SECOND_GIB, (void *) (SECOND_GIB + 0x2000));
}

void kernel_main(u32 magic, const u32 *information) {
    frames = ((u64) _end + 4095) & ~4095UL;
    tell("kernel, magic", magic);
    tell("memory known", information[0] & 1);
    set_up_interrupts();
    cause_exceptions();
    set_up_devices();
    wait_for_ticks();
    if (save()) say("restored\n");
    send_by_interrupts();
    run_user();
}
