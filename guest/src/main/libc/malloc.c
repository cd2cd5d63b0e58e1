/*
 * A heap of blocks in one list by address: first fit, split at allocation, neighbours joined at free. It begins with what
 * the program leaves of its last page, all that a guest with two pages may have, and is grown by brk.
 */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALIGNMENT 16
#define PAGE_SIZE 4096
#define LARGEST (SIZE_MAX / 2)

/* The linker's: the program's end. */
extern char _end[];

struct block {
    struct block *next;
    size_t size; /* bytes after this header, a multiple of ALIGNMENT; bit 0: in use */
};

_Static_assert(sizeof(struct block) == ALIGNMENT, "what follows a header must be aligned");

static struct block *first;

static char *end_of(struct block *block) {
    return (char *) (block + 1) + (block->size & ~(size_t) 1);
}

static int in_use(const struct block *block) {
    return block->size & 1;
}

/* Joins the free blocks that follow a free one without a gap. */
static void join(struct block *block) {
    struct block *next = block->next;
    while (next && !in_use(next) && end_of(block) == (char *) next) {
        block->size += sizeof(struct block) + next->size;
        next = block->next = next->next;
    }
}

static void split(struct block *block, size_t size) {
    if (block->size < size + sizeof(struct block) + ALIGNMENT) {
        return;
    }
    struct block *rest = (struct block *) ((char *) (block + 1) + size);
    rest->size = block->size - size - sizeof(struct block);
    rest->next = block->next;
    block->size = size;
    block->next = rest;
}

static struct block *free_block(char *area, size_t size) {
    struct block *block = (struct block *) area;
    block->next = NULL;
    block->size = size - sizeof(struct block);
    return block;
}

static size_t to_multiple_of(size_t unit, uintptr_t address) {
    return -address & (unit - 1);
}

static void begin(void) {
    static int begun;
    if (!begun) {
        begun = 1;
        char *start = _end + to_multiple_of(ALIGNMENT, (uintptr_t) _end);
        size_t rest = to_multiple_of(PAGE_SIZE, (uintptr_t) start);
        if (rest > sizeof(struct block)) {
            first = free_block(start, rest);
        }
    }
}

static struct block *grow(size_t size) {
    size_t padding = to_multiple_of(ALIGNMENT, (uintptr_t) sbrk(0));
    char *area = sbrk((intptr_t) (padding + sizeof(struct block) + size));
    return area == (char *) -1 ? NULL : free_block(area + padding, sizeof(struct block) + size);
}

void *malloc(size_t size) {
    if (size > LARGEST) {
        errno = ENOMEM;
        return NULL;
    }
    size = (size + ALIGNMENT - 1 + (size == 0)) & ~(size_t) (ALIGNMENT - 1);
    begin();
    struct block **link = &first;
    for (; *link; link = &(*link)->next) {
        if (!in_use(*link)) {
            join(*link);
            if ((*link)->size >= size) {
                break;
            }
        }
    }
    struct block *block = *link;
    if (!block) {
        block = grow(size);
        if (!block) {
            return NULL;
        }
        *link = block;
    }
    split(block, size);
    block->size |= 1;
    return block + 1;
}

void free(void *area) {
    if (area) {
        struct block *block = (struct block *) area - 1;
        block->size &= ~(size_t) 1;
        join(block);
    }
}

void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    void *area = malloc(bytes);
    return area ? memset(area, 0, bytes) : NULL;
}

void *realloc(void *area, size_t size) {
    if (!area) {
        return malloc(size);
    }
    size_t old = ((struct block *) area - 1)->size & ~(size_t) 1;
    if (size <= old) {
        return area;
    }
    void *larger = malloc(size);
    if (larger) {
        memcpy(larger, area, old);
        free(area);
    }
    return larger;
}
