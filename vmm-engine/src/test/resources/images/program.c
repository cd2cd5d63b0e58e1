/*
 * Saved in the middle by each minor version of the format, with what that version was the first to have in an image. Made
 * with gcc -O1 -DMINOR=N -nostdlib -static -s and saved with
 * vmm save --memory 1M --files embed --image 1.N.vmimg program.
 */
static long call6(long n, long a, long b, long c, long d) {
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}
#define call(n, a, b, c, d) call6((long)(n), (long)(a), (long)(b), (long)(c), (long)(d))
#define SAVE() call(400, 0, 0, 0, 0)

static double half = 0.5;

#if MINOR >= 1
static int ends[2], status;
static char text[8];

/** A child that waits at a pipe. */
static void prepare(void) {
    call(22, ends, 0, 0, 0);
    if (call(57, 0, 0, 0, 0) == 0) {
        call(0, ends[0], text, 8, 0);
        call(1, 1, text, 6, 0);
        call(60, 3, 0, 0, 0);
    }
    call(24, 0, 0, 0, 0);
}

static int goOn(void) {
    call(1, ends[1], "child\n", 6, 0);
    call(61, -1, &status, 0, 0);
    return status >> 8;
}
#else
static void prepare(void) {}
static int goOn(void) { return 0; }
#endif

#if MINOR >= 2
static struct { int events; long data; } __attribute__((packed)) watched = {1, 4}, told;
static int event, instance;

/** A counter that epoll watches, and a niceness. */
static void watch(void) {
    event = call(290, 5, 0, 0, 0);
    instance = call(291, 0, 0, 0, 0);
    call(233, instance, 1, event, &watched);
    call(141, 0, 0, 7, 0);
}

static int readWatched(void) {
    long count = 0;
    call(232, instance, &told, 1, -1);
    call(0, event, &count, 8, 0);
    return told.data + count + 20 - call(140, 0, 0, 0, 0);
}
#else
static void watch(void) {}
static int readWatched(void) { return 0; }
#endif

__attribute__((noinline)) static int body(void) {
    int file = call(2, "notes", 0102, 0644, 0);
    call(1, file, "before\n", 7, 0);
    prepare();
    watch();
    double one = half + half;
    SAVE();
    int result = 40 + goOn() + readWatched();
    call(1, file, "after\n", 6, 0);
    return one == 1 ? result : 1;
}

__attribute__((force_align_arg_pointer)) void _start(void) { call(231, body(), 0, 0, 0); }
