/* What the programs beside this have in common. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

/* What FXSAVE stores; musl does not say. */
struct floating_point {
    uint16_t control, status, tag, opcode;
    uint64_t instruction, data;
    uint32_t mxcsr, mask;
    struct { uint64_t significand; uint16_t exponent, unused[3]; } st[8];
    struct { uint64_t low, high; } xmm[16];
    uint32_t unused[24];
};

typedef void handler(int, siginfo_t *, void *);

static inline void handle(int signal, handler *with, int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = with;
    action.sa_flags = SA_SIGINFO | flags;
    sigaction(signal, &action, 0);
}

static inline sigset_t set_of(int one, int two) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, one);
    if (two) sigaddset(&set, two);
    return set;
}

static inline void block(int signal) { sigset_t set = set_of(signal, 0); sigprocmask(SIG_BLOCK, &set, 0); }
static inline void unblock(int signal) { sigset_t set = set_of(signal, 0); sigprocmask(SIG_UNBLOCK, &set, 0); }

/* Whoever starts us may have signals blocked. */
__attribute__((constructor)) static void start_with_none_blocked(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
}

#define REGISTER(context, name) ((unsigned long long) (context)->uc_mcontext.gregs[REG_##name])
