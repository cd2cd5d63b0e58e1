/*
 * Executes instruction sequences on the host's CPU: reads states from standard input, writes each back as the sequence,
 * or what it raised, left it. Memory and code lie at fixed addresses, so that a guest can have them at the same ones.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* Two pages; the window is in the middle of them, and nothing follows. */
#define PAGES ((char *)0x100000)
#define WINDOW (PAGES + 0xf80)
#define END (PAGES + 0x2000)
#define CODE ((unsigned char *)0x110000)

struct state {
    uint64_t gpr[16]; /* in the order of their encoding */
    uint64_t rflags;
    uint64_t rip;
    uint32_t signal; /* out: 0, or what was raised */
    uint32_t length; /* of the code */
    uint8_t code[104];
    uint8_t memory[256];
    uint8_t vectors[832]; /* as XSAVE writes x87, SSE and AVX state */
} __attribute__((aligned(64))) state;

_Static_assert(sizeof state == 1344, "as the tests know it");

uint64_t host_rsp;
uint64_t components = 7; /* what XSAVE saves */
void *code = CODE;
uint32_t all_masked = 0x1f80;

void run(void);
void back(void);
void raised(void);

__asm__(".intel_syntax noprefix\n"
        ".text\n"
        "run:\n"
        "push rbx; push rbp; push r12; push r13; push r14; push r15; pushfq\n"
        "mov [host_rsp], rsp\n"
        "mov eax, [components]; xor edx, edx; xrstor64 [state+512]\n"
        "push qword ptr [state+128]; popfq\n"
        "mov rax, [state]; mov rcx, [state+8]; mov rdx, [state+16]; mov rbx, [state+24]\n"
        "mov rsp, [state+32]; mov rbp, [state+40]; mov rsi, [state+48]; mov rdi, [state+56]\n"
        ".irp n, 8,9,10,11,12,13,14,15\n"
        "mov r\\n, [state+8*\\n]\n"
        ".endr\n"
        "jmp [code]\n"
        "back:\n"
        "mov [state], rax; mov [state+8], rcx; mov [state+16], rdx; mov [state+24], rbx\n"
        "mov [state+32], rsp; mov [state+40], rbp; mov [state+48], rsi; mov [state+56], rdi\n"
        ".irp n, 8,9,10,11,12,13,14,15\n"
        "mov [state+8*\\n], r\\n\n"
        ".endr\n"
        "mov rsp, [host_rsp]\n"
        "pushfq; pop [state+128]\n"
        "mov eax, [components]; xor edx, edx; xsave64 [state+512]\n"
        "raised:\n"
        "mov rsp, [host_rsp]\n"
        "fninit; ldmxcsr [all_masked]\n"
        "popfq; pop r15; pop r14; pop r13; pop r12; pop rbp; pop rbx\n"
        "ret\n"
        ".att_syntax\n");

static void on_signal(int signal, siginfo_t *info, void *context) {
    static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                  REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    if (registers[REG_RIP] >> 12 != (greg_t)CODE >> 12) {
        dprintf(2, "signal %d at %llx, which is not the sequence's\n", signal, registers[REG_RIP]);
        _exit(2);
    }
    state.signal = signal;
    for (int i = 0; i < 16; i++) {
        state.gpr[i] = registers[order[i]];
    }
    state.rflags = registers[REG_EFL];
    state.rip = registers[REG_RIP];
    memcpy(state.vectors, ((ucontext_t *)context)->uc_mcontext.fpregs, components & 4 ? 832 : 576);
    registers[REG_RIP] = (greg_t)raised;
}

static void handle(int signal) {
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigaction(signal, &action, NULL);
}

static void map(void *at, size_t size, int protection) {
    if (mmap(at, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at) {
        perror("mmap");
        exit(1);
    }
}

/* jmp [rip] to what comes after the sequence. */
static void end_with_jump(unsigned char *at) {
    void (*target)(void) = back;
    memcpy(at, "\xff\x25\0\0\0\0", 6);
    memcpy(at + 6, &target, 8);
}

int main(void) {
    stack_t stack = {.ss_sp = malloc(1 << 16), .ss_size = 1 << 16};
    sigaltstack(&stack, NULL);
    int signals[] = {SIGFPE, SIGSEGV, SIGILL, SIGTRAP, SIGBUS};
    for (int i = 0; i < 5; i++) {
        handle(signals[i]);
    }
    map(PAGES, 0x2000, PROT_READ | PROT_WRITE);
    map(CODE, 0x1000, PROT_READ | PROT_WRITE | PROT_EXEC);
    while (fread(&state, sizeof state, 1, stdin) == 1) {
        memcpy(&components, state.vectors + 512, 8);
        memcpy(CODE, state.code, state.length);
        end_with_jump(CODE + state.length);
        memcpy(WINDOW, state.memory, sizeof state.memory);
        memset(END - 64, 0, 64);
        state.rip = (uint64_t)CODE + state.length;
        run();
        memcpy(state.memory, WINDOW, sizeof state.memory);
        fwrite(&state, sizeof state, 1, stdout);
    }
    return 0;
}
