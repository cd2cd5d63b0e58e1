/* Five bodies under gravity, by leapfrog steps, from made-up places: floating point as scalar double precision, with
   square roots and divisions, and conversions from and to integers. */
#define ROUNDS 200
#include "program.h"

#define BODIES 5
#define STEPS 1000

struct body {
    double x[3], v[3], mass;
};

static double root(double a) {
    double result;
    __asm__("sqrtsd %1, %0" : "=x"(result) : "x"(a));
    return result;
}

static void place(struct body *bodies, u64 seed) {
    for (int i = 0; i < BODIES; i++) {
        for (int axis = 0; axis < 3; axis++) {
            seed = scramble(seed);
            bodies[i].x[axis] = (double)(long)(seed >> 40) / 65536.0 + 100.0 * i;
            bodies[i].v[axis] = (double)(long)(seed & 0xffff) / 65536.0 - 0.5;
        }
        bodies[i].mass = 1.0 + i;
    }
}

static void attract(struct body *a, struct body *b, double time) {
    double d[3];
    double square = 0.01;
    for (int axis = 0; axis < 3; axis++) {
        d[axis] = a->x[axis] - b->x[axis];
        square += d[axis] * d[axis];
    }
    double pull = time / (square * root(square));
    for (int axis = 0; axis < 3; axis++) {
        a->v[axis] -= d[axis] * b->mass * pull;
        b->v[axis] += d[axis] * a->mass * pull;
    }
}

static void step(struct body *bodies, double time) {
    for (int i = 0; i < BODIES; i++) {
        for (int j = i + 1; j < BODIES; j++) {
            attract(&bodies[i], &bodies[j], time);
        }
    }
    for (int i = 0; i < BODIES; i++) {
        for (int axis = 0; axis < 3; axis++) {
            bodies[i].x[axis] += time * bodies[i].v[axis];
        }
    }
}

static u64 work(u64 round) {
    struct body bodies[BODIES];
    place(bodies, round + 1);
    for (int n = 0; n < STEPS; n++) {
        step(bodies, 0.01);
    }
    u64 checksum = 0;
    for (int i = 0; i < BODIES; i++) {
        checksum = checksum * 31 + (u64)(long)(bodies[i].x[0] * 1048576.0);
    }
    return checksum;
}
