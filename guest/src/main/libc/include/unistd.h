#ifndef _UNISTD_H
#define _UNISTD_H

#include <sys/types.h>

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2

extern char **environ;

ssize_t read(int descriptor, void *buffer, size_t size);
ssize_t write(int descriptor, const void *buffer, size_t size);
int close(int descriptor);
off_t lseek(int descriptor, off_t offset, int whence);
int ftruncate(int descriptor, off_t size);
int dup(int descriptor);
int dup2(int descriptor, int target);
int unlink(const char *path);
int rmdir(const char *path);
pid_t getpid(void);
int brk(void *end);
void *sbrk(intptr_t increment);
_Noreturn void _exit(int status);

/* Any system call with up to six arguments; -1 and errno on failure. */
long syscall(long number, ...);

#endif
