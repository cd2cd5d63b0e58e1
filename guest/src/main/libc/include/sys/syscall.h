#ifndef _SYS_SYSCALL_H
#define _SYS_SYSCALL_H

/* Linux on x86-64, asm/unistd_64.h. */
#define SYS_read 0
#define SYS_write 1
#define SYS_open 2
#define SYS_close 3
#define SYS_stat 4
#define SYS_fstat 5
#define SYS_lseek 8
#define SYS_brk 12
#define SYS_dup 32
#define SYS_dup2 33
#define SYS_getpid 39
#define SYS_ftruncate 77
#define SYS_rename 82
#define SYS_mkdir 83
#define SYS_rmdir 84
#define SYS_unlink 87
#define SYS_clock_gettime 228
#define SYS_exit_group 231
#define SYS_getrandom 318

#endif
