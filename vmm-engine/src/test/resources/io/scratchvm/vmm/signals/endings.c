/* Ways to die by a signal, one a run. */
#include "signals.h"

static void ignored(int signal, siginfo_t *info, void *context) { printf("handler %d\n", signal); fflush(stdout); }
static void faults(int signal, siginfo_t *info, void *context) { printf("in\n"); fflush(stdout); *(volatile int *) 8 = 1; }

int main(int argc, char **argv) {
    sigset_t set = set_of(SIGSEGV, SIGFPE);
    volatile int zero = 0, seven = 7;
    switch (atoi(argv[1])) {
        case 0: abort();
        case 1: signal(SIGSEGV, SIG_IGN); *(volatile int *) 8 = 1; break;
        case 2: handle(SIGSEGV, ignored, 0); sigprocmask(SIG_BLOCK, &set, 0); *(volatile int *) 8 = 1; break;
        case 3: handle(SIGSEGV, faults, 0); *(volatile int *) 8 = 1; break;
        case 4: signal(SIGFPE, SIG_IGN); seven = seven / zero; break;
        case 5: raise(SIGTERM); break;
        case 6: alarm(1); pause(); break;
        case 7: kill(getpid(), SIGKILL); break;
        case 8: handle(SIGUSR1, ignored, 0); __asm__ volatile("mov $0x10, %rsp; mov $39, %eax; syscall; mov %eax, %edi; mov $10, %esi; mov $62, %eax; syscall"); break;
        case 9: { struct sigaction a; memset(&a, 0, sizeof a); a.sa_sigaction = ignored;
            long kernel[4] = {(long) ignored, 4, 0, 0}; syscall(SYS_rt_sigaction, SIGUSR1, kernel, 0, 8); raise(SIGUSR1); break; }
        case 10: block(SIGRTMIN); kill(getpid(), SIGRTMIN); printf("blocked\n"); fflush(stdout); unblock(SIGRTMIN); break;
        case 11: handle(SIGUSR1, ignored, 0); block(SIGTERM); kill(getpid(), SIGTERM); kill(getpid(), SIGUSR1); unblock(SIGTERM); break;
        case 12: { struct itimerval value = {{0, 0}, {0, 5000}}; setitimer(ITIMER_VIRTUAL, &value, 0); for (;;) ; }
        case 13: __asm__ volatile("pushfq; orl $0x100, (%rsp); popfq; nop"); break;
        case 14: { stack_t small = {.ss_sp = malloc(4096), .ss_size = 2048}; sigaltstack(&small, 0);
            handle(SIGUSR1, ignored, SA_ONSTACK); raise(SIGUSR1); break; }
    }
    return 7;
}
