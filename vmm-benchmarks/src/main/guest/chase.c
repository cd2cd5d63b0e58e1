/* Follows pointers through 4 MiB without a pattern: every load waits for the one before, most miss the TLB's last page. */
#define ROUNDS 400
#include "program.h"

#define NODES (1 << 17)
static struct node {
    struct node *next;
    u64 value[3];
} nodes[NODES];

static void prepare(void) {
    /* A full-period linear congruential generator visits every node once. */
    u32 at = 0;
    for (u32 i = 0; i < NODES; i++) {
        u32 next = (at * 1664525u + 1013904223u) & (NODES - 1);
        nodes[at].next = &nodes[next];
        nodes[at].value[0] = i;
        at = next;
    }
}

static u64 work(u64 round) {
    if (round == 0) {
        prepare();
    }
    struct node *n = nodes;
    u64 sum = 0;
    for (u32 i = 0; i < NODES; i++) {
        sum += n->value[0] ^ round;
        n = n->next;
    }
    return sum;
}
