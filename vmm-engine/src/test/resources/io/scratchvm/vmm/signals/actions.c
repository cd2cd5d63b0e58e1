/* Flags of actions, masks, pending signals, the alternate stack. */
#include "signals.h"

static int depth;
static char stack[65536] __attribute__((aligned(16)));

static void nested(int signal, siginfo_t *info, void *context) {
    printf("%*senter %d code %d mine %d\n", 2 * depth, "", signal, info->si_code, info->si_pid == getpid());
    depth++;
    static int once;
    if (signal == SIGUSR1 && !once++) { raise(SIGUSR2); raise(SIGUSR1); }
    if (signal == SIGHUP && depth < 4) raise(SIGHUP);
    depth--;
    printf("%*sleave %d\n", 2 * depth, "", signal);
}

static void queued(int signal, siginfo_t *info, void *context) {
    printf("signal RTMIN+%d code %d value %d\n", signal - SIGRTMIN, info->si_code, info->si_value.sival_int);
}

static void on_stack(int signal, siginfo_t *info, void *context) {
    stack_t now;
    char here;
    ucontext_t *c = context;
    sigaltstack(0, &now);
    printf("on it %d, flags %d, frame's flags %d size %d\n", &here > stack && &here < stack + sizeof stack, now.ss_flags,
        c->uc_stack.ss_flags, c->uc_stack.ss_size == sizeof stack);
    stack_t other = {.ss_sp = stack, .ss_size = 10000};
    int result = sigaltstack(&other, 0);
    printf("change there: %d %d\n", result, result ? errno : 0);
    if (signal == SIGUSR1 && depth++ == 0) raise(SIGUSR2);
}

static void show_mask(const char *what) {
    sigset_t mask;
    sigprocmask(SIG_BLOCK, 0, &mask);
    printf("%s %lx\n", what, *(unsigned long *) &mask);
}

static void masks(int signal, siginfo_t *info, void *context) {
    show_mask("in the handler");
    ucontext_t *c = context;
    printf("saved %lx\n", *(unsigned long *) &c->uc_sigmask);
    sigaddset(&c->uc_sigmask, SIGTERM);
    sigaddset(&c->uc_sigmask, SIGKILL);
}

int main(void) {
    handle(SIGUSR1, nested, 0); handle(SIGUSR2, nested, 0); handle(SIGHUP, nested, SA_NODEFER);
    raise(SIGUSR1);
    raise(SIGHUP);

    handle(SIGUSR2, nested, SA_RESETHAND);
    raise(SIGUSR2);
    struct sigaction old;
    sigaction(SIGUSR2, 0, &old);
    printf("reset %d flags %x\n", old.sa_handler == SIG_DFL, old.sa_flags & ~0x04000000);

    block(SIGUSR1); block(SIGHUP);
    kill(getpid(), SIGUSR1); kill(getpid(), SIGHUP); kill(getpid(), SIGUSR1); kill(getpid(), SIGHUP);
    sigset_t pending;
    sigpending(&pending);
    printf("pending %lx\n", *(unsigned long *) &pending);
    sigset_t both = set_of(SIGUSR1, SIGHUP);
    depth = 5;
    sigprocmask(SIG_UNBLOCK, &both, 0);
    depth = 0;
    block(SIGUSR1); raise(SIGUSR1); signal(SIGUSR1, SIG_IGN);
    sigpending(&pending);
    printf("pending %lx\n", *(unsigned long *) &pending);
    unblock(SIGUSR1);

    for (int i = 0; i < 3; i++) { handle(SIGRTMIN + i, queued, 0); block(SIGRTMIN + i); }
    for (int i = 0; i < 7; i++) {
        union sigval value = {.sival_int = 100 + i};
        sigqueue(getpid(), SIGRTMIN + (i * 2) % 3, value);
    }
    kill(getpid(), SIGRTMIN + 1);
    sigset_t all = set_of(SIGRTMIN, SIGRTMIN + 1); sigaddset(&all, SIGRTMIN + 2);
    siginfo_t info;
    printf("waited %d", sigwaitinfo(&all, &info) - SIGRTMIN);
    printf(" value %d\n", info.si_value.sival_int);
    sigprocmask(SIG_UNBLOCK, &all, 0);

    memset(&info, 0, sizeof info);
    info.si_code = SI_USER;
    printf("forged %ld %d\n", syscall(SYS_rt_sigqueueinfo, getpid() + 0, SIGRTMIN, &info), 0);
    info.si_code = -60; info.si_value.sival_int = 9;
    printf("forged %ld\n", syscall(SYS_rt_sigqueueinfo, getpid(), SIGRTMIN, &info));
    printf("to the thread %ld\n", syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGRTMIN, &info));

    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack}, before;
    printf("none before: %d", sigaltstack(&alternate, &before)); printf(" flags %d\n", before.ss_flags);
    handle(SIGUSR1, on_stack, SA_ONSTACK); handle(SIGUSR2, on_stack, SA_ONSTACK);
    raise(SIGUSR1);
    handle(SIGUSR1, on_stack, 0);
    raise(SIGUSR1);
    alternate.ss_flags = 1 << 31;
    sigaltstack(&alternate, 0);
    handle(SIGUSR2, on_stack, SA_ONSTACK);
    raise(SIGUSR2);
    sigaltstack(0, &before);
    printf("disarmed flags %x\n", before.ss_flags);
    alternate.ss_flags = 0; alternate.ss_size = 100;
    printf("too small %d", sigaltstack(&alternate, 0)); printf(" %d\n", errno);
    alternate.ss_flags = 77;
    printf("no flags %d", sigaltstack(&alternate, 0)); printf(" %d\n", errno);

    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = masks; action.sa_flags = SA_SIGINFO;
    action.sa_mask = set_of(SIGALRM, SIGSTOP);
    sigaction(SIGUSR1, &action, 0);
    show_mask("before");
    raise(SIGUSR1);
    show_mask("after");
    sigset_t other = set_of(SIGHUP, 0);
    block(SIGUSR1); raise(SIGUSR1);
    int result = sigsuspend(&other);
    printf("suspended %d %d\n", result, errno);
    show_mask("after");
    printf("%ld", syscall(SYS_rt_sigaction, SIGKILL, &action, 0, 8)); printf(" %d\n", errno);
    printf("%ld", syscall(SYS_rt_sigaction, 65, 0, &action, 8)); printf(" %d\n", errno);
    printf("%ld", syscall(SYS_rt_sigaction, 5, 0, &action, 4)); printf(" %d\n", errno);
    printf("%ld", syscall(SYS_rt_sigprocmask, 7, &other, 0, 8)); printf(" %d\n", errno);
    printf("%d", kill(getpid(), 65)); printf(" %d\n", errno);
    printf("%d", kill(getpid(), 0)); printf(" %d\n", errno);
    printf("%d", kill(2999999, 1)); printf(" %d\n", errno);
    printf("%ld", syscall(SYS_tgkill, getpid(), 0, 1)); printf(" %d\n", errno);
    printf("%ld", syscall(SYS_tkill, 2999999, 1)); printf(" %d\n", errno);
    struct timespec none = {0, 0}, wrong = {0, 1000000000}, soon = {0, 2000};
    printf("%d", sigtimedwait(&all, 0, &none)); printf(" %d\n", errno);
    printf("%d", sigtimedwait(&all, 0, &wrong)); printf(" %d\n", errno);
    printf("%d", sigtimedwait(&all, 0, &soon)); printf(" %d\n", errno);
    return 0;
}
