/* Prints what socketpair(2), and the calls on what it makes, answer. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int a, b;
static char text[100];
static volatile int pipes_broken;

static void broken(int signal) { pipes_broken++; }

static void made(int type) {
    int ends[2];
    if (socketpair(AF_UNIX, type, 0, ends)) {
        printf("socketpair: %s\n", strerror(errno));
        return;
    }
    a = ends[0];
    b = ends[1];
}

static void closed(void) { close(a); close(b); }

static void said(const char *what, long result) {
    printf("%s: %ld", what, result);
    if (result < 0) printf(" %s", strerror(errno));
    printf("\n");
}

#define SAY(call) said(#call, call)

static int readiness(int file) {
    struct pollfd one = {file, POLLIN | POLLOUT | POLLRDHUP | POLLRDNORM | POLLWRNORM, 0};
    poll(&one, 1, 0);
    return one.revents;
}

static void ready(const char *when) { printf("%s: %x %x\n", when, readiness(a), readiness(b)); }

static void both_ways(void) {
    made(SOCK_STREAM);
    ready("new");
    SAY(write(a, "hello", 5));
    SAY(write(b, "and back", 8));
    ready("written");
    int count;
    ioctl(b, FIONREAD, &count);
    printf("%d to read\n", count);
    SAY(read(b, text, 3));
    SAY(recv(b, text + 3, 9, MSG_PEEK));
    SAY(recv(b, text + 3, 9, 0));
    SAY(read(a, text + 5, 90));
    printf("%.13s\n", text);
    SAY(recv(a, text, 9, MSG_DONTWAIT));
    SAY(read(a, text, 0));
    fcntl(a, F_SETFL, O_NONBLOCK);
    SAY(read(a, text, 9));
    printf("flags %x %x\n", fcntl(a, F_GETFL), fcntl(b, F_GETFL));
    SAY(lseek(a, 0, SEEK_CUR));
    SAY(pread(a, text, 1, 0));
    SAY(ftruncate(a, 0));
    struct stat status;
    fstat(a, &status);
    printf("mode %o links %ld size %ld\n", status.st_mode, (long)status.st_nlink, (long)status.st_size);
    closed();
}

static void messages(void) {
    made(SOCK_STREAM | SOCK_CLOEXEC);
    printf("cloexec %d\n", fcntl(a, F_GETFD));
    struct iovec out[3] = {{"one ", 4}, {"", 0}, {"two three", 9}};
    struct msghdr message = {.msg_iov = out, .msg_iovlen = 3};
    SAY(sendmsg(a, &message, 0));
    char first[3], second[20] = "";
    struct iovec in[2] = {{first, 3}, {second, 20}};
    struct sockaddr_un from;
    char control[40];
    struct msghdr got = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = in, .msg_iovlen = 2,
                         .msg_control = control, .msg_controllen = sizeof control, .msg_flags = -1};
    SAY(recvmsg(b, &got, MSG_PEEK));
    SAY(recvmsg(b, &got, 0));
    printf("%.3s|%s| %d %ld %x\n", first, second, got.msg_namelen, (long)got.msg_controllen, got.msg_flags);
    SAY(writev(a, out, 3));
    SAY(readv(b, in, 2));
    socklen_t length = sizeof from;
    write(a, "x", 1);
    SAY(recvfrom(b, text, 10, 0, (struct sockaddr *)&from, &length));
    printf("name of %d\n", length);
    struct sockaddr_un to = {AF_UNIX, "nowhere"};
    SAY(sendto(a, "x", 1, 0, (struct sockaddr *)&to, sizeof to));
    message.msg_iovlen = 5000;
    SAY(sendmsg(a, &message, 0));
    SAY(sendto(a, (void *)8, 1, 0, NULL, 0));
    closed();
}

static void names_and_options(void) {
    made(SOCK_STREAM);
    struct sockaddr_un name;
    socklen_t length = sizeof name;
    SAY(getsockname(a, (struct sockaddr *)&name, &length));
    printf("%d of %d\n", name.sun_family, length);
    length = sizeof name;
    SAY(getpeername(a, (struct sockaddr *)&name, &length));
    printf("%d of %d\n", name.sun_family, length);
    int options[] = {SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ERROR, SO_ACCEPTCONN, SO_KEEPALIVE};
    for (int i = 0; i < 6; i++) {
        long value = -1;
        length = sizeof value;
        int result = getsockopt(a, SOL_SOCKET, options[i], &value, &length);
        printf("option %d: %d %d of %d\n", options[i], result, (int)value, length);
    }
    length = 2;
    int type = -1;
    getsockopt(a, SOL_SOCKET, SO_TYPE, &type, &length);
    printf("%x of %d\n", type, length);
    length = -1;
    SAY(getsockopt(a, SOL_SOCKET, SO_TYPE, &type, &length));
    SAY(getsockopt(a, SOL_SOCKET, 9999, &type, (length = 4, &length)));
    SAY(getsockopt(a, 6, 1, &type, &length));
    SAY(setsockopt(a, SOL_SOCKET, SO_REUSEADDR, &type, 4));
    SAY(setsockopt(a, SOL_SOCKET, 9999, &type, 4));
    SAY(setsockopt(a, 6, 1, &type, 4));
    SAY(listen(a, 1));
    SAY(accept(a, NULL, NULL));
    SAY(shutdown(a, 3));
    int ends[2];
    SAY(getsockopt(0, SOL_SOCKET, SO_TYPE, &type, &length));
    SAY(send(77, "", 0, 0));
    SAY(socketpair(AF_UNIX, SOCK_STREAM, 7, ends));
    SAY(socketpair(AF_UNIX, SOCK_STREAM, AF_UNIX, (int *)8));
    SAY(socketpair(AF_UNIX, SOCK_STREAM | 0x40000, 0, ends));
    SAY(dup(b) - b);
    closed();
}

static void ends(void) {
    made(SOCK_STREAM);
    SAY(write(a, "last", 4));
    SAY(close(a));
    printf("closed: %x\n", readiness(b));
    SAY(read(b, text, 9));
    SAY(read(b, text, 9));
    SAY(write(b, "x", 1));
    SAY(send(b, "x", 1, MSG_NOSIGNAL));
    printf("broken %d\n", pipes_broken);
    close(b);

    made(SOCK_STREAM);
    write(a, "never read", 10);
    write(b, "read", 4);
    close(b);
    printf("reset: %x\n", readiness(a));
    SAY(read(a, text, 9));
    SAY(read(a, text, 9));
    SAY(read(a, text, 9));
    printf("told: %x\n", readiness(a));
    close(a);

    made(SOCK_STREAM);
    write(a, "never read", 10);
    close(b);
    int error = 0;
    socklen_t length = 4;
    getsockopt(a, SOL_SOCKET, SO_ERROR, &error, &length);
    printf("%s\n", strerror(error));
    SAY(read(a, text, 9));
    close(a);

    made(SOCK_STREAM);
    write(a, "abc", 3);
    SAY(shutdown(a, SHUT_WR));
    ready("shut for writing");
    SAY(write(a, "x", 1));
    SAY(read(b, text, 9));
    SAY(read(b, text, 9));
    SAY(write(b, "def", 3));
    SAY(shutdown(a, SHUT_RD));
    ready("shut for reading");
    SAY(read(a, text, 9));
    SAY(read(a, text, 9));
    SAY(send(b, "x", 1, MSG_NOSIGNAL));
    closed();
}

/** Two processes that wait for each other, through more than a socket holds. */
static void talk(void) {
    made(SOCK_STREAM);
    static char much[300000];
    if (fork() == 0) {
        close(a);
        for (int i = 0; i < sizeof much; i++) much[i] = i % 251;
        long written = write(b, much, sizeof much);
        char answer[10];
        long n = recv(b, answer, 10, MSG_WAITALL);
        _exit(written == sizeof much && n == 10 && memcmp(answer, "0123456789", 10) == 0 ? 7 : 1);
    }
    close(b);
    long sum = 0, total = 0, n;
    while (total < sizeof much && (n = read(a, text, sizeof text)) > 0) {
        for (int i = 0; i < n; i++) sum += (total + i) * (unsigned char)text[i];
        total += n;
    }
    printf("%ld bytes, sum %ld\n", total, sum);
    write(a, "0123", 4);
    usleep(1000);
    write(a, "456789", 6);
    int status;
    wait(&status);
    printf("child %d\n", WEXITSTATUS(status));
    SAY(read(a, text, 1));
    close(a);
}

static void watched(void) {
    made(SOCK_STREAM | SOCK_NONBLOCK);
    int instance = epoll_create1(0);
    struct epoll_event event = {EPOLLIN | EPOLLRDHUP | EPOLLET, {.u32 = 9}};
    epoll_ctl(instance, EPOLL_CTL_ADD, b, &event);
    SAY(epoll_wait(instance, &event, 1, 0));
    write(a, "x", 1);
    SAY(epoll_wait(instance, &event, 1, -1));
    printf("%x\n", event.events);
    SAY(epoll_wait(instance, &event, 1, 0));
    close(a);
    SAY(epoll_wait(instance, &event, 1, -1));
    printf("%x\n", event.events);
    SAY(epoll_wait(instance, &event, 1, 0));
    close(instance);
    close(b);

    made(SOCK_STREAM);
    FILE *file = fopen("sent", "w+");
    fputs("from a file", file);
    fflush(file);
    off_t start = 5;
    SAY(sendfile(a, fileno(file), &start, 100));
    SAY(read(b, text, 99));
    printf("%.6s\n", text);
    closed();
}

int main(void) {
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, broken);
    both_ways();
    messages();
    names_and_options();
    ends();
    talk();
    watched();
    return 0;
}
