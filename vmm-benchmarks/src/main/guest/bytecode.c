/* An interpreter in the interpreter: a loop with a switch by way of a jump table. */
#define ROUNDS 4000
#include "program.h"

enum { PUSH, ADD, SUBTRACT, DUPLICATE, SWAP, DROP, STORE, LOAD, JUMP_IF, HALT };

/* Adds up the numbers from 2000 to 1, stirring as it goes. */
static const u8 code[] = {
    PUSH, 200, PUSH, 0, STORE, 0, /* sum = 0; the count is on the stack */
    DUPLICATE, LOAD, 0, ADD, PUSH, 7, SWAP, SUBTRACT, STORE, 0, PUSH, 1, SUBTRACT, DUPLICATE, JUMP_IF, 6, DROP, HALT};

static u64 work(u64 round) {
    u64 stack[16];
    u64 cells[4] = {0, 0, 0, round};
    u64 *top = stack;
    const u8 *next = code;
    for (;;) {
        switch (*next++) {
            case PUSH: *++top = *next++; break;
            case ADD: top--; top[0] += top[1]; break;
            case SUBTRACT: top--; top[0] -= top[1]; break;
            case DUPLICATE: top[1] = top[0]; top++; break;
            case SWAP: { u64 t = top[0]; top[0] = top[-1]; top[-1] = t; break; }
            case DROP: top--; break;
            case STORE: cells[*next++] = *top--; break;
            case LOAD: *++top = cells[*next++]; break;
            case JUMP_IF: next = *top-- ? code + *next : next + 1; break;
            default: return cells[0] + cells[3];
        }
    }
}
