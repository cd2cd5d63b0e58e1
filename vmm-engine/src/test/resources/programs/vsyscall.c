/* The calls at fixed addresses that programs linked long ago make. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long (*volatile const gettime)(struct timeval *, struct timezone *) = (void *)0xffffffffff600000;
static long (*volatile const seconds)(time_t *) = (void *)0xffffffffff600400;
static long (*volatile const cpu)(unsigned *, unsigned *, void *) = (void *)0xffffffffff600800;

static void call(void) {
    struct timeval now;
    time_t later = 0;
    unsigned number = 99, node = 99;
    long result = gettime(&now, NULL);
    long same = seconds(&later);
    printf("%ld %d %d %d\n", result, same == later, later - now.tv_sec <= 1, time(NULL) - now.tv_sec <= 1);
    printf("%ld %d\n", cpu(&number, &node, NULL), number < 99 && node < 99);
    printf("%d\n", seconds(NULL) >= later);
    fflush(stdout);
}

int main(void) {
    call();
    if (fork() == 0) {
        call();
        _exit(3);
    }
    int status;
    wait(&status);
    return WEXITSTATUS(status);
}
