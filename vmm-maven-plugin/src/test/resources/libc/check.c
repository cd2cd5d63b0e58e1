/* Says what a C library does; see GuestLibcTest. Exits with 3 through atexit handlers. */

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int sign(int value) {
    return (value > 0) - (value < 0);
}

static void formats_of_integers(void) {
    static const char *formats[] = {
        "%d|", "%5d|", "%-5d|", "%05d|", "%+d|", "% d|", "%.3d|", "%8.3d|", "%-8.3d|", "%+08d|", "%.0d|", "%i|",
        "%u|", "%o|", "%#o|", "%x|", "%X|", "%#x|", "%#X|", "%#10x|", "%#010x|", "%-#10x|", "%.5x|", "%hhd|", "%hd|",
        "%hhu|", "%hu|", "%hhx|", "%+.3d|", "%08.3d|", "%#.0o|", "%20.10u|",
    };
    static const int values[] = {0, 1, -1, 7, 42, -42, 127, 128, 255, 256, -129, 32768, 65535, 65536, INT_MAX, INT_MIN};
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            printf(formats[f], values[v]);
        }
        putchar('\n');
    }
    static const char *long_formats[] = {"%ld|", "%20ld|", "%lu|", "%lx|", "%#lx|", "%lo|", "%lld|", "%zu|", "%zd|", "%jd|", "%td|", "%llX|"};
    static const long long_values[] = {0, 1, -1, LONG_MAX, LONG_MIN, 4294967296, -4294967297};
    for (size_t f = 0; f < sizeof long_formats / sizeof *long_formats; f++) {
        for (size_t v = 0; v < sizeof long_values / sizeof *long_values; v++) {
            printf(long_formats[f], long_values[v]);
        }
        putchar('\n');
    }
    printf("%*d|%-*d|%*d|%.*d|%.*d|\n", 6, 42, 6, 42, -6, 42, 4, 42, -1, 42);
    printf("%" PRIu64 " %" PRIx32 " %" PRId64 "\n", UINT64_MAX, UINT32_MAX, INT64_MIN);
}

static void formats_of_text(void) {
    printf("%s|%10s|%-10s|%.2s|%10.2s|%.0s|%s\n", "text", "text", "text", "text", "text", "text", "");
    printf("%c|%3c|%-3c|%%|%5s|\n", 'a', 'b', 'c', "longer than five");
    printf("%p|%20p|%-20p|%p\n", (void *) 0x1234, (void *) 0xabcdef, (void *) 1, (void *) 0);
    char small[8];
    int length = snprintf(small, sizeof small, "%s-%d", "abcdefgh", 12345);
    printf("%d %s\n", length, small);
    length = snprintf(small, 1, "abc");
    printf("%d [%s]\n", length, small);
    printf("%d\n", snprintf(NULL, 0, "%100d", 1));
    char buffer[64];
    printf("%d %s\n", sprintf(buffer, "%d+%d", 1, 2), buffer);
    printf("%d\n", printf("twelve chars"));
}

static void long_lines(void) {
    for (int i = 0; i < 1000; i++) {
        printf("%d,", i);
    }
    putchar('\n');
    fputs("fputs", stdout);
    puts(" and puts");
    fwrite("fwrite\n", 1, 7, stdout);
    fflush(stdout);
}

static void memory_functions(void) {
    unsigned char area[64];
    memset(area, 0xa5, sizeof area);
    for (int i = 0; i < 32; i++) {
        area[i] = (unsigned char) (i * 37);
    }
    memmove(area + 3, area, 20);
    memmove(area, area + 5, 20);
    memmove(area + 1, area + 1, 10);
    memcpy(area + 40, area, 16);
    for (size_t i = 0; i < sizeof area; i++) {
        printf("%02x", area[i]);
    }
    printf("\n%d %d %d %d\n", sign(memcmp("abc", "abd", 3)), sign(memcmp("abc", "abd", 2)),
            sign(memcmp("\xff", "\x01", 1)), memcmp("x", "y", 0));
    printf("%td %d\n", (char *) memchr("hello", 'l', 5) - (char *) memchr("hello", 'h', 5), memchr("hello", 'o', 4) == NULL);
}

