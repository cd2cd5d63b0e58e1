#ifndef _TIME_H
#define _TIME_H

#include <sys/types.h>

typedef int clockid_t;

struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1

int clock_gettime(clockid_t clock, struct timespec *result);
time_t time(time_t *result);

#endif
