#ifndef _LIBC_EXIT_H
#define _LIBC_EXIT_H

/* Set by stdio when it first buffers output, so that a program without stdio has no stdio linked in. */
extern void (*__flush_at_exit)(void);

#endif
