/* What a handler finds in its frame and its registers, and what becomes of what it changes there. */
#include "signals.h"

struct floating { double st; uint64_t xmm[4]; uint32_t mxcsr; uint16_t control; };
long registers[16], self;
struct floating before = {1.25, {0x1111, 0x2222, 0xffff000011112222, 0x8000000000000001}, 0x3f80, 0xf7f}, after;
static int change;

static void show(int signal, siginfo_t *info, void *context) {
    ucontext_t *c = context;
    uint16_t control; uint32_t mxcsr; uint64_t flags;
    __asm__ volatile("fnstcw %0; stmxcsr %1; pushfq; pop %2" : "=m"(control), "=m"(mxcsr), "=r"(flags));
    printf("signal %d code %d, in the handler: aligned %d, control %x mxcsr %x flags %x\n", signal, info->si_code,
        (int) ((uintptr_t) __builtin_frame_address(0) & 15), control, mxcsr, (int) flags & 0x700);
    static const int order[] = {REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI, REG_RDI, REG_RBP, REG_R8, REG_R9, REG_R10, REG_R11,
        REG_R12, REG_R13, REG_R14, REG_R15};
    for (int i = 0; i < 15; i++) printf("%llx ", order[i] == REG_RDI && signal == SIGUSR1 ? 0ULL : (unsigned long long) c->uc_mcontext.gregs[order[i]]);
    printf("\nflags %llx cs %llx trap %llx err %llx\n", REGISTER(c, EFL) & 0x10dd5, REGISTER(c, CSGSFS) & 0xffff0000ffff,
        REGISTER(c, TRAPNO), REGISTER(c, ERR));
    printf("uc_flags %lx link %d\n", c->uc_flags & ~1L, c->uc_link != 0);
    struct floating_point *f = (void *) c->uc_mcontext.fpregs;
    printf("fpstate at %d: control %x tag %x mxcsr %x xmm3 %llx st0 %llx %x\n", (int) ((uintptr_t) f & 63), f->control, f->tag, f->mxcsr,
        (unsigned long long) f->xmm[3].low, (unsigned long long) f->st[0].significand, f->st[0].exponent);
    uint32_t *software = (uint32_t *) ((char *) f + 464);
    printf("magic %x %d, second %x\n", software[0], software[1] == software[4] + 4, *(uint32_t *) ((char *) f + software[4]));
    printf("xstate_bv %llx\n", *(unsigned long long *) ((char *) f + 512) & 3);
    if (change) {
        for (int i = 0; i < 15; i++) if (order[i] != REG_RBP) c->uc_mcontext.gregs[order[i]] += 0x10000;
        c->uc_mcontext.gregs[REG_EFL] ^= 0x8d5;
        f->xmm[3].low = 0x77777777;
        f->mxcsr = 0x1fa0;
        f->control = 0x27f;
        f->st[0].exponent ^= 0x8000;
        c->uc_mcontext.gregs[REG_RIP] += 2;
    } else if (info->si_code != SI_KERNEL && signal != SIGUSR1) c->uc_mcontext.gregs[REG_RIP] += 2;
}