static void string_functions(void) {
    char text[32];
    printf("%zu %zu %zu %zu\n", strlen(""), strlen("hello"), strnlen("hello", 3), strnlen("hello", 9));
    printf("%d %d %d %d\n", sign(strcmp("a", "b")), sign(strcmp("b", "a")), sign(strcmp("a", "a")), sign(strcmp("\xff", "a")));
    printf("%d %d %d\n", sign(strncmp("abc", "abd", 2)), sign(strncmp("abc", "abd", 3)), sign(strncmp("ab", "abc", 9)));
    strcpy(text, "copied");
    printf("%s\n", strcat(text, "+more"));
    memset(text, 'x', sizeof text);
    strncpy(text, "abc", 6);
    printf("%s %d %c\n", text, text[5], text[6]);
    printf("%s\n", strncat(text, "defgh", 2));
    const char *path = "a/b/c";
    printf("%s %s %s %d\n", strchr(path, '/'), strrchr(path, '/'), strstr(path, "b/"), strstr(path, "d") == NULL);
    printf("%zu %zu %d %zu\n", strspn("aabbc", "ab"), strcspn("hello", "lo"), strchr(path, 0) == path + 5, strcspn("x", ""));
    printf("%s, %s, %s\n", strerror(ENOENT), strerror(EINVAL), strerror(EBADF));
}

static void characters(void) {
    for (int c = 0; c < 128; c++) {
        printf("%d%d%d%d%d%d%d%d%c%c ", !!isalnum(c), !!isalpha(c), !!isdigit(c), !!islower(c), !!isprint(c), !!isspace(c),
                !!isupper(c), !!isxdigit(c), isprint(toupper(c)) ? toupper(c) : '.', isprint(tolower(c)) ? tolower(c) : '.');
    }
    putchar('\n');
}

static void numbers_of_text(void) {
    static const char *texts[] = {
        "0", "42", "-42", "  +7x", "0x1f", "0xg", "010", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "99999999999999999999999", "", "abc", "-", "18446744073709551615", "18446744073709551616",
    };
    static const int bases[] = {0, 2, 8, 10, 16, 36};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        for (size_t b = 0; b < sizeof bases / sizeof *bases; b++) {
            char *end;
            errno = 0;
            printf("%ld", strtol(texts[t], &end, bases[b]));
            printf(" %td %d;", end - texts[t], errno == ERANGE);
            errno = 0;
            printf("%lu", strtoul(texts[t], &end, bases[b]));
            printf(" %td %d|", end - texts[t], errno == ERANGE);
        }
        putchar('\n');
    }
    printf("%d %ld %d %ld\n", atoi("123abc"), atol("-5"), abs(-3), labs(-4L));
}

static int ascending(const void *a, const void *b) {
    int x = *(const int *) a, y = *(const int *) b;
    return (x > y) - (x < y);
}

static void sorting(void) {
    int values[100];
    for (int count = 0; count <= 100; count += count < 5 ? 1 : 19) {
        for (int i = 0; i < count; i++) {
            values[i] = i * 7919 % 101 - 50;
        }
        qsort(values, (size_t) count, sizeof *values, ascending);
        for (int i = 0; i < count; i++) {
            printf("%d ", values[i]);
        }
        putchar('\n');
    }
}

