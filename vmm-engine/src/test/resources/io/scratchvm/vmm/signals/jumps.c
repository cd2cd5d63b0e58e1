/* Ways out of handlers other than returning, and a stack that overflows. */
#include "signals.h"

static sigjmp_buf back;
static int times;
static char stack[65536];

static void jump(int signal, siginfo_t *info, void *context) { times++; siglongjmp(back, times); }
static int recurse(int n) { volatile char room[1000]; room[n % 1000] = n; return recurse(n + 1) + room[n % 1000]; }
static void aborted(int signal) { printf("abort's handler\n"); fflush(stdout); }
static void again(int signal, siginfo_t *info, void *context) {
    printf("%d\n", ++times);
    if (times < 4) raise(signal);
}

int main(int argc, char **argv) {
    handle(SIGUSR1, jump, 0);
    for (int n = sigsetjmp(back, 1); n < 5; n = times) raise(SIGUSR1);
    printf("jumped %d times\n", times);
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, 0);
    handle(SIGSEGV, jump, SA_ONSTACK);
    for (int i = 0; i < 2; i++) if (!sigsetjmp(back, 1)) recurse(0);
    printf("overflowed, %d\n", times);
    times = 0;
    handle(SIGUSR2, again, 0);
    raise(SIGUSR2);
    ucontext_t context;
    volatile int round = 0;
    getcontext(&context);
    if (round++ < 3) setcontext(&context);
    printf("rounds %d\n", round);
    fflush(stdout);
    signal(SIGABRT, aborted);
    abort();
}