/* Executes what is at label 1 with known registers, and says what they are afterwards. */
#define WITH_KNOWN_REGISTERS(...) do { \
    __asm__ volatile( \
        "push %%rbp; sub $256, %%rsp; fldcw 44(%[b]); fldl (%[b]); movdqu 8(%[b]), %%xmm3; movdqu 24(%[b]), %%xmm12; ldmxcsr 40(%[b]);" \
        "movabs $0x0101010101010101, %%rbx; movabs $0x0202020202020202, %%rcx; movabs $0x0303030303030303, %%rdx;" \
        "movabs $0x0404040404040404, %%rsi; movabs $0x0505050505050505, %%rdi; movabs $0x0606060606060606, %%rbp;" \
        "movabs $0x0808080808080808, %%r8; movabs $0x0909090909090909, %%r9; movabs $0x0a0a0a0a0a0a0a0a, %%r10;" \
        "movabs $0x0b0b0b0b0b0b0b0b, %%r11; movabs $0x0c0c0c0c0c0c0c0c, %%r12; movabs $0x0d0d0d0d0d0d0d0d, %%r13;" \
        "movabs $0x0e0e0e0e0e0e0e0e, %%r14; movabs $0x0f0f0f0f0f0f0f0f, %%r15; movl $0x600dbeef, -8(%%rsp); movl $0xbadcafe, -128(%%rsp);" \
        "movl $0x12345, %%eax; cmp $0x7ffffff, %%eax; std;" \
        __VA_ARGS__ \
        "cld; movabs %%rax, registers; lea registers, %%rax; mov %%rbx, 8(%%rax); mov %%rcx, 16(%%rax); mov %%rdx, 24(%%rax);" \
        "mov %%rsi, 32(%%rax); mov %%rdi, 40(%%rax); mov %%rbp, 48(%%rax); mov %%r8, 56(%%rax); mov %%r9, 64(%%rax);" \
        "mov %%r10, 72(%%rax); mov %%r11, 80(%%rax); mov %%r12, 88(%%rax); mov %%r13, 96(%%rax); mov %%r14, 104(%%rax);" \
        "mov -8(%%rsp), %%ebx; mov %%ebx, 112(%%rax); mov -128(%%rsp), %%ebx; mov %%ebx, 116(%%rax); mov %%r15, 120(%%rax);" \
        "lea after, %%rax; fstpl (%%rax); movdqu %%xmm3, 8(%%rax); movdqu %%xmm12, 24(%%rax); stmxcsr 40(%%rax);" \
        "fnstcw 44(%%rax); fninit; add $256, %%rsp; pop %%rbp" \
        : : [b] "a"(&before) : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc", \
        "memory", "xmm3", "xmm12"); \
    uint32_t fresh = 0x1f80; __asm__ volatile("ldmxcsr %0" : : "m"(fresh)); result(); } while (0)

static void result(void) {
    for (int i = 0; i < 16; i++) printf("%lx ", registers[i]);
    printf("\n%g %llx %llx %llx %llx %x %x\n\n", after.st, (long long) after.xmm[0], (long long) after.xmm[1], (long long) after.xmm[2],
        (long long) after.xmm[3], after.mxcsr, after.control);
}

static void dirty(int signal, siginfo_t *info, void *context) {
    uint64_t found[4];
    __asm__ volatile("vmovdqu %%ymm5, %0; vpcmpeqd %%xmm5, %%xmm5, %%xmm5; vinsertf128 $1, %%xmm5, %%ymm5, %%ymm5"
        : "=m"(found) : : "xmm5");
    printf("ymm5 in the handler %lx %lx %lx %lx\n", found[0], found[1], found[2], found[3]);
}

/* The same for the registers of AVX, where there are any: a CPU without says nothing wrong. */
static void wide(void) {
    uint64_t before[4] = {1, 2, 0xffffffff00000003, 0x8000000000000004}, after[4] = {0};
    if (!__builtin_cpu_supports("avx")) {
        printf("ymm5 in the handler 0 0 0 0\nymm5 kept 1\n");
        return;
    }
    handle(SIGUSR1, dirty, 0);
    __asm__ volatile("vmovdqu %[before], %%ymm5; syscall; vmovdqu %%ymm5, %[after]; vzeroupper"
        : [after] "=m"(after) : [before] "m"(before), "a"(SYS_kill), "D"(getpid()), "S"(SIGUSR1) : "rcx", "r11", "xmm5", "memory");
    printf("ymm5 kept %d\n", memcmp(before, after, sizeof before) == 0);
}

int main(void) {
    handle(SIGILL, show, 0);
    handle(SIGTRAP, show, 0);
    handle(SIGUSR1, show, 0);
    for (change = 0; change < 2; change++) {
        WITH_KNOWN_REGISTERS("ud2;");
        if (!change) WITH_KNOWN_REGISTERS("int3;");
    }
    change = 0;
    self = getpid();
    WITH_KNOWN_REGISTERS("mov self, %%edi; mov $10, %%esi; mov $62, %%eax; syscall; movl $0, %%edi; movl $0, %%ecx;");
    wide();
    return 0;
}
