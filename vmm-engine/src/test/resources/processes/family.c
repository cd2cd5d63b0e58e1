/* fork, vfork, exec, wait, orphans, process groups, SIGCHLD: what becomes of each process. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t children;
static void onChild(int signal, siginfo_t *info, void *context) { children += info->si_status; }

static int tree(int depth) {
    int sum = depth;
    for (int i = 0; i < 2 && depth > 0; i++) {
        if (fork() == 0) _exit(tree(depth - 1));
    }
    int status;
    while (wait(&status) > 0) sum += WEXITSTATUS(status);
    return sum;
}

int main(int argc, char **argv) {
    if (argc > 1) {
        printf("niceness %d\n", getpriority(PRIO_PROCESS, 0));
        printf("executed as %s with %d arguments, last '%s', %s\n", argv[0], argc, argv[argc - 1], getenv("COLOUR"));
        return 10 + argc;
    }
    int status;
    printf("before\n");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        printf("in the child: %d\n", getppid() == 1 ? -1 : getpgrp() == getpid());
        exit(3);
    }
    pid_t found = waitpid(child, &status, 0);
    printf("%d %d %d\n", found == child, WIFEXITED(status), WEXITSTATUS(status));
    printf("tree %d\n", tree(3));
    fflush(stdout);

    char *variables[] = {"COLOUR=r\xe9d", "EMPTY=", NULL};
    char *arguments[] = {"me", "one", "two \xff", NULL};
    nice(3);
    if (vfork() == 0) {
        execve("/proc/self/exe", arguments, variables);
        _exit(1);
    }
    wait(&status);
    printf("executed: %d\n", WEXITSTATUS(status));
    fflush(stdout);
    if (fork() == 0) execve("/no/such/program", arguments, variables), _exit(errno);
    wait(&status);
    printf("no such program: %d\n", WEXITSTATUS(status));
    if (fork() == 0) execve("/", arguments, variables), _exit(errno);
    wait(&status);
    printf("a directory: %d\n", WEXITSTATUS(status));
    fflush(stdout);

    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int *own = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int *fixed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *own = *fixed = 1;
    mprotect(fixed, 4096, PROT_READ);
    if (fork() == 0) {
        mprotect(fixed, 4096, PROT_READ | PROT_WRITE);
        *shared = 77; *own = 2; *fixed = 2;
        _exit(0);
    }
    wait(&status);
    printf("memory %d %d %d\n", *shared, *own, *fixed);

    int pipes[2];
    pipe(pipes);
    fflush(stdout);
    if (fork() == 0) {
        pid_t middle = getpid();
        if (fork() == 0) {
            while (getppid() == middle) usleep(1000);
            write(pipes[1], "orphan", 6);
            _exit(0);
        }
        _exit(0);
    }
    wait(&status);
    close(pipes[1]);
    char text[16] = "";
    int length = read(pipes[0], text, sizeof text - 1);
    printf("%s %d; then %d, %d\n", text, length, (int) read(pipes[0], text, 1), (int) wait(&status));

    struct sigaction action = {.sa_sigaction = onChild, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigaction(SIGCHLD, &action, NULL);
    for (int i = 1; i <= 3; i++) {
        if (fork() == 0) _exit(i);
        while (wait(&status) < 0 && errno == EINTR);
    }
    printf("told of %d\n", children);
    signal(SIGCHLD, SIG_IGN);
    if (fork() == 0) _exit(0);
    printf("nobody to wait for: %d", wait(&status));
    printf(" %d\n", errno == ECHILD);
    signal(SIGCHLD, SIG_DFL);

    fflush(stdout);
    if ((child = fork()) == 0) { pause(); _exit(0); }
    kill(child, SIGTERM);
    waitpid(child, &status, 0);
    printf("killed by %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    if ((child = fork()) == 0) { *(volatile int *) 8 = 1; _exit(0); }
    waitpid(child, &status, 0);
    printf("fault: %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    if ((child = fork()) == 0) { for (;;); }
    printf("not yet: %d\n", waitpid(child, &status, WNOHANG));
    kill(child, SIGKILL);
    siginfo_t info;
    memset(&info, 0, sizeof info);
    waitid(P_PID, child, &info, WEXITED | WNOWAIT);
    printf("%d %d %d %d\n", info.si_signo, info.si_code, info.si_status, info.si_pid == child);
    printf("still there: %d\n", waitpid(child, &status, 0) == child);

    fflush(stdout);
    if ((child = fork()) == 0) {
        printf("session %d", setsid() == getpid());
        printf(" %d %d\n", getsid(0) == getpid(), setsid());
        exit(0);
    }
    waitpid(child, &status, 0);
    if ((child = fork()) == 0) { pause(); _exit(0); }
    printf("group %d %d\n", setpgid(child, child), getpgid(child) == child);
    /* Not SIGINT, which a shell has its background processes ignore. */
    kill(-child, SIGUSR1);
    waitpid(-child, &status, 0);
    printf("group killed by %d\n", WTERMSIG(status));
    return 21;
}
