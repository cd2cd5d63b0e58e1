/* The sieve of Eratosthenes: byte stores and loads in a tight loop. */
#define ROUNDS 400
#include "program.h"

#define LIMIT 65536
static u8 composite[LIMIT];

static u64 work(u64 round) {
    u64 primes = 0;
    for (u32 i = 0; i < LIMIT; i++) {
        composite[i] = 0;
    }
    for (u32 i = 2; i < LIMIT; i++) {
        if (!composite[i]) {
            primes++;
            for (u32 j = i * 2; j < LIMIT; j += i) {
                composite[j] = 1;
            }
        }
    }
    return primes + round;
}
