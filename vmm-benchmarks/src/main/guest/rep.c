/* REP MOVSB, REP STOSQ and REPNE SCASB, as small C libraries and kernels copy, clear and search. */
#define ROUNDS 1500
#include "program.h"

#define SIZE 65536
static u8 from[SIZE];
static u8 to[SIZE];

static u64 work(u64 round) {
    u8 *target = to, *source = from, *text = to;
    u64 count = SIZE, words = SIZE / 8, left = SIZE;
    __asm__ volatile("rep stosq" : "+D"(source), "+c"(words) : "a"(0x0101010101010101ul * (round % 255 + 1)) : "memory");
    from[SIZE - 7] = 0;
    source = from;
    __asm__ volatile("rep movsb" : "+D"(target), "+S"(source), "+c"(count) : : "memory");
    __asm__ volatile("repne scasb" : "+D"(text), "+c"(left) : "a"(0) : "memory", "cc");
    return left + to[12345];
}
