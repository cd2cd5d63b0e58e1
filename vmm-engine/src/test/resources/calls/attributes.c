/* What prctl(2) and membarrier(2) set, who inherits it, and the signal of a parent's end. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long err(long result) { return result < 0 ? -errno : result; }
static long barrier(int command, int flags) { return err(syscall(324, command, flags, 0)); }

static void show(const char *who) {
    char name[17] = "################";
    int death = -1;
    long named = err(prctl(PR_GET_NAME, name)), told = err(prctl(PR_GET_PDEATHSIG, &death));
    printf("%s: %ld %s %ld %d dumpable %ld keepcaps %ld slack %ld privileges %ld\n", who, named, name, told, death, err(prctl(PR_GET_DUMPABLE)),
           err(prctl(PR_GET_KEEPCAPS)), err(prctl(PR_GET_TIMERSLACK)), err(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)));
}

static volatile int died;
static void dead(int signal) { died = signal; }

int main(int count, char **arguments) {
    if (count > 1) { show("executed"); printf("barrier %ld\n", barrier(8, 0)); return 0; }
    show("at first");
    printf("name %ld\n", err(prctl(PR_SET_NAME, "a name that is too long")));
    show("named");
    printf("bad address %ld %ld\n", err(prctl(PR_SET_NAME, 1L)), err(prctl(PR_GET_NAME, 1L)));
    printf("set %ld %ld %ld %ld %ld\n", err(prctl(PR_SET_PDEATHSIG, SIGUSR1)), err(prctl(PR_SET_DUMPABLE, 0)), err(prctl(PR_SET_KEEPCAPS, 1)),
           err(prctl(PR_SET_TIMERSLACK, 1234)), err(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)));
    printf("bad %ld %ld %ld %ld %ld %ld\n", err(prctl(PR_SET_PDEATHSIG, 65)), err(prctl(PR_SET_DUMPABLE, 2)), err(prctl(PR_SET_KEEPCAPS, 2)),
           err(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0)), err(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0)), err(prctl(12345)));
    int tsc = 0;
    printf("tsc %ld", err(prctl(PR_GET_TSC, &tsc)));
    printf(" %d timing %ld %ld seccomp %ld\n", tsc, err(prctl(PR_GET_TIMING)), err(prctl(PR_SET_TIMING, 1)), err(prctl(PR_GET_SECCOMP)));
    show("set");
    printf("barriers %lx %ld %ld %ld", barrier(0, 0) & 0x7f, barrier(8, 0), barrier(0, 8), barrier(3, 0));
    printf(" %ld", barrier(16, 0));
    printf(" %ld %ld\n", barrier(8, 0), barrier(32, 0));
    printf("slack %ld", err(prctl(PR_SET_TIMERSLACK, 0))), printf(" %ld\n", err(prctl(PR_GET_TIMERSLACK)));
    fflush(stdout);
    int made = fork();
    if (!made) {
        show("child");
        printf("barrier %ld\n", barrier(8, 0));
        fflush(stdout);
        execl("/proc/self/exe", "prog", "again", (char *) 0);
        _exit(9);
    }
    waitpid(made, 0, 0);
    int pipes[2];
    if (pipe(pipes)) abort();
    if (!fork()) {                                  /* a parent that ends before its child */
        if (!fork()) {
            close(pipes[0]);
            signal(SIGUSR2, dead);
            prctl(PR_SET_PDEATHSIG, SIGUSR2);
            if (write(pipes[1], "+", 1) != 1) abort();
            while (!died) usleep(1000);
            if (write(pipes[1], died == SIGUSR2 ? "y" : "n", 1) != 1) abort();
            _exit(0);
        }
        close(pipes[1]);
        char c;
        if (read(pipes[0], &c, 1) != 1) abort();
        _exit(0);
    }
    close(pipes[1]);
    wait(0);
    char c = '?';
    if (read(pipes[0], &c, 1) != 1) abort();
    printf("told of the parent's end %c\n", c);
    return 0;
}
