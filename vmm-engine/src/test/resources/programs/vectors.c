/* Built for x86-64-v3: arithmetic in 256 bits, multiply-add, glibc's string functions, and a signal in the midst of it. */
#include <immintrin.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static double a[256], b[256], c[256];
static float x[256], y[256];
static unsigned char bytes[4096], others[4096];
static volatile sig_atomic_t hits;

static void on_signal(int signal) {
    __m256d z = _mm256_set1_pd(-1.5);
    for (int i = 0; i < 3; i++) {
        z = _mm256_add_pd(z, z);
    }
    double all[4];
    _mm256_storeu_pd(all, z);
    hits += (int)all[3];
}

static double products(void) {
    double sum = 0;
    for (int i = 0; i < 256; i++) {
        c[i] = fma(a[i], b[i], sqrt(a[i])) + x[i] * y[i];
    }
    for (int i = 0; i < 256; i++) {
        sum += c[i];
    }
    return sum;
}

static unsigned strings(void) {
    unsigned hash = 0;
    char *text = malloc(5000);
    char copy[600];
    for (int i = 0; i < 5000; i++) {
        text[i] = 'a' + i * 7 % 26;
    }
    text[4999] = 0;
    for (int i = 0; i < 60; i++) {
        hash = hash * 31 + (unsigned)(strchr(text + i, 'z') - text);
        hash += strlen(text + i) + (memcmp(text, text + i, 100) != 0);
        memcpy(copy, text + i, 511);
        copy[511] = 0;
        hash = hash * 31 + strlen(copy) + (memchr(copy, 'q', 511) != 0) + (strrchr(copy, 'b') - copy);
        memmove(text + i, text + i + 1, 300);
        memset(copy, i, sizeof copy);
        hash ^= copy[i];
    }
    return hash;
}

static unsigned integers(void) {
    unsigned sum = 0;
    for (int round = 0; round < 8; round++) {
        for (int i = 0; i < 4096; i++) {
            bytes[i] = bytes[i] > others[i] ? bytes[i] - others[i] : others[i] + round;
        }
        for (int i = 0; i < 4096; i++) {
            sum += bytes[i] * 3u >> (i & 7);
        }
    }
    return sum;
}

int main(void) {
    for (int i = 0; i < 256; i++) {
        a[i] = i * 1.25, b[i] = 64 - i, x[i] = i / 3.0f, y[i] = i * i;
    }
    for (int i = 0; i < 4096; i++) {
        bytes[i] = i * 11, others[i] = i * i >> 3;
    }
    printf("%.17g\n", products());
    printf("%u %u\n", strings(), integers());
    printf("%a %a %a %a\n", sin(1.0), exp(2.5), pow(2.1, 3.3), log(7.7));
    signal(SIGUSR1, on_signal);
    double kept[4];
    __m256d keep = _mm256_set_pd(4, 3, 2, 1);
    long result, self = getpid();
    /* The handler's registers are its own. */
    __asm__ volatile("vmovapd %1, %%ymm9\n syscall\n vmovapd %%ymm9, %1"
                     : "=a"(result), "+x"(keep)
                     : "a"((long)SYS_kill), "D"(self), "S"((long)SIGUSR1)
                     : "rcx", "r11", "memory", "xmm9");
    _mm256_storeu_pd(kept, keep);
    printf("%g %g %g %g, hits %d\n", kept[0], kept[1], kept[2], kept[3], (int)hits);
    return 0;
}
