/* Fills a MiB of memory a round with what does not compress. Not for speed: for the size of an image. */
#define ROUNDS 256
#include "program.h"

#define MIB (1 << 20)
static u64 memory[256l * MIB / 8];

static u64 work(u64 round) {
    u64 x = 88172645463325252ul + round;
    u64 *part = memory + (round & 255) * MIB / 8;
    for (u32 i = 0; i < MIB / 8; i++) {
        part[i] = x = scramble(x);
    }
    return x;
}
