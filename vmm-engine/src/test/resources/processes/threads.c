/* Threads: mutexes, conditions, barriers, thread-local storage, semaphores, time-outs, robust mutexes, cancellation. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static sem_t items, places;
static __thread int local = 7;
static int turn, count, initialized, queue[8], in, out, destroyed;
static volatile int spinning;

static void initialize(void) { initialized++; }
static void destroy(void *value) { __sync_fetch_and_add(&destroyed, (int) (long) value); }

static void *worker(void *argument) {
    long id = (long) argument;
    local += id;
    pthread_once(&once, initialize);
    pthread_setspecific(key, (void *) (id + 1));
    for (int i = 0; i < 500; i++) {
        pthread_mutex_lock(&lock);
        int seen = count;
        if (i % 50 == 0) sched_yield();
        count = seen + 1;
        pthread_mutex_unlock(&lock);
    }
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 3; i++) {
        pthread_mutex_lock(&lock);
        while (turn % 4 != id) pthread_cond_wait(&changed, &lock);
        printf("thread %ld, round %d\n", id, i);
        turn++;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
    return (void *) (long) local;
}

static void *producer(void *argument) {
    for (int i = 1; i <= 200; i++) {
        sem_wait(&places);
        queue[in++ % 8] = i;
        sem_post(&items);
    }
    return NULL;
}

static void *consumer(void *argument) {
    long sum = 0;
    for (int i = 1; i <= 200; i++) {
        sem_wait(&items);
        sum += queue[out++ % 8];
        sem_post(&places);
    }
    return (void *) sum;
}

static void *spinner(void *argument) {
    while (spinning != 1);
    spinning = 2;
    return NULL;
}

static void *dying(void *mutex) {
    pthread_mutex_lock(mutex);
    return NULL;
}

static void *sleeper(void *argument) {
    for (;;) sleep(1000);
}

static volatile sig_atomic_t signalled;
static pthread_t target;
static void handler(int signal) { signalled = pthread_equal(pthread_self(), target) ? 1 : 2; } /* by the right one */

int main(void) {
    pthread_t threads[4];
    void *result;
    long sum = 0;
    pthread_barrier_init(&barrier, NULL, 4);
    pthread_key_create(&key, destroy);
    for (long i = 0; i < 4; i++) pthread_create(&threads[i], NULL, worker, (void *) i);
    for (int i = 0; i < 4; i++) { pthread_join(threads[i], &result); sum += (long) result; }
    printf("%ld %d %d %d %d\n", sum, count, local, initialized, destroyed);

    sem_init(&items, 0, 0);
    sem_init(&places, 0, 8);
    pthread_create(&threads[0], NULL, producer, NULL);
    pthread_create(&threads[1], NULL, consumer, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], &result);
    printf("consumed %ld\n", (long) result);

    pthread_create(&threads[0], NULL, spinner, NULL);
    spinning = 1;
    while (spinning != 2);
    pthread_join(threads[0], NULL);
    printf("spun\n");

    struct timespec until, before, after;
    clock_gettime(CLOCK_REALTIME, &until);
    clock_gettime(CLOCK_MONOTONIC, &before);
    until.tv_nsec += 30000000;
    if (until.tv_nsec >= 1000000000) { until.tv_nsec -= 1000000000; until.tv_sec++; }
    pthread_mutex_lock(&lock);
    int error = pthread_cond_timedwait(&changed, &lock, &until);
    pthread_mutex_unlock(&lock);
    clock_gettime(CLOCK_MONOTONIC, &after);
    long passed = (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
    printf("timed out %d after long enough %d\n", error == ETIMEDOUT, passed >= 29000000);

    pthread_mutexattr_t attributes;
    pthread_mutex_t robust;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attributes);
    pthread_create(&threads[0], NULL, dying, &robust);
    pthread_join(threads[0], NULL);
    error = pthread_mutex_lock(&robust);
    printf("owner died %d\n", error == EOWNERDEAD);
    pthread_mutex_consistent(&robust);
    pthread_mutex_unlock(&robust);

    signal(SIGUSR1, handler);
    pthread_create(&target, NULL, sleeper, NULL);
    pthread_kill(target, SIGUSR1);
    while (!signalled) usleep(1000);
    printf("signalled %d\n", signalled);
    pthread_cancel(target);
    pthread_join(target, &result);
    printf("cancelled %d\n", result == PTHREAD_CANCELED);

    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < 40; i++) {
        spinning = 1;
        pthread_create(&threads[0], &detached, spinner, NULL);
        while (spinning != 2) sched_yield();
    }
    printf("detached\n");
    fflush(stdout);
    pthread_create(&threads[0], NULL, sleeper, NULL);
    return 9;
}
