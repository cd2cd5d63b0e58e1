#include <stdlib.h>
#include <unistd.h>

#include "exit.h"
#include "syscall.h"

#define HANDLERS 32

void (*__flush_at_exit)(void);

static void (*handlers[HANDLERS])(void);
static int handler_count;

int atexit(void (*function)(void)) {
    if (handler_count == HANDLERS) {
        return -1;
    }
    handlers[handler_count++] = function;
    return 0;
}

void exit(int status) {
    while (handler_count > 0) {
        handlers[--handler_count]();
    }
    if (__flush_at_exit) {
        __flush_at_exit();
    }
    _exit(status);
}

void _exit(int status) {
    for (;;) {
        __syscall3(SYS_exit_group, status, 0, 0);
    }
}

/* There are no signals here: an instruction that no CPU has ends the program. */
void abort(void) {
    __builtin_trap();
}
