#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *getenv(const char *name) {
    size_t length = strlen(name);
    for (char **variable = environ; *variable; variable++) {
        if (strncmp(*variable, name, length) == 0 && (*variable)[length] == '=') {
            return *variable + length + 1;
        }
    }
    return NULL;
}

int abs(int value) {
    return value < 0 ? -value : value;
}

long labs(long value) {
    return value < 0 ? -value : value;
}

static int digit(char character) {
    if (isdigit(character)) {
        return character - '0';
    }
    return isalpha(character) ? tolower(character) - 'a' + 10 : INT_MAX;
}

struct number {
    unsigned long magnitude;
    int negative;
    int overflow;
    const char *end; /* NULL: no digits */
};

static struct number parse(const char *text, int base) {
    struct number number = {0, 0, 0, NULL};
    while (isspace(*text)) {
        text++;
    }
    if (*text == '+' || *text == '-') {
        number.negative = *text++ == '-';
    }
    if ((base == 0 || base == 16) && text[0] == '0' && tolower(text[1]) == 'x' && digit(text[2]) < 16) {
        text += 2;
        base = 16;
    }
    if (base == 0) {
        base = *text == '0' ? 8 : 10;
    }
    for (; digit(*text) < base; number.end = ++text) {
        number.overflow |= __builtin_mul_overflow(number.magnitude, (unsigned long) base, &number.magnitude);
        number.overflow |= __builtin_add_overflow(number.magnitude, (unsigned long) digit(*text), &number.magnitude);
    }
    return number;
}

unsigned long strtoul(const char *restrict text, char **restrict end, int base) {
    struct number number = parse(text, base);
    if (end) {
        *end = (char *) (number.end ? number.end : text);
    }
    if (number.overflow) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return number.negative ? -number.magnitude : number.magnitude;
}

long strtol(const char *restrict text, char **restrict end, int base) {
    struct number number = parse(text, base);
    if (end) {
        *end = (char *) (number.end ? number.end : text);
    }
    if (number.overflow || number.magnitude > (unsigned long) LONG_MAX + number.negative) {
        errno = ERANGE;
        return number.negative ? LONG_MIN : LONG_MAX;
    }
    return (long) (number.negative ? -number.magnitude : number.magnitude);
}

long atol(const char *text) {
    return strtol(text, NULL, 10);
}

int atoi(const char *text) {
    return (int) atol(text);
}

static unsigned long random_state = 1;

void srand(unsigned int seed) {
    random_state = seed;
}

/* Knuth's MMIX generator (The Art of Computer Programming, volume 2, 3.3.4); its high bits are the good ones. */
int rand(void) {
    random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
    return (int) (random_state >> 33);
}

static void swap(char *a, char *b, size_t size) {
    for (; size > 0; size--, a++, b++) {
        char kept = *a;
        *a = *b;
        *b = kept;
    }
}

static void sift(char *array, size_t root, size_t count, size_t size, int (*compare)(const void *, const void *)) {
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && compare(array + child * size, array + (child + 1) * size) < 0) {
            child++;
        }
        if (compare(array + root * size, array + child * size) >= 0) {
            return;
        }
        swap(array + root * size, array + child * size, size);
    }
}

/* Heapsort: no recursion on a stack of three pages, and no bad case. */
void qsort(void *array, size_t count, size_t size, int (*compare)(const void *, const void *)) {
    char *elements = array;
    for (size_t root = count / 2; root > 0; root--) {
        sift(elements, root - 1, count, size, compare);
    }
    for (size_t last = count; last > 1; last--) {
        swap(elements, elements + (last - 1) * size, size);
        sift(elements, 0, last - 1, size, compare);
    }
}

void __assert_failed(const char *condition, const char *file, int line) {
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    abort();
}