static void heap(void) {
    unsigned char *blocks[50];
    unsigned int sum = 0;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 50; i++) {
            size_t size = (size_t) (i * 37 + round * 11) % 500 + 1;
            blocks[i] = i % 3 == 0 ? calloc(size, 1) : malloc(size);
            assert(blocks[i] && (uintptr_t) blocks[i] % 16 == 0);
            if (i % 3 == 0) {
                for (size_t k = 0; k < size; k++) {
                    assert(blocks[i][k] == 0);
                }
            }
            memset(blocks[i], i, size);
            if (i % 5 == 0) {
                blocks[i] = realloc(blocks[i], size + 300);
                assert(blocks[i]);
                for (size_t k = 0; k < size; k++) {
                    assert(blocks[i][k] == i);
                }
            }
        }
        for (int i = 0; i < 50; i++) {
            sum = sum * 31 + blocks[i][0];
            if ((i + round) % 2 == 0) {
                free(blocks[i]);
            }
        }
        for (int i = 0; i < 50; i++) {
            if ((i + round) % 2 != 0) {
                sum = sum * 31 + blocks[i][0];
                free(blocks[i]);
            }
        }
    }
    free(NULL);
    errno = 0;
    volatile size_t huge = SIZE_MAX / 2;
    printf("%u %d ", sum, malloc(SIZE_MAX - huge) == NULL);
    printf("%d %d\n", errno == ENOMEM, calloc(huge, 4) == NULL);
}

/* What a call answers, and the error if it is one. */
static void say(long answer) {
    printf("%ld ", answer);
    if (answer < 0) {
        printf("(%s) ", strerror(errno));
    }
}

static void files(void) {
    struct stat status;
    char buffer[16] = {0};
    int descriptor = open("./file", O_RDWR | O_CREAT | O_TRUNC, 0640);
    say(descriptor >= 3);
    say(write(descriptor, "0123456789", 10));
    say(lseek(descriptor, -4, SEEK_CUR));
    say(lseek(descriptor, 2, SEEK_SET));
    say(lseek(descriptor, -1, SEEK_SET));
    say(read(descriptor, buffer, 5));
    puts(buffer);
    say(ftruncate(descriptor, 7));
    say(fstat(descriptor, &status));
    printf("%ld %o %d %d %lu\n", status.st_size, status.st_mode & 0700, S_ISREG(status.st_mode), S_ISDIR(status.st_mode), (unsigned long) status.st_nlink);
    int copy = dup(descriptor);
    say(lseek(copy, 0, SEEK_CUR));
    say(dup2(descriptor, 100));
    say(close(100));
    say(close(copy));
    say(close(descriptor));
    say(close(descriptor));
    say(open("./no-such-file", O_RDONLY));
    say(open("./file", O_WRONLY | O_CREAT | O_EXCL, 0600));
    say(mkdir("./directory", 0755));
    say(mkdir("./directory", 0755));
    say(stat("./directory", &status));
    say(S_ISDIR(status.st_mode));
    say(open("./directory", O_WRONLY));
    say(open("./file/below", O_RDONLY));
    say(rename("./file", "./renamed"));
    say(unlink("./renamed"));
    say(unlink("./renamed"));
    say(remove("./directory"));
    say(remove("./renamed"));
    putchar('\n');
}

static void types(void) {
    printf("%zu %zu %zu %zu %zu %zu\n", sizeof(size_t), sizeof(ptrdiff_t), sizeof(intptr_t), sizeof(off_t), sizeof(bool), sizeof(max_align_t));
    printf("%d %d %u %ld %lu %d %d\n", INT_MIN, INT_MAX, UINT_MAX, LONG_MIN, ULONG_MAX, CHAR_MIN, SHRT_MAX);
    printf("%d %ld %zu %zu\n", INT8_MIN, INT64_MAX, SIZE_MAX, sizeof(struct stat));
    printf("%zu %zu\n", offsetof(struct stat, st_size), offsetof(struct stat, st_mtim));
}

static void first_handler(void) {
    puts("DONE");
}

static void second_handler(void) {
    printf("leaving, ");
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        printf("[%s]", argv[i]);
    }
    printf("%d %d %d\n", argc, argv[argc] == NULL, getenv("NO_SUCH_VARIABLE") == NULL);
    printf("%d\n", getenv("SOURCE_DATE_EPOCH") != NULL);
    formats_of_integers();
    formats_of_text();
    long_lines();
    memory_functions();
    string_functions();
    characters();
    numbers_of_text();
    sorting();
    heap();
    files();
    types();
    fflush(stdout);
    fprintf(stderr, "%s %d\n", "an error", 5);
    errno = EACCES;
    perror("perror");
    atexit(first_handler);
    atexit(second_handler);
    return 3;
}
