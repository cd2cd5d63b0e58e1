/* Frames that a handler has made impossible: rt_sigreturn(2) must not believe them. */
#include "signals.h"

static sigjmp_buf back;
static int which;
static struct floating_point copy[2] __attribute__((aligned(64)));

static void forge(int signal, siginfo_t *info, void *context) {
    ucontext_t *c = context;
    switch (which) {
        case 0: c->uc_mcontext.gregs[REG_RIP] = 0x8000000000001234; break;
        case 1: ((struct floating_point *) c->uc_mcontext.fpregs)->mxcsr = 0xffff1f80; break;
        case 2: c->uc_mcontext.fpregs = (void *) 0x1000; break;
        case 3: c->uc_mcontext.fpregs = 0; break;
        case 4: c->uc_mcontext.fpregs = (void *) ((char *) c->uc_mcontext.fpregs + 8); break;
        case 5: memcpy(copy, c->uc_mcontext.fpregs, 512); memset((char *) copy + 464, 0, 48);
            copy->mxcsr = 0x5f80; c->uc_mcontext.fpregs = (void *) copy; break;
        case 6: ((uint64_t *) c->uc_mcontext.fpregs)[64] = 1ULL << 40; break;
        case 7: c->uc_mcontext.gregs[REG_EFL] |= 0x3000 | 1 << 17 | 1 << 14; c->uc_mcontext.gregs[REG_EFL] &= ~0x200L; break;
        case 8: c->uc_mcontext.gregs[REG_CSGSFS] = 0x002b000000000010; break;
        case 9: c->uc_mcontext.gregs[REG_CSGSFS] = 0x0018000000000033; break;
        case 10: c->uc_mcontext.gregs[REG_CSGSFS] = 0x0028000000000030; break;
        case 11: c->uc_mcontext.gregs[REG_RIP] = 0xffffffff81000000; break;
        case 12: *(uint64_t *) &c->uc_sigmask = ~0UL; break;
        case 13: ((uint64_t *) c->uc_mcontext.fpregs)[65] = 1ULL << 63; break;
    }
}

static void caught(int signal, siginfo_t *info, void *context) {
    ucontext_t *c = context;
    printf("signal %d code %d trap %lld err %llx rip %llx\n", signal, info->si_code, REGISTER(c, TRAPNO), REGISTER(c, ERR) & ~1ULL,
        which == 0 || which == 11 ? REGISTER(c, RIP) : 0);
    siglongjmp(back, 1);
}

int main(void) {
    handle(SIGUSR1, forge, 0);
    handle(SIGSEGV, caught, 0);
    for (which = 0; which < 14; which++) {
        uint32_t mxcsr = 0x3f80;
        uint64_t flags;
        sigset_t mask;
        __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
        printf("%d: ", which);
        if (!sigsetjmp(back, 1)) {
            raise(SIGUSR1);
            __asm__ volatile("stmxcsr %0; pushfq; pop %1" : "=m"(mxcsr), "=r"(flags));
            sigprocmask(SIG_BLOCK, 0, &mask);
            printf("goes on, mxcsr %x flags %llx mask %lx\n", mxcsr, (long long) flags & 0x3f7700, *(unsigned long *) &mask);
            sigemptyset(&mask);
            sigprocmask(SIG_SETMASK, &mask, 0);
        }
    }
    return 0;
}
