/* System calls under their C names. */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "syscall.h"

int errno;

long __result(long kernel_result) {
    if ((unsigned long) kernel_result > -4096UL) {
        errno = (int) -kernel_result;
        return -1;
    }
    return kernel_result;
}

static long call(long number, long a, long b, long c) {
    return __result(__syscall3(number, a, b, c));
}

long syscall(long number, ...) {
    va_list arguments;
    va_start(arguments, number);
    long a[6];
    for (int i = 0; i < 6; i++) {
        a[i] = va_arg(arguments, long);
    }
    va_end(arguments);
    return __result(__syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    return (int) call(SYS_open, (long) path, flags | O_LARGEFILE, mode);
}

int creat(const char *path, mode_t mode) {
    return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

ssize_t read(int descriptor, void *buffer, size_t size) {
    return call(SYS_read, descriptor, (long) buffer, (long) size);
}

ssize_t write(int descriptor, const void *buffer, size_t size) {
    return call(SYS_write, descriptor, (long) buffer, (long) size);
}

int close(int descriptor) {
    return (int) call(SYS_close, descriptor, 0, 0);
}

off_t lseek(int descriptor, off_t offset, int whence) {
    return call(SYS_lseek, descriptor, offset, whence);
}

int ftruncate(int descriptor, off_t size) {
    return (int) call(SYS_ftruncate, descriptor, size, 0);
}

int dup(int descriptor) {
    return (int) call(SYS_dup, descriptor, 0, 0);
}

int dup2(int descriptor, int target) {
    return (int) call(SYS_dup2, descriptor, target, 0);
}

int stat(const char *path, struct stat *result) {
    return (int) call(SYS_stat, (long) path, (long) result, 0);
}

int fstat(int descriptor, struct stat *result) {
    return (int) call(SYS_fstat, descriptor, (long) result, 0);
}

int mkdir(const char *path, mode_t mode) {
    return (int) call(SYS_mkdir, (long) path, mode, 0);
}

int rmdir(const char *path) {
    return (int) call(SYS_rmdir, (long) path, 0, 0);
}

int unlink(const char *path) {
    return (int) call(SYS_unlink, (long) path, 0, 0);
}

int rename(const char *from, const char *to) {
    return (int) call(SYS_rename, (long) from, (long) to, 0);
}

int remove(const char *path) {
    int result = unlink(path);
    return result < 0 && errno == EISDIR ? rmdir(path) : result;
}

pid_t getpid(void) {
    return (pid_t) call(SYS_getpid, 0, 0, 0);
}

/* The kernel answers with the break that is in force, moved or not. */
int brk(void *end) {
    if (__syscall3(SYS_brk, (long) end, 0, 0) == (long) end) {
        return 0;
    }
    errno = ENOMEM;
    return -1;
}

void *sbrk(intptr_t increment) {
    long old = __syscall3(SYS_brk, 0, 0, 0);
    if (increment != 0 && brk((void *) (old + increment)) < 0) {
        return (void *) -1;
    }
    return (void *) old;
}

ssize_t getrandom(void *buffer, size_t size, unsigned int flags) {
    return call(SYS_getrandom, (long) buffer, (long) size, flags);
}

int clock_gettime(clockid_t clock, struct timespec *result) {
    return (int) call(SYS_clock_gettime, clock, (long) result, 0);
}

time_t time(time_t *result) {
    struct timespec now;
    if (clock_gettime(CLOCK_REALTIME, &now) < 0) {
        return -1;
    }
    if (result) {
        *result = now.tv_sec;
    }
    return now.tv_sec;
}
