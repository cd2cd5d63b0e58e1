/* Fibonacci by the definition: calls, returns and the stack. */
#define ROUNDS 40
#include "program.h"

__attribute__((noinline, optimize("no-optimize-sibling-calls"))) static u64 fib(u64 n) {
    __asm__ volatile(""); /* or the compiler unrolls the recursion */
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static u64 work(u64 round) {
    return fib(24) + round;
}
