/* Calls that a signal interrupts, and timers. */
#include "signals.h"
#include <poll.h>
#include <sys/select.h>

static volatile int ticks, order[8], seen;
static void tick(int signal, siginfo_t *info, void *context) { ticks++; if (seen < 8) order[seen++] = signal; }
static volatile int filling;
static int pipes[2];
static void fill(int signal, siginfo_t *info, void *context) { ticks++; if (filling && ticks > 1) write(pipes[1], "x", 1); }

static void after(long microseconds) {
    /* Again and again, for a busy host may let the first one come before the call that it is for. */
    struct itimerval value = {{0, microseconds}, {0, microseconds}};
    setitimer(ITIMER_REAL, &value, 0);
}

int main(void) {
    handle(SIGALRM, tick, 0); handle(SIGVTALRM, tick, 0); handle(SIGPROF, tick, 0);
    struct timespec two = {2, 0}, left = {0, 0};
    after(100000);
    int result = nanosleep(&two, &left);
    printf("nanosleep %d %d, left %d\n", result, errno, left.tv_sec == 1 && left.tv_nsec > 500000000);
    handle(SIGALRM, tick, SA_RESTART);
    after(100000);
    result = nanosleep(&two, &left);
    printf("never restarted: %d %d, left %d\n", result, errno, left.tv_sec == 1 && left.tv_nsec > 500000000);
    after(100000);
    result = clock_nanosleep(CLOCK_MONOTONIC, 0, &two, &left);
    printf("clock_nanosleep %d, left %d\n", result, left.tv_sec == 1);
    after(20000);
    result = pause();
    printf("pause %d %d\n", result, errno);
    sigset_t set = set_of(SIGUSR1, 0);
    block(SIGUSR1);
    after(20000);
    result = sigwaitinfo(&set, 0);
    printf("sigwaitinfo %d %d\n", result, errno);
    block(SIGALRM);
    set = set_of(SIGALRM, 0);
    after(20000);
    siginfo_t info;
    result = sigwaitinfo(&set, &info);
    printf("waited for %d code %d\n", result, info.si_code);
    sigset_t none; sigemptyset(&none);
    after(20000);
    result = sigsuspend(&none);
    printf("sigsuspend %d %d\n", result, errno);
    after(0);
    unblock(SIGALRM);

    char byte;
    if (pipe(pipes) == 0) {
        handle(SIGALRM, fill, 0);
        ticks = 0;
        struct itimerval again = {{0, 2000}, {0, 2000}}, never = {{0, 0}, {0, 0}}, old;
        setitimer(ITIMER_REAL, &again, 0);
        result = read(pipes[0], &byte, 1);
        printf("read %d %d\n", result, errno);
        handle(SIGALRM, fill, SA_RESTART);
        ticks = 0;
        filling = 1;
        result = read(pipes[0], &byte, 1);
        printf("restarted read %d, ticks %d\n", result, ticks >= 2);
        int other[2];
        pipe(other);
        struct pollfd empty = {other[0], POLLIN, 0};
        result = poll(&empty, 1, -1);
        printf("poll is never restarted: %d %d\n", result, errno);
        fd_set reads;
        FD_ZERO(&reads); FD_SET(other[0], &reads);
        result = select(other[0] + 1, &reads, 0, 0, 0);
        printf("select neither: %d %d\n", result, errno);
        block(SIGALRM);
        ticks = 0;
        struct timespec little = {0, 20000000};
        result = ppoll(&empty, 1, &little, 0);
        printf("blocked: %d, ticks %d\n", result, ticks);
        result = ppoll(&empty, 1, 0, &none);
        printf("let in: %d %d, ticks %d\n", result, errno, ticks > 0);
        sigset_t now;
        sigprocmask(SIG_BLOCK, 0, &now);
        printf("blocked again %d\n", sigismember(&now, SIGALRM));
        unblock(SIGALRM);
        setitimer(ITIMER_REAL, &never, &old);
        printf("interval %ld left %d\n", (long) old.it_interval.tv_usec, old.it_value.tv_usec > 0);
        handle(SIGPIPE, tick, 0);
        seen = 0;
        close(pipes[0]);
        result = write(pipes[1], "x", 1);
        printf("broken pipe %d %d, signal %d\n", result, errno, order[0]);
    }

    handle(SIGALRM, tick, 0);
    printf("alarm %d", alarm(100)); printf(" then %d", alarm(50)); printf(" then %d", alarm(0)); printf(" then %d\n", alarm(0));
    struct itimerval wrong = {{0, 0}, {0, 1000000}};
    result = setitimer(ITIMER_REAL, &wrong, 0);
    printf("wrong %d %d", result, errno);
    result = setitimer(5, &wrong, 0);
    printf(" %d %d\n", result, errno);
    ticks = 0;
    struct itimerval fast = {{0, 2000}, {0, 1000}}, stop = {{0, 0}, {0, 0}};
    setitimer(ITIMER_VIRTUAL, &fast, 0);
    for (volatile long i = 0; ticks < 5; i++) ;
    setitimer(ITIMER_VIRTUAL, &stop, 0);
    printf("virtual ticks %d\n", ticks >= 5);
    ticks = 0;
    setitimer(ITIMER_PROF, &fast, 0);
    for (volatile long i = 0; ticks < 3; i++) ;
    setitimer(ITIMER_PROF, &stop, 0);
    printf("profiling ticks %d\n", ticks >= 3);
    ticks = 0;
    setitimer(ITIMER_REAL, &fast, 0);
    volatile double sum = 0;
    for (long i = 0; ticks < 20; i++) sum += i * 0.5;
    setitimer(ITIMER_REAL, &stop, 0);
    printf("real ticks %d\n", ticks >= 20);
    return 0;
}
