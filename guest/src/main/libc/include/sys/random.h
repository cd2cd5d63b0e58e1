#ifndef _SYS_RANDOM_H
#define _SYS_RANDOM_H

#include <sys/types.h>

ssize_t getrandom(void *buffer, size_t size, unsigned int flags);

#endif
