/* Locks of flock(2) and fcntl(2) between processes: who is kept out, who waits, who is told of a deadlock, what frees them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static int lock(int fd, int command, int type, int whence, long start, long length) {
    struct flock l = {.l_type = type, .l_whence = whence, .l_start = start, .l_len = length};
    return fcntl(fd, command, &l) == 0 ? 0 : -errno;
}

static int self;

static void ask(const char *what, int fd, int command, int type, long start, long length) {
    struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    int result = fcntl(fd, command, &l);
    printf("%s: %d %d type %d whence %d start %ld len %ld pid %s\n", what, result, result ? errno : 0, l.l_type, l.l_whence,
           (long) l.l_start, (long) l.l_len, l.l_pid == self ? "self" : l.l_pid == 0 ? "0" : l.l_pid == -1 ? "-1" : "other");
}

/* Runs what follows in a child, and waits for it. */
#define CHILD for (int child = (fflush(stdout), fork()), once = 1; once; once = 0, child ? (void) waitpid(child, 0, 0) : (fflush(stdout), _exit(0))) if (!child)

static void ranges(int fd) {
    self = getpid();
    printf("set %d\n", lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 10, 10));
    printf("set beside %d\n", lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 20, 5));
    printf("set read %d\n", lock(fd, F_SETLK, F_RDLCK, SEEK_SET, 30, 10));
    printf("set to the end %d\n", lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 1000, 0));
    ask("own", fd, F_GETLK, F_WRLCK, 0, 0);
    CHILD {
        ask("all", fd, F_GETLK, F_WRLCK, 0, 0);
        ask("before", fd, F_GETLK, F_WRLCK, 0, 10);
        ask("merged", fd, F_GETLK, F_RDLCK, 22, 1);
        ask("read read", fd, F_GETLK, F_RDLCK, 30, 10);
        ask("read write", fd, F_GETLK, F_WRLCK, 30, 10);
        ask("far", fd, F_GETLK, F_WRLCK, 1L << 40, 1);
        printf("kept out %d\n", lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 15, 1));
        printf("shared %d\n", lock(fd, F_SETLK, F_RDLCK, SEEK_SET, 35, 1));
    }
    printf("hole %d\n", lock(fd, F_SETLK, F_UNLCK, SEEK_SET, 14, 2));
    printf("weaker %d\n", lock(fd, F_SETLK, F_RDLCK, SEEK_SET, 18, 4));
    CHILD {
        ask("first part", fd, F_GETLK, F_WRLCK, 0, 0);
        ask("hole", fd, F_GETLK, F_WRLCK, 14, 2);
        ask("second part", fd, F_GETLK, F_WRLCK, 14, 4);
        ask("weaker", fd, F_GETLK, F_WRLCK, 18, 1);
        ask("rest", fd, F_GETLK, F_RDLCK, 18, 100);
    }
    printf("negative %d\n", lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 5, -5));
    lseek(fd, 100, SEEK_SET);
    printf("from here %d\n", lock(fd, F_SETLK, F_WRLCK, SEEK_CUR, -10, 5));
    printf("from the end %d\n", lock(fd, F_SETLK, F_WRLCK, SEEK_END, -1, 1));
    CHILD {
        ask("negative", fd, F_GETLK, F_WRLCK, 0, 10);
        ask("from here", fd, F_GETLK, F_WRLCK, 60, 900);
    }
    printf("bad %d %d %d %d %d\n", lock(fd, F_SETLK, F_WRLCK, SEEK_SET, -1, 1), lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 4, -5),
           lock(fd, F_SETLK, 7, SEEK_SET, 0, 0), lock(fd, F_SETLK, F_WRLCK, 9, 0, 0), lock(fd, F_GETLK, F_UNLCK, SEEK_SET, 0, 0));
    printf("overflow %d %d\n", lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 0x7fffffffffffffff, 2), lock(fd, F_SETLK, F_WRLCK, SEEK_CUR, 0x7fffffffffffffff, 1));
    int other = open("locked", O_RDONLY);
    printf("not writable %d\n", lock(other, F_SETLK, F_WRLCK, SEEK_SET, 0, 1));
    close(other);                                   /* any descriptor of the file frees all that the process has there */
    CHILD ask("after close", fd, F_GETLK, F_WRLCK, 0, 0);
    int only = open("locked", O_WRONLY);
    printf("not readable %d\n", lock(only, F_SETLK, F_RDLCK, SEEK_SET, 0, 1));
    close(only);
    printf("closed %d\n", lock(99, F_SETLK, F_WRLCK, SEEK_SET, 0, 1));
}

