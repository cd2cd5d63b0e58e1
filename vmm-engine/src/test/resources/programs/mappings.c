/* Files that are mapped: what is written through a mapping, through another and through write(2) is one and the same. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
static sigjmp_buf back;
static void fault(int signal, siginfo_t *info, void *context) {
    printf("signal %d code %d\n", signal, info->si_code);
    siglongjmp(back, 1);
}

static char *map(int fd, size_t length, int protection, int flags, off_t offset) {
    char *at = mmap(NULL, length, protection, flags, fd, offset);
    if (at == MAP_FAILED) printf("mmap: %s\n", strerror(errno));
    return at;
}

static void show(const char *what, int fd, off_t offset) {
    char text[17] = "";
    ssize_t n = pread(fd, text, 16, offset);
    for (int i = 0; i < n; i++) if (text[i] == 0) text[i] = '.';
    printf("%s: %zd %s\n", what, n, text);
}

int main(void) {
    struct sigaction action = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGSEGV, &action, NULL);
    int fd = open("data", O_RDWR | O_CREAT | O_TRUNC, 0600);
    for (int i = 0; i < 600; i++) dprintf(fd, "line %04d, no more\n", i); /* 11400 bytes: 2 pages and a part */
    char *a = map(fd, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    char *b = map(fd, PAGE, PROT_READ, MAP_SHARED, PAGE);
    char *own = map(fd, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);
    strcpy(a + PAGE + 5, "through a");
    printf("%.9s %.4s\n", b + 5, own);
    show("read", fd, PAGE);
    pwrite(fd, "by write", 8, 2 * PAGE - 4);
    printf("%.4s %.4s\n", a + 2 * PAGE - 4, b + PAGE - 4);
    strcpy(own, "private");
    show("read", fd, 0);
    printf("tail %d %d\n", a[11399], a[11400]);
    a[11500] = 'x'; /* past the end, in the last page: never in the file */
    if (sigsetjmp(back, 1) == 0) printf("%d\n", a[3 * PAGE + 1]);
    ftruncate(fd, 4 * PAGE);
    /* What then stands at 11500 is the file system's choice: ext4 clears it, tmpfs does not. */
    printf("grown %d\n", a[3 * PAGE + 1]);
    a[4 * PAGE - 1] = 'z';
    msync(a, 4 * PAGE, MS_SYNC);
    int second = open("data", O_RDWR);
    show("second", second, 4 * PAGE - 8);
    close(fd); /* the mapping goes on */
    a[10] = 'A';
    char *c = map(second, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    c[11] = 'C';
    printf("%.16s\n%.16s\n", a, c);
    fflush(stdout);
    if (fork() == 0) {
        a[12] = 'F';
        c[13] = 'G';
        _exit(3);
    }
    int status;
    wait(&status);
    printf("%d %.16s\n", status, c);
    if (sigsetjmp(back, 1) == 0) b[0] = 1;
    printf("mprotect %d %d\n", mprotect(b, PAGE, PROT_READ | PROT_WRITE), errno);
    int reading = open("data", O_RDONLY);
    printf("write to read-only: ");
    map(reading, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    char *r = map(reading, PAGE, PROT_READ, MAP_SHARED, 0);
    printf("%.5s %d", r, mprotect(r, PAGE, PROT_READ | PROT_WRITE));
    printf(" %s\n", strerror(errno));
    ftruncate(second, PAGE + 100);
    if (sigsetjmp(back, 1) == 0) printf("%d\n", a[2 * PAGE]);
    printf("cut %d %d\n", a[PAGE + 99], a[PAGE + 100]);
    ftruncate(second, 3 * PAGE);
    printf("grown again %d %d\n", a[PAGE + 100], a[2 * PAGE]);
    char *moved = mremap(c, PAGE, 3 * PAGE, MREMAP_MAYMOVE);
    strcpy(moved + 2 * PAGE, "moved");
    printf("%s\n", a + 2 * PAGE);
    munmap(a + PAGE, PAGE);
    a[20] = 'E';
    munmap(moved, 3 * PAGE);
    show("after", second, 2 * PAGE);
    unlink("data");
    int kept = open("kept", O_RDWR | O_CREAT, 0644);
    ftruncate(kept, 2 * PAGE);
    char *k = map(kept, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    close(kept);
    for (int i = 0; i < 2 * PAGE; i += 64) sprintf(k + i, "%d", i);
    int memory = memfd_create("memory", MFD_CLOEXEC);
    ftruncate(memory, 2 * PAGE);
    char *m = map(memory, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
    for (int i = 0; i < 2 * PAGE; i += 64) sprintf(m + i, "%d", 2 * i);
    if (fork() == 0) _exit(pwrite(memory, "child", 5, PAGE) - 5);
    wait(&status);
    struct stat of;
    fstat(memory, &of);
    printf("in memory %d %s %s %d\n", status, m + PAGE - 64, m + PAGE, (int)of.st_size);
    printf("%.16s\n", a + 10);
    return a[20];
}
