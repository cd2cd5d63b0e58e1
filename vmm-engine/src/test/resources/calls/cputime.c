/* CPU time by process and by thread: clocks, getrusage(2), times(2), wait4(2), and the interval timers that go by it. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the comparisons leave to the kernel's own work: nothing here waits for the wall clock. */
#define MS 1000000L
#define SLACK (4 * MS)

static long err(long result) { return result < 0 ? -errno : result; }

static long at(clockid_t clock) {
    struct timespec t;
    return clock_gettime(clock, &t) ? -errno : t.tv_sec * 1000000000L + t.tv_nsec;
}

static long own(void) { return at(CLOCK_PROCESS_CPUTIME_ID); }
static long thread(void) { return at(CLOCK_THREAD_CPUTIME_ID); }

static long of(const struct rusage *u) {
    return (u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1000000000L + (u->ru_utime.tv_usec + u->ru_stime.tv_usec) * 1000;
}

static long usage(int who) {
    struct rusage u;
    return getrusage(who, &u) ? -errno : of(&u);
}

static void burn(clockid_t clock, long nanos) {
    for (long end = at(clock) + nanos; at(clock) < end;) for (volatile int i = 0; i < 2000; i++);
}

static const char *near(long a, long b) { return labs(a - b) <= SLACK ? "near" : a < b ? "less" : "more"; }

static void *work(void *clock) {
    burn(CLOCK_THREAD_CPUTIME_ID, 6 * MS);
    pthread_getcpuclockid(pthread_self(), clock);
    printf("thread %d usage %s own clock %s\n", thread() >= 6 * MS, near(usage(RUSAGE_THREAD), thread()),
           near(at(*(clockid_t *) clock), thread()));
    return 0;
}

static void threads(void) {
    long process = own(), mine = thread();
    pthread_t t;
    clockid_t clock;
    for (int i = 0; i < 2; i++) {
        pthread_create(&t, 0, work, &clock);
        pthread_join(t, 0);
    }
    printf("process had both %d, its first thread %d\n", own() - process >= 12 * MS, thread() - mine >= 6 * MS);
    printf("usage %s, and not less by the clock %d\n", near(usage(RUSAGE_SELF), own()), own() >= thread());
    printf("ended thread's %ld\n", at(clock));
}

static void sleeps(void) {
    long process = own(), wall = at(CLOCK_MONOTONIC);
    usleep(30000);
    printf("slept %d of no CPU time %d\n", at(CLOCK_MONOTONIC) - wall >= 30 * MS, own() - process < 10 * MS);
}

static void children(void) {
    fflush(stdout);
    int gate[2], c;
    pipe(gate);
    struct rusage u;
    struct tms before, after;
    times(&before);
    long mine = own(), had = usage(RUSAGE_CHILDREN);
    pid_t child = fork();
    if (!child) {
        printf("child begins at %d\n", own() < 10 * MS);
        fflush(stdout);
        if (!fork()) {
            burn(CLOCK_PROCESS_CPUTIME_ID, 12 * MS);
            _exit(0);
        }
        wait(0);
        burn(CLOCK_PROCESS_CPUTIME_ID, 8 * MS);
        write(gate[1], "", 1);
        pause();
    }
    read(gate[0], &c, 1);
    clockid_t clock;
    printf("clock of the child %d", clock_getcpuclockid(child, &clock));
    printf(" shows its own %d\n", at(clock) >= 8 * MS && at(clock) < 18 * MS);
    printf("not waited for: %s\n", near(usage(RUSAGE_CHILDREN), had));
    kill(child, SIGKILL);
    siginfo_t info;
    memset(&u, 0, sizeof u);
    syscall(SYS_waitid, P_PID, child, &info, WEXITED | WNOWAIT, &u);
    printf("told with WNOWAIT %d, not added: %s\n", of(&u) >= 19 * MS, near(usage(RUSAGE_CHILDREN), had));
    memset(&u, 0, sizeof u);
    printf("waited %d", wait4(child, 0, 0, &u) == child);
    printf(" told %d added: %s\n", of(&u) >= 19 * MS, near(usage(RUSAGE_CHILDREN), had + of(&u)));
    times(&after);
    printf("times %d, and its own %d\n", after.tms_cutime + after.tms_cstime - before.tms_cutime - before.tms_cstime >= 1,
           own() - mine < 10 * MS);
    printf("its clock now %ld %d\n", at(clock), clock_getcpuclockid(child, &clock));
    signal(SIGCHLD, SIG_IGN);
    had = usage(RUSAGE_CHILDREN);
    if (!fork()) { burn(CLOCK_PROCESS_CPUTIME_ID, 8 * MS); _exit(0); }
    printf("ignored %ld: %s\n", err(wait(0)), near(usage(RUSAGE_CHILDREN), had));
    signal(SIGCHLD, SIG_DFL);
}

static volatile int alarms;
static void count(int signal) { alarms++; }

static void timers(int which, int signal) {
    struct itimerval t = {{0, 0}, {0, 10000}}, left;
    struct sigaction a = {.sa_handler = count};
    sigaction(signal, &a, 0);
    alarms = 0;
    setitimer(which, &t, 0);
    fflush(stdout);
    if (!fork()) {
        getitimer(which, &left);
        burn(CLOCK_PROCESS_CPUTIME_ID, 25 * MS);
        _exit(alarms + (left.it_value.tv_usec != 0));
    }
    int status;
    wait(&status);
    usleep(30000);
    getitimer(which, &left);
    printf("timer %d: child %d, others' time and sleep %d, left %d", which, status >> 8, alarms, left.it_value.tv_usec > 0);
    burn(CLOCK_PROCESS_CPUTIME_ID, 25 * MS);
    printf(" own %d\n", alarms);
}

static void refused(void) {
    struct timespec t;
    struct rusage u;
    printf("refused %ld %ld %ld", usage(2), usage(-2), err(getrusage(0, (void *) 8)));
    printf(" %ld %ld %ld %ld\n", at(-1), at(~999999u << 3 | 2), at(~999999u << 3 | 6), at(~(unsigned) getpid() << 3 | 3));
    printf("resolution %ld", err(clock_getres(CLOCK_PROCESS_CPUTIME_ID, &t)));
    printf(" %ld\n", t.tv_nsec);
    printf("own by number %s %s\n", near(at(~(unsigned) getpid() << 3 | 2), own()), near(at(~0u << 3 | 2), own()));
    printf("parent's thread %ld\n", at(~(unsigned) getppid() << 3 | 6));
}

int main(int argc, char **argv) {
    if (argc > 1) {
        printf("new program has it still %d, and its children's %d\n", own() >= atol(argv[1]),
               usage(RUSAGE_CHILDREN) >= atol(argv[2]));
        return 0;
    }
    threads();
    sleeps();
    children();
    timers(ITIMER_VIRTUAL, SIGVTALRM);
    timers(ITIMER_PROF, SIGPROF);
    refused();
    fflush(stdout);
    char mine[32], ofChildren[32];
    sprintf(mine, "%ld", own()), sprintf(ofChildren, "%ld", usage(RUSAGE_CHILDREN));
    execl("/proc/self/exe", argv[0], mine, ofChildren, (char *) 0);
}