static void told(int *pipe, char c) { if (write(pipe[1], &c, 1) != 1) abort(); }
static void hear(int *pipe) { char c; if (read(pipe[0], &c, 1) != 1) abort(); }
static volatile int alarms;
static void alarmed(int signal) { alarms++; }

static void waits(int fd) {
    int up[2], down[2];
    if (pipe(up) || pipe(down)) abort();
    lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 1);
    fflush(stdout);
    int child = fork();
    if (!child) {
        lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 1, 1);
        told(up, 'a');
        printf("got it %d\n", lock(fd, F_SETLKW, F_WRLCK, SEEK_SET, 0, 1));
        fflush(stdout);
        _exit(0);
    }
    hear(up);
    usleep(20000);                                  /* the child waits for this one now */
    printf("deadlock %d\n", lock(fd, F_SETLKW, F_WRLCK, SEEK_SET, 1, 1) == -EDEADLK);
    fflush(stdout);
    lock(fd, F_SETLK, F_UNLCK, SEEK_SET, 0, 1);
    waitpid(child, 0, 0);
    printf("ended frees %d\n", lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 0, 2));
    fflush(stdout);
    child = fork();
    if (!child) {
        struct sigaction action = {.sa_handler = alarmed};
        sigaction(SIGALRM, &action, 0);
        ualarm(20000, 0);
        printf("interrupted %d\n", lock(fd, F_SETLKW, F_RDLCK, SEEK_SET, 0, 1) == -EINTR);
        action.sa_flags = SA_RESTART;
        sigaction(SIGALRM, &action, 0);
        ualarm(20000, 0);
        told(up, 'b');
        printf("restarted %d %d\n", lock(fd, F_SETLKW, F_RDLCK, SEEK_SET, 0, 1), alarms);
        fflush(stdout);
        _exit(0);
    }
    hear(up);
    usleep(60000);
    lock(fd, F_SETLK, F_UNLCK, SEEK_SET, 0, 0);
    waitpid(child, 0, 0);
    /* three in a circle */
    int made[3], third;
    for (int i = 0; i < 3; i++) lock(fd, F_SETLK, F_UNLCK, SEEK_SET, i, 1);
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        if (!(made[i] = fork())) {
            lock(fd, F_SETLK, F_WRLCK, SEEK_SET, i, 1);
            told(up, 'c');
            hear(down);
            int result = lock(fd, F_SETLKW, F_WRLCK, SEEK_SET, i + 1, 1);
            _exit(result == 0 ? 0 : 1);
        }
        hear(up);
    }
    lock(fd, F_SETLK, F_WRLCK, SEEK_SET, 2, 1);
    told(down, 'd');
    told(down, 'd');
    usleep(20000);
    printf("circle %d\n", lock(fd, F_SETLKW, F_WRLCK, SEEK_SET, 0, 1) == -EDEADLK);
    lock(fd, F_SETLK, F_UNLCK, SEEK_SET, 2, 1);
    for (int i = 0; i < 2; i++) {
        int status;
        waitpid(made[1 - i], &status, 0);
        printf("round %d\n", status);
    }
}

