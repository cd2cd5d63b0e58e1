#ifndef _LIBC_FILE_H
#define _LIBC_FILE_H

#include <stddef.h>
#include <stdio.h>

enum buffering { BUFFER_NONE, BUFFER_LINE };

/* One stream, for reading or for writing, never both. */
struct __file {
    int descriptor;
    enum buffering buffering;
    int at_end;
    int failed;
    size_t start; /* reading: first byte of the buffer not taken yet */
    size_t end;   /* bytes in the buffer */
    char *buffer; /* BUFSIZ bytes, or NULL with BUFFER_NONE */
};

/* Where formatted text goes. */
struct sink {
    void (*put)(struct sink *sink, const char *text, size_t length);
};

/* Returns the length of the text. */
int __format(struct sink *sink, const char *format, va_list arguments);

#endif
