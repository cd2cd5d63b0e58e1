/*
 * Keeps memory in motion and a checksum over all of it: if a restore gives back a single wrong byte, register or flag,
 * every later line differs. A line with the round, the checksum and the state of the generator after each 16 rounds.
 */

#include <stdint.h>
#include <stdio.h>

#define SIZE 512
#define ROUNDS 256

static uint32_t memory[SIZE];
static uint64_t generator = 0x9e3779b97f4a7c15;

/* Marsaglia's xorshift64. */
static uint64_t next(void) {
    generator ^= generator << 13;
    generator ^= generator >> 7;
    generator ^= generator << 17;
    return generator;
}

/* FNV-1a, a word at a time. */
static uint64_t checksum(void) {
    uint64_t sum = 0xcbf29ce484222325;
    for (int i = 0; i < SIZE; i++) {
        sum = (sum ^ memory[i]) * 0x100000001b3;
    }
    return sum;
}

int main(void) {
    for (int round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < SIZE / 2; i++) {
            uint64_t value = next();
            memory[value % SIZE] += (uint32_t) (value >> 32);
        }
        memory[round % SIZE] ^= (uint32_t) checksum();
        if (round % 16 == 0) {
            printf("%3d %016lx %016lx\n", round, checksum(), generator);
        }
    }
    return 0;
}
