#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exit.h"
#include "file.h"

static char input_buffer[BUFSIZ];
static char output_buffer[BUFSIZ];

static FILE input = {.descriptor = STDIN_FILENO, .buffering = BUFFER_LINE, .buffer = input_buffer};
static FILE output = {.descriptor = STDOUT_FILENO, .buffering = BUFFER_LINE, .buffer = output_buffer};
static FILE errors = {.descriptor = STDERR_FILENO, .buffering = BUFFER_NONE};

FILE *const stdin = &input;
FILE *const stdout = &output;
FILE *const stderr = &errors;

static int write_all(FILE *file, const char *from, size_t size) {
    while (size > 0) {
        ssize_t written = write(file->descriptor, from, size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            file->failed = 1;
            return EOF;
        }
        from += written;
        size -= (size_t) written;
    }
    return 0;
}

int fflush(FILE *file) {
    if (!file) {
        file = stdout;
    }
    size_t size = file->end;
    file->end = 0;
    return write_all(file, file->buffer, size);
}

static void flush_output(void) {
    fflush(stdout);
}

/* Whole lines leave together, so that a line is one write. */
static int put(FILE *file, const char *from, size_t size) {
    if (file->buffering == BUFFER_NONE) {
        return write_all(file, from, size);
    }
    if (file == stdout) {
        __flush_at_exit = flush_output;
    }
    for (; size > 0; from++, size--) {
        file->buffer[file->end++] = *from;
        if ((*from == '\n' || file->end == BUFSIZ) && fflush(file) < 0) {
            return EOF;
        }
    }
    return 0;
}

int fputc(int character, FILE *file) {
    char byte = (char) character;
    return put(file, &byte, 1) < 0 ? EOF : (unsigned char) byte;
}

int putc(int character, FILE *file) {
    return fputc(character, file);
}

int putchar(int character) {
    return fputc(character, stdout);
}

int fputs(const char *restrict text, FILE *restrict file) {
    return put(file, text, strlen(text));
}

int puts(const char *text) {
    return fputs(text, stdout) < 0 || fputc('\n', stdout) < 0 ? EOF : 0;
}

size_t fwrite(const void *restrict from, size_t size, size_t count, FILE *restrict file) {
    return put(file, from, size * count) < 0 ? 0 : count;
}

/* Output that asks for the input should be seen before the guest waits for it. */
static int fill(FILE *file) {
    flush_output();
    ssize_t taken;
    do {
        taken = read(file->descriptor, file->buffer, BUFSIZ);
    } while (taken < 0 && errno == EINTR);
    file->at_end |= taken == 0;
    file->failed |= taken < 0;
    file->start = 0;
    file->end = taken > 0 ? (size_t) taken : 0;
    return file->end > 0;
}

int fgetc(FILE *file) {
    if (file->start == file->end && !fill(file)) {
        return EOF;
    }
    return (unsigned char) file->buffer[file->start++];
}

int getc(FILE *file) {
    return fgetc(file);
}

int getchar(void) {
    return fgetc(stdin);
}

char *fgets(char *restrict to, int size, FILE *restrict file) {
    int length = 0;
    while (length < size - 1) {
        int character = fgetc(file);
        if (character == EOF) {
            break;
        }
        to[length++] = (char) character;
        if (character == '\n') {
            break;
        }
    }
    if (length == 0) {
        return NULL;
    }
    to[length] = 0;
    return to;
}

size_t fread(void *restrict to, size_t size, size_t count, FILE *restrict file) {
    char *target = to;
    size_t wanted = size * count;
    size_t taken = 0;
    for (; taken < wanted; taken++) {
        int character = fgetc(file);
        if (character == EOF) {
            break;
        }
        target[taken] = (char) character;
    }
    return size == 0 ? 0 : taken / size;
}

int feof(FILE *file) {
    return file->at_end;
}

int ferror(FILE *file) {
    return file->failed;
}

void perror(const char *text) {
    int error = errno;
    int named = text && *text;
    fprintf(stderr, "%s%s%s\n", named ? text : "", named ? ": " : "", strerror(error));
}

struct file_sink {
    struct sink sink;
    FILE *file;
    int failed;
};

static void put_to_file(struct sink *sink, const char *text, size_t length) {
    struct file_sink *target = (struct file_sink *) sink;
    target->failed |= put(target->file, text, length) < 0;
}

static int format_to(FILE *file, const char *format, va_list arguments) {
    struct file_sink sink = {{put_to_file}, file, 0};
    int length = __format(&sink.sink, format, arguments);
    return sink.failed ? -1 : length;
}

/* A message to standard error is one write too. */
int vfprintf(FILE *restrict file, const char *restrict format, va_list arguments) {
    if (file->buffering != BUFFER_NONE) {
        return format_to(file, format, arguments);
    }
    char buffer[BUFSIZ];
    FILE buffered = {.descriptor = file->descriptor, .buffering = BUFFER_LINE, .buffer = buffer};
    int length = format_to(&buffered, format, arguments);
    return fflush(&buffered) < 0 ? -1 : length;
}

int vprintf(const char *restrict format, va_list arguments) {
    return vfprintf(stdout, format, arguments);
}

int fprintf(FILE *restrict file, const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vfprintf(file, format, arguments);
    va_end(arguments);
    return length;
}

int printf(const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vprintf(format, arguments);
    va_end(arguments);
    return length;
}
