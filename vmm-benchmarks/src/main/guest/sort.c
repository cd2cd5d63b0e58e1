/* Heap sort of 4,096 numbers: compares and jumps that nobody can predict. */
#define ROUNDS 150
#include "program.h"

#define COUNT 4096
static u64 numbers[COUNT];

static void sift(u32 root, u32 end) {
    u64 value = numbers[root];
    for (u32 child; (child = 2 * root + 1) < end; root = child) {
        if (child + 1 < end && numbers[child + 1] > numbers[child]) {
            child++;
        }
        if (numbers[child] <= value) {
            break;
        }
        numbers[root] = numbers[child];
    }
    numbers[root] = value;
}

static u64 work(u64 round) {
    u64 x = 88172645463325252ul + round;
    for (u32 i = 0; i < COUNT; i++) {
        numbers[i] = x = scramble(x);
    }
    for (u32 i = COUNT / 2; i-- > 0;) {
        sift(i, COUNT);
    }
    for (u32 end = COUNT; end-- > 1;) {
        u64 largest = numbers[0];
        numbers[0] = numbers[end];
        numbers[end] = largest;
        sift(0, end);
    }
    return numbers[COUNT / 2];
}
