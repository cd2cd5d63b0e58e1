/* Faults as signals: their codes and addresses, and what ends a program all the same. */
#include "signals.h"
#include <fenv.h>

static sigjmp_buf back;
static char *expected;
static volatile int zero, seven = 7;

static void caught(int signal, siginfo_t *info, void *context) {
    __asm__ volatile("pushfq; andl $~0x40000, (%rsp); popfq");
    ucontext_t *c = context;
    int bits = REGISTER(c, TRAPNO) == 14 ? ~1 : ~0;
    printf("signal %d code %d address %s trap %lld err %llx rf %llx\n", signal, info->si_code,
        info->si_addr == expected ? "expected" : info->si_addr == 0 ? "none" : info->si_addr == (void *) REGISTER(c, RIP) ? "RIP" : "other",
        REGISTER(c, TRAPNO), REGISTER(c, ERR) & bits, REGISTER(c, EFL) & 0x10000);
    siglongjmp(back, 1);
}

#define TRY(what) do { printf("%s: ", #what); if (!sigsetjmp(back, 1)) { what; printf("nothing\n"); } } while (0)
#define AT(place) (*(volatile int *) (expected = (char *) (place)))

static void with_masks(uint32_t mxcsr, uint16_t control) {
    __asm__ volatile("fninit; fldcw %1; ldmxcsr %0" : : "m"(mxcsr), "m"(control));
}

static int steps;
static void step(int signal, siginfo_t *info, void *context) {
    ucontext_t *c = context;
    steps += info->si_code == TRAP_TRACE && info->si_addr == (void *) REGISTER(c, RIP);
    if (steps == 5) c->uc_mcontext.gregs[REG_EFL] &= ~0x100;
}

static char stack[65536];

int main(void) {
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, 0);
    volatile double one = 1, huge = 1e308, tiny = 1e-308, nothing = 0;
    static const int all[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    for (int i = 0; i < 5; i++) handle(all[i], caught, SA_ONSTACK);
    char *page = mmap(0, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 4096, 4096);
    TRY(AT(16) = 1);
    TRY(AT(page) = 1);
    TRY(zero = AT(page + 4096));
    TRY(zero = AT(page + 4094));
    mprotect(page, 4096, PROT_NONE);
    TRY(zero = AT(page));
    TRY(AT(0x1234567812345678) = 1);
    TRY(AT(0xffff800000000000) = 1);
    TRY(AT(0x7ffffffff000) = 1);
    mprotect(page, 4096, PROT_READ);
    expected = page;
    TRY(((void (*)(void)) page)());
    TRY(((void (*)(void)) 0x1234567812345678)());
    zero = 0;
    TRY(zero = seven / zero);
    zero = 0;
    TRY(__asm__ volatile("ud2"));
    TRY(__asm__ volatile("hlt"));
    TRY(__asm__ volatile("cli"));
    TRY(__asm__ volatile("mov %cr3, %rax"));
    TRY(__asm__ volatile("int $0x30"));
    TRY(__asm__ volatile("int3"));
    TRY(__asm__ volatile("int $3"));
    TRY(__asm__ volatile("mov %0, %%rsp; push %%rax" : : "r"(0x8000000000000000)));
    TRY(__asm__ volatile("mov %0, %%ds" : : "r"(0x1234)));
    TRY(__asm__ volatile("mov %0, %%ds" : : "r"(0x1230)));
    TRY(__asm__ volatile("pushfq; orl $0x40000, (%rsp); popfq; movl $1, 1(%rsp)"));
    with_masks(0x1d80, 0x37f); TRY(one = 1 / nothing);
    with_masks(0x1f00, 0x37f); TRY(one = nothing / nothing);
    with_masks(0x1b80, 0x37f); TRY(one = huge * huge);
    with_masks(0x1780, 0x37f); TRY(one = tiny * tiny);
    with_masks(0x0f80, 0x37f); TRY(one = seven / 3.1);
    with_masks(0x1e80, 0x37f); TRY(one = 5e-324 * seven);
    with_masks(0x1f80, 0x37b); TRY(__asm__ volatile("fldz; fld1; fdivp; fwait"));
    with_masks(0x1f80, 0x37e); TRY(__asm__ volatile("fldz; fldz; fdivp; fwait"));
    with_masks(0x1f80, 0x35f); TRY(__asm__ volatile("fldpi; fld1; fdivp; fwait"));
    with_masks(0x1f80, 0x37f);
    handle(SIGTRAP, step, 0);
    __asm__ volatile("pushfq; orl $0x100, (%rsp); popfq; nop; nop; nop; nop; nop; nop; nop");
    printf("steps %d\n", steps);
    return 0;
}
