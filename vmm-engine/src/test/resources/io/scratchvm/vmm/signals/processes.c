/* Who takes a signal: threads of a process, and processes among each other. */
#include "signals.h"
#include <pthread.h>
#include <sys/wait.h>

static volatile int taken;
static volatile pthread_t taker;
static int empty[2];

static void take(int signal, siginfo_t *info, void *context) { taken++; taker = pthread_self(); }
static int is_me(void) { return pthread_equal(taker, pthread_self()); }

static void *reads(void *unused) {
    char byte;
    int result = read(empty[0], &byte, 1);
    printf("thread's read %d %d, its own signal %d\n", result, errno, is_me());
    return 0;
}

static void *waits(void *unused) {
    sigset_t set = set_of(SIGUSR2, 0);
    int signal;
    sigwait(&set, &signal);
    printf("thread waited for %d\n", signal);
    return 0;
}

static void *spins(void *unused) {
    while (!taken) ;
    printf("the thread that does not block it took it: %d\n", is_me());
    return 0;
}

static void threads(void) {
    pthread_t thread;
    pthread_create(&thread, 0, reads, 0);
    usleep(50000);
    pthread_kill(thread, SIGUSR1);
    pthread_join(thread, 0);

    block(SIGUSR2);
    pthread_create(&thread, 0, waits, 0);
    usleep(20000);
    kill(getpid(), SIGUSR2);
    pthread_join(thread, 0);

    taken = 0;
    pthread_create(&thread, 0, spins, 0);
    usleep(20000);
    block(SIGUSR1);
    kill(getpid(), SIGUSR1);
    pthread_join(thread, 0);
    unblock(SIGUSR1);
}

static int status_of(pid_t child) {
    int status;
    pid_t who = waitpid(child, &status, 0);
    return who == child ? status : -1;
}

/* In a child: */
static void dies(void) { raise(SIGTERM); }
static void pauses(void) { pause(); _exit(3); }
static void loops(void) { for (;;) ; }
static void faults(void) { *(volatile int *) 8 = 1; }
static void aborts(void) { abort(); }
static void counts(void) { struct itimerval soon = {{0, 0}, {0, 20000}}; setitimer(ITIMER_VIRTUAL, &soon, 0); loops(); }
static void has_alarm(void) { _exit(alarm(0)); }
static void naps(void) { struct timespec nap = {0, 400000000}; nanosleep(&nap, 0); _exit(4); }
static void has_pending(void) { sigset_t set; sigpending(&set); _exit(sigismember(&set, SIGUSR2)); }

static pid_t begin(void (*body)(void)) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) body();
    return child;
}

int main(void) {
    pipe(empty);
    handle(SIGUSR1, take, 0);
    threads();

    handle(SIGCHLD, take, SA_RESTART);
    taken = 0;
    printf("died %x", status_of(begin(dies)));
    printf(", told %d\n", taken);
    pid_t child = begin(pauses);
    usleep(50000);
    kill(child, SIGUSR1);
    printf("paused %x\n", status_of(child));
    child = begin(loops);
    usleep(20000);
    kill(child, SIGKILL);
    printf("killed %x\n", status_of(child));
    printf("faulted %x\n", status_of(begin(faults)) & 0x7f);
    printf("aborted %x\n", status_of(begin(aborts)) & 0x7f);
    printf("counted %x\n", status_of(begin(counts)));
    alarm(100);
    printf("no alarm in the child: %x, still in the parent: %d\n", status_of(begin(has_alarm)), alarm(0));
    block(SIGUSR2);
    raise(SIGUSR2);
    printf("nothing pending in the child: %x\n", status_of(begin(has_pending)));

    signal(SIGCHLD, SIG_DFL);
    handle(SIGALRM, take, 0);
    child = begin(naps);
    struct itimerval soon = {{0, 0}, {0, 50000}};
    setitimer(ITIMER_REAL, &soon, 0);
    int result = waitpid(child, 0, 0);
    printf("wait %d %d", result, errno);
    printf(", then %x\n", status_of(child));
    return 0;
}
