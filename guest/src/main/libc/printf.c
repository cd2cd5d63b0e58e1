/* The formatter behind the printf family, and its half that writes to memory. */

#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "file.h"

#define DIGITS 22 /* 64 bits in octal */

struct conversion {
    char left, plus, space, alternate, zero;
    int width;
    int precision; /* negative: not given */
    int length;    /* bytes of the argument: 1, 2, 4, 8 */
    char type;
};

static int number(const char **format, va_list *arguments) {
    if (**format == '*') {
        (*format)++;
        return va_arg(*arguments, int);
    }
    int value = 0;
    while (isdigit(**format)) {
        value = value * 10 + *(*format)++ - '0';
    }
    return value;
}

static int length_modifier(const char **format) {
    switch (*(*format)++) {
        case 'h':
            if (**format == 'h') {
                (*format)++;
                return 1;
            }
            return 2;
        case 'l':
            if (**format == 'l') {
                (*format)++;
            }
            return 8;
        case 'j':
        case 'z':
        case 't':
            return 8;
        default:
            (*format)--;
            return 4;
    }
}

static struct conversion parse(const char **format, va_list *arguments) {
    struct conversion c = {0};
    for (;; (*format)++) {
        char flag = **format;
        c.left |= flag == '-';
        c.plus |= flag == '+';
        c.space |= flag == ' ';
        c.alternate |= flag == '#';
        c.zero |= flag == '0';
        if (!flag || !strchr("-+ #0", flag)) {
            break;
        }
    }
    c.width = number(format, arguments);
    if (c.width < 0) {
        c.left = 1;
        c.width = -c.width;
    }
    c.precision = -1;
    if (**format == '.') {
        (*format)++;
        c.precision = number(format, arguments);
    }
    c.length = length_modifier(format);
    c.type = **format;
    if (c.type) {
        (*format)++;
    }
    return c;
}

static void pad(struct sink *sink, char with, int count) {
    for (; count > 0; count--) {
        sink->put(sink, &with, 1);
    }
}

/* prefix, zeros, text; in a field of the conversion's width. */
static int put_field(
        struct sink *sink, const struct conversion *c, const char *prefix, int zeros, const char *text, int length) {
    int prefix_length = (int) strlen(prefix);
    int spaces = c->width - prefix_length - zeros - length;
    if (spaces < 0) {
        spaces = 0;
    }
    if (!c->left) {
        pad(sink, ' ', spaces);
    }
    sink->put(sink, prefix, (size_t) prefix_length);
    pad(sink, '0', zeros);
    sink->put(sink, text, (size_t) length);
    if (c->left) {
        pad(sink, ' ', spaces);
    }
    return prefix_length + zeros + length + spaces;
}

static int put_integer(
        struct sink *sink, const struct conversion *c, const char *prefix, uint64_t value, unsigned int base) {
    const char *figures = c->type == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    char digits[DIGITS];
    int length = 0;
    for (; value > 0; value /= base) {
        digits[DIGITS - ++length] = figures[value % base];
    }
    int wanted = c->precision < 0 ? 1 : c->precision;
    if (c->precision < 0 && c->zero && !c->left) {
        wanted = c->width - (int) strlen(prefix);
        wanted = wanted < 1 ? 1 : wanted;
    }
    int zeros = wanted > length ? wanted - length : 0;
    if (base == 8 && c->alternate && zeros == 0) {
        zeros = 1;
    }
    return put_field(sink, c, prefix, zeros, digits + DIGITS - length, length);
}

static int put_signed(struct sink *sink, const struct conversion *c, va_list *arguments) {
    int64_t value = c->length == 8 ? va_arg(*arguments, int64_t) : va_arg(*arguments, int);
    value = c->length == 1 ? (signed char) value : c->length == 2 ? (short) value : value;
    const char *sign = value < 0 ? "-" : c->plus ? "+" : c->space ? " " : "";
    return put_integer(sink, c, sign, value < 0 ? -(uint64_t) value : (uint64_t) value, 10);
}

static int put_unsigned(struct sink *sink, const struct conversion *c, va_list *arguments, unsigned int base) {
    uint64_t value = c->length == 8 ? va_arg(*arguments, uint64_t) : va_arg(*arguments, unsigned int);
    value = c->length == 1 ? (uint8_t) value : c->length == 2 ? (uint16_t) value : value;
    const char *prefix = base != 16 || !c->alternate || value == 0 ? "" : c->type == 'X' ? "0X" : "0x";
    return put_integer(sink, c, prefix, value, base);
}

static int put_pointer(struct sink *sink, const struct conversion *c, va_list *arguments) {
    void *pointer = va_arg(*arguments, void *);
    if (!pointer) {
        return put_field(sink, c, "", 0, "(nil)", 5);
    }
    return put_integer(sink, c, "0x", (uintptr_t) pointer, 16);
}

static int put_string(struct sink *sink, const struct conversion *c, va_list *arguments) {
    const char *text = va_arg(*arguments, const char *);
    text = text ? text : "(null)";
    size_t length = c->precision < 0 ? strlen(text) : strnlen(text, (size_t) c->precision);
    return put_field(sink, c, "", 0, text, (int) length);
}

static int put_character(struct sink *sink, const struct conversion *c, va_list *arguments) {
    char character = (char) va_arg(*arguments, int);
    return put_field(sink, c, "", 0, &character, 1);
}

static int convert(struct sink *sink, const struct conversion *c, va_list *arguments) {
    switch (c->type) {
        case 'd':
        case 'i': return put_signed(sink, c, arguments);
        case 'u': return put_unsigned(sink, c, arguments, 10);
        case 'o': return put_unsigned(sink, c, arguments, 8);
        case 'x':
        case 'X': return put_unsigned(sink, c, arguments, 16);
        case 'p': return put_pointer(sink, c, arguments);
        case 's': return put_string(sink, c, arguments);
        case 'c': return put_character(sink, c, arguments);
        case 0: return 0;
        default: sink->put(sink, &c->type, 1); return 1;
    }
}

int __format(struct sink *sink, const char *format, va_list arguments) {
    va_list rest;
    va_copy(rest, arguments);
    int length = 0;
    while (*format) {
        size_t plain = strcspn(format, "%");
        sink->put(sink, format, plain);
        length += (int) plain;
        format += plain;
        if (*format) {
            format++;
            struct conversion c = parse(&format, &rest);
            length += convert(sink, &c, &rest);
        }
    }
    va_end(rest);
    return length;
}

struct memory_sink {
    struct sink sink;
    char *to;
    size_t left; /* with room for the terminator */
};

static void put_to_memory(struct sink *sink, const char *text, size_t length) {
    struct memory_sink *target = (struct memory_sink *) sink;
    if (target->left > 1) {
        size_t fits = length < target->left ? length : target->left - 1;
        memcpy(target->to, text, fits);
        target->to += fits;
        target->left -= fits;
    }
}

int vsnprintf(char *restrict to, size_t size, const char *restrict format, va_list arguments) {
    struct memory_sink sink = {{put_to_memory}, to, size};
    int length = __format(&sink.sink, format, arguments);
    if (size > 0) {
        *sink.to = 0;
    }
    return length;
}

int vsprintf(char *restrict to, const char *restrict format, va_list arguments) {
    return vsnprintf(to, INT_MAX, format, arguments);
}

int snprintf(char *restrict to, size_t size, const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(to, size, format, arguments);
    va_end(arguments);
    return length;
}

int sprintf(char *restrict to, const char *restrict format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsprintf(to, format, arguments);
    va_end(arguments);
    return length;
}
