/* eventfd(2), timerfd_create(2), signalfd(2), and epoll(7) over them, pipes and each other. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long err(long result) { return result < 0 ? -errno : result; }

static long get(int fd) { uint64_t v = 0; long n = err(read(fd, &v, 8)); return n == 8 ? (long) v : n; }
static long put(int fd, uint64_t v) { return err(write(fd, &v, 8)); }

static void counters(void) {
    int e = eventfd(3, EFD_NONBLOCK);
    printf("event %ld %ld %ld %ld %ld\n", get(e), get(e), put(e, 5), put(e, 7), get(e));
    char small[4];
    printf("small %ld %ld\n", err(read(e, small, 4)), err(write(e, small, 4)));
    printf("most %ld %ld %ld %ld\n", put(e, -2), put(e, 1), put(e, -1), get(e));
    int s = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK | EFD_CLOEXEC);
    printf("semaphore %ld %ld %ld cloexec %d\n", get(s), get(s), get(s), fcntl(s, F_GETFD));
    printf("flags %d %ld\n", fcntl(e, F_GETFL) == (O_RDWR | O_NONBLOCK), err(eventfd(0, 0x40)));
    struct stat st;
    fstat(e, &st);
    printf("stat %o size %ld\n", st.st_mode, (long) st.st_size);
    printf("seek %ld\n", err(lseek(e, 5, SEEK_SET)));
    int b = eventfd(0, 0);
    fflush(stdout);
    if (!fork()) { usleep(10000); put(b, 42); _exit(0); }
    printf("waited for %ld\n", get(b));
    wait(0);
    put(b, -2);
    fflush(stdout);
    if (!fork()) { usleep(10000); get(b); _exit(0); }
    printf("room %ld", put(b, 2));
    wait(0);
    printf(" holds %ld\n", get(b));
    struct pollfd p[2] = {{e, POLLIN | POLLOUT}, {b, POLLIN | POLLOUT}};
    put(e, 1);
    int n = poll(p, 2, 0);
    printf("poll %d %x %x\n", n, p[0].revents, p[1].revents);
    put(e, -3), n = poll(p, 1, 0);
    printf("poll %d %x\n", n, p[0].revents);
    close(e), close(s), close(b);
}

static int ready(int ep, int timeout) {
    struct epoll_event ev[16];
    int n = epoll_wait(ep, ev, 16, timeout);
    if (n < 0) { printf(" error %d\n", errno); return n; }
    int order[16];
    for (int i = 0; i < n; i++) order[i] = i;
    for (int i = 0; i < n; i++) for (int j = i + 1; j < n; j++) if (ev[order[j]].data.u64 < ev[order[i]].data.u64) { int t = order[i]; order[i] = order[j]; order[j] = t; }
    printf(" [");
    for (int i = 0; i < n; i++) printf(" %lu:%x", (unsigned long) ev[order[i]].data.u64, ev[order[i]].events);
    printf(" ]");
    return n;
}

static long ctl(int ep, int op, int fd, uint32_t events, uint64_t data) {
    struct epoll_event ev = {.events = events, .data.u64 = data};
    return err(epoll_ctl(ep, op, fd, &ev));
}

static void levelsAndEdges(void) {
    int ep = epoll_create1(EPOLL_CLOEXEC), e = eventfd(0, EFD_NONBLOCK), p[2], q[2];
    if (pipe2(p, O_NONBLOCK) || pipe2(q, O_NONBLOCK)) abort();
    printf("add %ld %ld %ld\n", ctl(ep, EPOLL_CTL_ADD, e, EPOLLIN, 1), ctl(ep, EPOLL_CTL_ADD, p[0], EPOLLIN | EPOLLET, 2),
           ctl(ep, EPOLL_CTL_ADD, q[0], EPOLLIN | EPOLLONESHOT, 3));
    printf("add %ld %ld\n", ctl(ep, EPOLL_CTL_ADD, p[1], EPOLLOUT | EPOLLET, 4), ctl(ep, EPOLL_CTL_ADD, q[1], EPOLLOUT, 5));
    printf("first"), ready(ep, 0), printf(" then"), ready(ep, 0), printf("\n");
    put(e, 1);
    if (write(p[1], "x", 1) != 1 || write(q[1], "y", 1) != 1) abort();
    printf("written"), ready(ep, 0), printf(" again"), ready(ep, 0), printf("\n");
    if (write(p[1], "x", 1) != 1 || write(q[1], "y", 1) != 1) abort();
    printf("more"), ready(ep, 0), printf(" again"), ready(ep, 0), printf("\n");
    char c[8];
    printf("read %ld\n", (long) read(p[0], c, 1));
    printf("left"), ready(ep, 0), printf("\n");
    printf("armed %ld", ctl(ep, EPOLL_CTL_MOD, q[0], EPOLLIN | EPOLLONESHOT, 33)), ready(ep, 0), ready(ep, 0), printf("\n");
    printf("mod %ld", ctl(ep, EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLET, 2)), ready(ep, 0), ready(ep, 0), printf("\n");
    printf("drained %ld", get(e)), ready(ep, 0), printf("\n");
    char page[4096];
    while (write(p[1], page, 4096) > 0) ;
    printf("full"), ready(ep, 0), printf("\n");
    while (read(p[0], page, 4096) > 0) ;
    printf("empty"), ready(ep, 0), ready(ep, 0), printf("\n");
    printf("errors %ld %ld %ld %ld\n", ctl(ep, EPOLL_CTL_ADD, e, EPOLLIN, 1),
           ctl(ep, EPOLL_CTL_ADD, 99, EPOLLIN, 1), ctl(ep, EPOLL_CTL_ADD, ep, EPOLLIN, 1), ctl(e, EPOLL_CTL_ADD, p[0], EPOLLIN, 1));
    int file = open(".", O_RDONLY), null = open("/dev/null", O_RDWR);
    printf("files %ld %ld %ld\n", ctl(ep, EPOLL_CTL_ADD, file, EPOLLIN, 1), ctl(ep, EPOLL_CTL_ADD, null, EPOLLIN, 1), ctl(ep, 9, e, 0, 0));
    printf("wait %ld %ld %ld\n", err(epoll_wait(ep, 0, 0, 0)), err(epoll_wait(e, (void *) page, 1, 0)), err(epoll_create(0)));
    printf("read %ld %ld\n", err(read(ep, page, 8)), err(write(ep, page, 8)));
    int outer = epoll_create(1);
    printf("nested %ld", ctl(outer, EPOLL_CTL_ADD, ep, EPOLLIN, 9)), ready(outer, 0);
    struct pollfd pl = {outer, POLLIN};
    int n = poll(&pl, 1, 0);
    printf(" poll %d %x", n, pl.revents);
    printf(" circle %ld\n", ctl(ep, EPOLL_CTL_ADD, outer, EPOLLIN, 9));
    ctl(ep, EPOLL_CTL_MOD, q[1], 0, 5);
    printf("quiet"), ready(outer, 0), printf("\n");
    put(e, 1);
    printf("woken"), ready(outer, -1), printf("\n");
    ctl(ep, EPOLL_CTL_DEL, e, 0, 0);
    printf("deleted"), ready(ep, 0), printf(" %ld\n", ctl(ep, EPOLL_CTL_DEL, e, 0, 0));
    int copy = dup(q[0]);
    ctl(ep, EPOLL_CTL_MOD, q[0], EPOLLIN, 6);
    close(q[0]);
    printf("a copy is open"), ready(ep, 0), close(copy), printf(" none is"), ready(ep, 0), printf("\n");
    close(p[1]);
    printf("hang up"), ready(ep, 0), printf("\n");
    close(p[0]), close(q[1]), close(outer), close(e), close(file), close(null);
    int a = eventfd(1, 0), b = eventfd(1, 0), d = eventfd(1, 0);
    ctl(ep, EPOLL_CTL_ADD, a, EPOLLIN, 1), ctl(ep, EPOLL_CTL_ADD, b, EPOLLIN, 2), ctl(ep, EPOLL_CTL_ADD, d, EPOLLIN, 3);
    int seen = 0;
    for (int i = 0; i < 3; i++) { struct epoll_event one; epoll_wait(ep, &one, 1, 0); seen |= 1 << one.data.u64; }
    printf("each in turn %x\n", seen);
    close(a), close(b), close(d), close(ep);
}

static int alarms;
static void alarmed(int s) { alarms++; }

static void waits(void) {
    int ep = epoll_create1(0), e = eventfd(0, 0);
    ctl(ep, EPOLL_CTL_ADD, e, EPOLLIN, 7);
    printf("time out"), ready(ep, 5), printf("\n");
    fflush(stdout);
    if (!fork()) { usleep(10000); put(e, 1); _exit(0); }
    printf("child"), ready(ep, -1), printf(" %ld\n", get(e));
    wait(0);
    struct sigaction action = {.sa_handler = alarmed, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, 0);
    ualarm(5000, 0);
    printf("interrupted"), ready(ep, -1);
    sigset_t set, old;
    sigemptyset(&set), sigaddset(&set, SIGALRM), sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGALRM);
    struct epoll_event ev;
    printf("pwait %d", epoll_pwait(ep, &ev, 1, -1, &old)), printf(" %d alarms %d\n", errno, alarms);
    sigprocmask(SIG_SETMASK, &old, 0);
    close(ep), close(e);
}

static void timers(void) {
    int t = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), ep = epoll_create1(0);
    struct itimerspec it = {{0, 0}, {0, 5000000}}, old;
    printf("unset %ld", get(t));
    printf(" set %ld", err(timerfd_settime(t, 0, &it, 0))), printf(" now %ld\n", get(t));
    ctl(ep, EPOLL_CTL_ADD, t, EPOLLIN, 1);
    printf("expired"), ready(ep, -1), printf(" %ld %ld", get(t), get(t)), ready(ep, 0);
    timerfd_gettime(t, &old);
    printf(" left %ld %ld\n", (long) old.it_value.tv_sec, (long) old.it_value.tv_nsec);
    it.it_interval.tv_nsec = 10000000;
    timerfd_settime(t, 0, &it, &old);
    usleep(18000);
    long n = get(t);
    timerfd_gettime(t, &old);
    printf("several %d interval %ld left %d\n", n >= 2, (long) old.it_interval.tv_nsec, old.it_value.tv_nsec > 0 && old.it_value.tv_nsec <= 10000000);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int r = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC);
    struct itimerspec at = {{0, 0}, {now.tv_sec, now.tv_nsec + 5000000}};
    if (at.it_value.tv_nsec >= 1000000000) at.it_value.tv_sec++, at.it_value.tv_nsec -= 1000000000;
    printf("absolute %ld", err(timerfd_settime(r, TFD_TIMER_ABSTIME, &at, 0)));
    printf(" %ld\n", get(r));
    at.it_value.tv_sec = 1, at.it_value.tv_nsec = 0;
    timerfd_settime(r, TFD_TIMER_ABSTIME, &at, 0);
    struct pollfd p = {r, POLLIN};
    int n1 = poll(&p, 1, -1);
    printf("past %d %x", n1, p.revents), printf(" %ld\n", get(r));
    at.it_value.tv_sec = 0;
    timerfd_settime(t, 0, &at, &old);
    printf("disarmed %ld\n", get(t));
    at.it_value.tv_nsec = 1000000000;
    printf("bad %ld %ld %ld %ld\n", err(timerfd_settime(t, 0, &at, 0)), err(timerfd_create(2, 0)), err(timerfd_create(1, 1)), err(timerfd_settime(ep, 0, &it, 0)));
    char c[8];
    printf("write %ld\n", err(write(t, c, 8)));
    it.it_interval.tv_nsec = 0;
    timerfd_settime(t, 0, &it, 0);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(t, &set);
    printf("select %d\n", select(t + 1, &set, 0, 0, 0));
    ctl(ep, EPOLL_CTL_MOD, t, EPOLLIN | EPOLLET, 2);
    printf("edge"), ready(ep, -1), ready(ep, 0);
    timerfd_settime(t, 0, &it, 0);
    ready(ep, -1), ready(ep, 0), printf("\n");
    close(t), close(r), close(ep);
}

static void signals(void) {
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGUSR1), sigaddset(&set, SIGRTMIN), sigaddset(&set, SIGCHLD), sigprocmask(SIG_BLOCK, &set, 0);
    int s = signalfd(-1, &set, SFD_NONBLOCK), ep = epoll_create1(0);
    struct signalfd_siginfo in[4];
    printf("none %ld small %ld\n", err(read(s, in, sizeof in)), err(read(s, in, 64)));
    ctl(ep, EPOLL_CTL_ADD, s, EPOLLIN, 1);
    kill(getpid(), SIGUSR1), kill(getpid(), SIGUSR1);
    union sigval v = {.sival_int = 77};
    sigqueue(getpid(), SIGRTMIN, v);
    printf("sent"), ready(ep, -1);
    long n = read(s, in, sizeof in);
    printf(" %ld\n", n);
    for (int i = 0; i < n / (long) sizeof *in; i++)
        printf("signo %d code %d pid %d uid %d int %d ptr %d status %d\n", in[i].ssi_signo, in[i].ssi_code, in[i].ssi_pid == getpid(),
               in[i].ssi_uid == getuid(), in[i].ssi_int, (int) in[i].ssi_ptr, in[i].ssi_status);
    printf("taken"), ready(ep, 0), printf("\n");
    fflush(stdout);
    int child = fork();
    if (!child) { usleep(10000); _exit(7); }
    fcntl(s, F_SETFL, 0);
    n = read(s, in, sizeof *in);
    printf("child %ld signo %d code %d pid %d status %d\n", n, in[0].ssi_signo, in[0].ssi_code, in[0].ssi_pid == child, in[0].ssi_status);
    wait(0);
    sigemptyset(&set), sigaddset(&set, SIGUSR2), sigprocmask(SIG_BLOCK, &set, 0);
    printf("changed %d", signalfd(s, &set, 0) == s);
    raise(SIGUSR1), raise(SIGUSR2);
    printf(" %ld", (long) read(s, in, sizeof in)), printf(" %d %d", in[0].ssi_signo, in[0].ssi_code), printf("\n");
    printf("bad %ld %ld\n", err(signalfd(ep, &set, 0)), err(signalfd(-1, &set, 1)));
    close(s), close(ep);
}

int main(void) {
    setvbuf(stdout, 0, _IOFBF, 1 << 16);
    counters();
    levelsAndEdges();
    waits();
    timers();
    signals();
    return 0;
}
