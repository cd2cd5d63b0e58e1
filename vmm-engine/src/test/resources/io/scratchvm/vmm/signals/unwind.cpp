// Exceptions that are thrown where an instruction faults, through the frame of the handler.
#include <csignal>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>

struct Fault : std::runtime_error { using std::runtime_error::runtime_error; };
struct Guard { const char *name; ~Guard() { std::printf("unwound %s\n", name); } };

static void thrower(int signal, siginfo_t *, void *) {
    sigset_t set; sigemptyset(&set); sigaddset(&set, signal);
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
    throw Fault(signal == SIGSEGV ? "bad address" : "bad number");
}

__attribute__((noinline)) static int read_from(volatile int *p) { Guard guard{"read_from"}; std::string text(100, 'x'); return *p + (int) text.size(); }
__attribute__((noinline)) static int divide(volatile int a, volatile int b) { Guard guard{"divide"}; return a / b; }

int main() {
    struct sigaction action;
    std::memset(&action, 0, sizeof action);
    action.sa_sigaction = thrower;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, nullptr);
    sigaction(SIGFPE, &action, nullptr);
    for (int i = 0; i < 3; i++) {
        try { std::printf("%d\n", read_from((int *) 16)); } catch (const Fault &fault) { std::printf("caught %s\n", fault.what()); }
        try { std::printf("%d\n", divide(i, i / 2)); } catch (const Fault &fault) { std::printf("caught %s\n", fault.what()); }
    }
}