static void whole(void) {
    int a = open("locked", O_RDWR), b = open("locked", O_RDWR), c = dup(a);
    printf("flock %d\n", flock(a, LOCK_EX));
    printf("other %d %d\n", flock(b, LOCK_SH | LOCK_NB), errno);
    printf("duplicate %d\n", flock(c, LOCK_EX | LOCK_NB));
    printf("apart from fcntl %d\n", lock(b, F_SETLK, F_WRLCK, SEEK_SET, 0, 0));
    lock(b, F_SETLK, F_UNLCK, SEEK_SET, 0, 0);
    CHILD printf("inherited %d\n", flock(a, LOCK_EX | LOCK_NB));
    printf("weaker %d\n", flock(a, LOCK_SH));
    printf("shared %d\n", flock(b, LOCK_SH | LOCK_NB));
    printf("no upgrade %d %d\n", flock(a, LOCK_EX | LOCK_NB), errno);
    printf("lost by it %d\n", flock(b, LOCK_EX | LOCK_NB));
    printf("bad %d %d\n", flock(a, 0), errno);
    printf("bad %d %d\n", flock(a, LOCK_SH | LOCK_EX), errno);
    fflush(stdout);
    int child = fork();
    if (!child) {
        int own = open("locked", O_RDONLY);
        printf("waited %d\n", flock(own, LOCK_SH));
        fflush(stdout);
        _exit(0);
    }
    usleep(20000);
    printf("unlock\n");
    fflush(stdout);
    close(b);                                       /* the child's copy keeps it */
    int unlocker = open("locked", O_RDWR);
    usleep(20000);
    printf("kept by the child %d\n", flock(unlocker, LOCK_SH | LOCK_NB));
    fflush(stdout);
    kill(child, SIGKILL);
    waitpid(child, 0, 0);
    printf("free %d\n", flock(unlocker, LOCK_EX | LOCK_NB));
    flock(unlocker, LOCK_UN);
    close(a), close(c), close(unlocker);
}

static void descriptions(void) {
    int a = open("locked", O_RDWR), b = open("locked", O_RDWR);
    printf("description %d\n", lock(a, F_OFD_SETLK, F_WRLCK, SEEK_SET, 0, 10));
    printf("own other %d\n", lock(b, F_OFD_SETLK, F_WRLCK, SEEK_SET, 5, 1));
    printf("own process %d\n", lock(a, F_SETLK, F_WRLCK, SEEK_SET, 5, 1));
    ask("whose", b, F_OFD_GETLK, F_WRLCK, 0, 0);
    ask("whose", b, F_GETLK, F_WRLCK, 0, 0);
    ask("mine", a, F_OFD_GETLK, F_WRLCK, 0, 0);
    struct flock l = {.l_type = F_WRLCK, .l_pid = 1};
    printf("with pid %d %d\n", fcntl(a, F_OFD_SETLK, &l), errno);
    int c = open("locked", O_RDWR);
    close(c);
    printf("still %d\n", lock(b, F_OFD_SETLK, F_RDLCK, SEEK_SET, 5, 1));
    fflush(stdout);
    int child = fork();
    if (!child) {
        close(a);
        int own = open("locked", O_RDWR);
        printf("waits %d\n", lock(own, F_OFD_SETLKW, F_WRLCK, SEEK_SET, 0, 1));
        fflush(stdout);
        _exit(0);
    }
    usleep(20000);
    printf("closing\n");
    fflush(stdout);
    close(a);
    waitpid(child, 0, 0);
    printf("free %d\n", lock(b, F_OFD_SETLK, F_WRLCK, SEEK_SET, 0, 0));
    close(b);
}

int main(void) {
    unlink("locked");
    int fd = open("locked", O_RDWR | O_CREAT, 0644);
    if (ftruncate(fd, 50)) abort();
    ranges(fd);
    waits(fd);
    close(fd);
    whole();
    descriptions();
    int directory = open(".", O_RDONLY);
    printf("directory %d\n", flock(directory, LOCK_EX | LOCK_NB));
    unlink("locked");
    return 0;
}
