/* What execve(2) refuses, what it keeps and what it resets. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void write_file(const char *name, const char *text, int mode) {
    int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    write(file, text, strlen(text));
    close(file);
    chmod(name, mode);
}

static int attempt(const char *path, char *const arguments[], char *const variables[]) {
    int status;
    fflush(stdout);
    if (fork() == 0) {
        execve(path, arguments, variables);
        _exit(100 + errno);
    }
    wait(&status);
    return WEXITSTATUS(status);
}

static void *run_away(void *path) {
    char *arguments[] = {"thread", "says", "threads", NULL}, *variables[] = {NULL};
    execve(path, arguments, variables);
    return NULL;
}

static void *wait_for_ever(void *unused) { for (;;) pause(); }

static void handler(int signal) {}

static int says(int argc, char **argv) {
    struct sigaction usr1, usr2;
    sigset_t mask;
    sigaction(SIGUSR1, NULL, &usr1);
    sigaction(SIGUSR2, NULL, &usr2);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("%s: open %d, closed %d; default %d, ignored %d, blocked %d; same process %d, umask %o\n", argv[2],
           fcntl(30, F_GETFD) >= 0, fcntl(31, F_GETFD) < 0, usr1.sa_handler == SIG_DFL, usr2.sa_handler == SIG_IGN,
           sigismember(&mask, SIGTERM), argc < 4 || atoi(argv[3]) == getpid(), umask(0));
    return 5;
}

int main(int argc, char **argv) {
    if (argc > 1 && !strcmp(argv[1], "says")) return says(argc, argv);
    if (argc > 1) {
        for (int i = 1; i < argc; i++) printf("[%s]", argv[i]);
        printf("\n");
        return argc;
    }
    char *none[] = {NULL}, *arguments[] = {"name", "says", "child", NULL};
    write_file("plain", "no program\n", 0755);
    write_file("forbidden", "#!/bin/sh\n", 0644);
    write_file("loop", "#!./loop\n", 0755);
    write_file("nobody", "#!/no/such/interpreter\n", 0755);
    write_file("empty", "", 0755);
    write_file("blank", "#! \n", 0755);
    printf("%d %d %d\n", attempt("missing", arguments, none), attempt("plain/x", arguments, none), attempt(".", arguments, none));
    printf("%d %d %d\n", attempt("plain", arguments, none), attempt("forbidden", arguments, none), attempt("empty", arguments, none));
    printf("%d %d %d\n", attempt("loop", arguments, none), attempt("nobody", arguments, none), attempt("blank", arguments, none));
    printf("%d %d\n", attempt("", arguments, none), attempt((char *) 8, arguments, none));
    static char large[200000];
    memset(large, 'x', sizeof large - 1);
    char *too_large[] = {"name", large, NULL};
    printf("%d\n", attempt("/proc/self/exe", too_large, none));

    /* A script whose interpreter is this program. */
    char self[4000], line[4100];
    int in = open("/proc/self/exe", O_RDONLY), out = open("copy", O_WRONLY | O_CREAT | O_TRUNC, 0755), n;
    while (in >= 0 && (n = read(in, large, sizeof large)) > 0) write(out, large, n);
    close(in);
    close(out);
    if (in >= 0) {
        write_file("script", "#!./copy one  two \n", 0755);
        char *more[] = {"name", "three", "four", NULL};
        printf("%d\n", attempt("./script", more, none));
    }

    signal(SIGUSR1, handler);
    signal(SIGUSR2, SIG_IGN);
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, NULL);
    umask(027);
    dup2(1, 30);
    dup3(1, 31, O_CLOEXEC);
    printf("%d\n", attempt("/proc/self/exe", arguments, none));

    /* One of several threads: the others end, and the process stays the same. */
    fflush(stdout);
    pthread_t threads[3];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, wait_for_ever, NULL);
    pthread_create(&threads[2], NULL, run_away, "/proc/self/exe");
    for (;;) pause();
}
