/* Pipes between processes: producers and consumers, full pipes, broken ones, popen and system. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char big[300000];

int main(void) {
    int data[2], status;
    pipe(data);
    for (int i = 0; i < 300000; i++) big[i] = i * 7 + i / 251;
    fflush(stdout);
    if (fork() == 0) {
        close(data[0]);
        struct iovec parts[3] = {{big, 100000}, {big + 100000, 1}, {big + 100001, 199999}};
        long written = writev(data[1], parts, 3);
        printf("writer %ld\n", written);
        exit(0);
    }
    close(data[1]);
    char part[7001];
    long total = 0, wrong = 0, n;
    while ((n = read(data[0], part, sizeof part)) > 0) {
        wrong += memcmp(part, big + total, n) != 0;
        total += n;
    }
    wait(&status);
    printf("reader %ld %ld\n", total, wrong);
    close(data[0]);

    int ends[2];
    pipe2(ends, O_NONBLOCK | O_CLOEXEC);
    printf("empty %d", (int) read(ends[0], part, 1));
    printf(" %d\n", errno == EAGAIN);
    long filled = 0;
    while ((n = write(ends[1], big, 4096)) > 0) filled += n;
    printf("full %ld %d\n", filled, errno == EAGAIN);
    struct pollfd polls[2] = {{ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}};
    int ready = poll(polls, 2, 0);
    printf("poll %d %x %x\n", ready, polls[0].revents, polls[1].revents);
    close(ends[1]);
    while ((n = read(ends[0], part, sizeof part)) > 0) filled -= n;
    printf("left %ld %ld\n", filled, n);
    struct stat status1;
    fstat(ends[0], &status1);
    printf("kind %d %o\n", S_ISFIFO(status1.st_mode), status1.st_mode & 0777);
    printf("seek %d", (int) lseek(ends[0], 0, SEEK_CUR));
    printf(" %d\n", errno == ESPIPE);
    close(ends[0]);

    signal(SIGPIPE, SIG_IGN);
    pipe(ends);
    close(ends[0]);
    printf("broken %d", (int) write(ends[1], "x", 1));
    printf(" %d\n", errno == EPIPE);
    signal(SIGPIPE, SIG_DFL);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) { write(ends[1], "x", 1); _exit(0); }
    waitpid(child, &status, 0);
    printf("signal %d\n", WTERMSIG(status));

    /* Several writers of short lines: none is torn. */
    pipe(data);
    for (int w = 0; w < 4; w++) {
        if (fork() == 0) {
            char line[101];
            memset(line, 'a' + w, 99);
            line[99] = '\n';
            for (int i = 0; i < 200; i++) write(data[1], line, 100);
            _exit(0);
        }
    }
    close(data[1]);
    FILE *lines = fdopen(data[0], "r");
    char line[200];
    int counts[4] = {0}, torn = 0;
    while (fgets(line, sizeof line, lines)) {
        int whole = strlen(line) == 100;
        for (int i = 1; i < 99; i++) whole &= line[i] == line[0];
        if (whole) counts[line[0] - 'a']++; else torn++;
    }
    printf("%d %d %d %d, torn %d\n", counts[0], counts[1], counts[2], counts[3], torn);
    while (wait(&status) > 0);

    /* A conversation: poll waits for the other process. */
    int to[2], from[2];
    pipe(to);
    pipe(from);
    if (fork() == 0) {
        int v;
        while (read(to[0], &v, sizeof v) == sizeof v && v < 100) { v = v * 2 + 1; write(from[1], &v, sizeof v); }
        _exit(0);
    }
    int v = 1, rounds = 0;
    while (v < 100) {
        write(to[1], &v, sizeof v);
        struct pollfd p = {from[0], POLLIN, 0};
        poll(&p, 1, -1);
        read(from[0], &v, sizeof v);
        rounds++;
    }
    write(to[1], &v, sizeof v);
    wait(&status);
    printf("rounds %d, value %d\n", rounds, v);
    return 0;
}
