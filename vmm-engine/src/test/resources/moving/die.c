/*
 * Preloaded (ld.so(8), LD_PRELOAD) into a process, kills it before its step number DIE_AT: a step is what leaves a trace
 * outside of the process, that is a write to a socket or to a file under DIE_UNDER, and whatever makes files durable,
 * renames or removes them. Between two steps nothing happens that anybody could tell. Each step is a line of DIE_LOG.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static long steps;

static void step(const char *what, const char *where) {
    const char *at = getenv("DIE_AT");
    const char *log = getenv("DIE_LOG");
    long number = __atomic_add_fetch(&steps, 1, __ATOMIC_SEQ_CST);
    if (log) {
        char line[1200];
        int length = snprintf(line, sizeof line, "%ld %s %s\n", number, what, where);
        int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
        syscall(SYS_write, fd, line, length);
        close(fd);
    }
    if (at && number == atol(at)) {
        kill(getpid(), SIGKILL);
        pause();
    }
}

/* Where a descriptor leads: 0 for what nobody is to be killed at. */
static const char *counted(int fd, char *path, size_t size) {
    const char *under = getenv("DIE_UNDER");
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return 0;
    }
    if (S_ISSOCK(status.st_mode)) {
        return "socket";
    }
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0 || !under) {
        return 0;
    }
    path[length] = 0;
    return strncmp(path, under, strlen(under)) == 0 ? path : 0;
}

static void step_at(const char *what, int fd) {
    char path[1024];
    const char *where = counted(fd, path, sizeof path);
    if (where) {
        step(what, where);
    }
}

#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *) dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *from, size_t count) { REAL(write); step_at("write", fd); return real(fd, from, count); }
ssize_t send(int fd, const void *from, size_t count, int flags) { REAL(send); step_at("send", fd); return real(fd, from, count, flags); }
ssize_t writev(int fd, const struct iovec *from, int count) { REAL(writev); step_at("writev", fd); return real(fd, from, count); }
ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at) { REAL(pwrite64); step_at("pwrite", fd); return real(fd, from, count, at); }
int ftruncate64(int fd, off64_t size) { REAL(ftruncate64); step_at("ftruncate", fd); return real(fd, size); }
int fsync(int fd) { REAL(fsync); step_at("fsync", fd); return real(fd); }
int fdatasync(int fd) { REAL(fdatasync); step_at("fdatasync", fd); return real(fd); }
int rename(const char *from, const char *to) { REAL(rename); step("rename", to); return real(from, to); }
int link(const char *from, const char *to) { REAL(link); step("link", to); return real(from, to); }
int unlink(const char *path) { REAL(unlink); step("unlink", path); return real(path); }
int unlinkat(int at, const char *path, int flags) { REAL(unlinkat); step("unlinkat", path); return real(at, path, flags); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); step("mkdir", path); return real(path, mode); }
