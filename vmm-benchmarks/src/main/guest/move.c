/* Fills 256 MiB, a MiB a round, asks for SAVE, and goes on writing in the first 8 of them: a VM to be moved. */
#define ROUNDS 600
#include "program.h"

#define MIB (1 << 20)
#define FILLED 256
static u64 memory[(long)FILLED * MIB / 8];

static u64 fill(u64 round) {
    u64 x = 88172645463325252ul + round;
    for (u32 i = 0; i < MIB / 8; i++) {
        memory[round * MIB / 8 + i] = x = scramble(x);
    }
    return x;
}

static u64 change(u64 round) {
    u64 x = 88172645463325252ul + round;
    for (u32 i = 0; i < MIB / 8; i++) {
        x = scramble(x);
        memory[x % (8 * MIB / 8)] += x;
    }
    return x;
}

static u64 work(u64 round) {
    if (round < FILLED) {
        return fill(round);
    }
    if (round == FILLED) {
        system_call(400, 0, 0, 0);
    }
    return change(round);
}
