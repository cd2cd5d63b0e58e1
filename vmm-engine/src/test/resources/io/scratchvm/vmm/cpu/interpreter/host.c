/*
 * Executes single instructions on the host's CPU: reads states from standard input, writes each back as the
 * instruction left it. Memory and code lie at fixed addresses, so that a guest can have them at the same ones. Code of
 * 32 bits runs in Linux's compatibility segment.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* Above where the kernel puts the heap: up to 1 GiB past the program, at random. */
#define MEMORY ((char *)0x60000800)
#define CODE ((unsigned char *)0x70000000)

struct state {
    uint64_t gpr[16]; /* in the order of their encoding */
    uint64_t rflags;
    uint64_t mxcsr;
    uint64_t signal; /* out: 0, or what the instruction raised */
    uint32_t length;
    uint32_t bits; /* 64 or 32 */
    uint8_t code[32];
    uint8_t memory[256];
    uint64_t xmm[32];
    uint8_t x87[160]; /* as FXSAVE has it, without MXCSR */
    uint64_t ymm[32]; /* the upper halves; as they came where the CPU has none */
} state;

/* What FXRSTOR takes and FXSAVE stores. */
uint8_t fx[512] __attribute__((aligned(16)));

uint32_t has_avx;

uint64_t host_rsp;

/* What the far jump to the code takes. */
struct {
    uint32_t offset;
    uint16_t selector;
} code = {0x70000000, 0};

void run(void);
void back(void);
void raised(void);

__asm__(".intel_syntax noprefix\n"
        ".text\n"
        "run:\n"
        "push rbx; push rbp; push r12; push r13; push r14; push r15; pushfq\n"
        "mov [host_rsp], rsp\n"
        "mov eax, 0x2b; mov ds, eax; mov es, eax\n"
        "fxrstor64 [fx]; ldmxcsr [state+136]\n"
        ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "movups xmm\\n, [state+448+16*\\n]\n"
        ".endr\n"
        "cmp dword ptr [has_avx], 0; je 1f\n"
        ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "vinsertf128 ymm\\n, ymm\\n, [state+864+16*\\n], 1\n"
        ".endr\n"
        "1:\n"
        "push qword ptr [state+128]; popfq\n"
        "mov rax, [state]; mov rcx, [state+8]; mov rdx, [state+16]; mov rbx, [state+24]\n"
        "mov rsp, [state+32]; mov rbp, [state+40]; mov rsi, [state+48]; mov rdi, [state+56]\n"
        ".irp n, 8,9,10,11,12,13,14,15\n"
        "mov r\\n, [state+8*\\n]\n"
        ".endr\n"
        "jmp fword ptr [code]\n"
        "back:\n"
        "mov [state], rax; mov [state+8], rcx; mov [state+16], rdx; mov [state+24], rbx\n"
        "mov [state+32], rsp; mov [state+40], rbp; mov [state+48], rsi; mov [state+56], rdi\n"
        ".irp n, 8,9,10,11,12,13,14,15\n"
        "mov [state+8*\\n], r\\n\n"
        ".endr\n"
        "mov rsp, [host_rsp]\n"
        "pushfq; pop [state+128]\n"
        "stmxcsr [state+136]\n"
        ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "movups [state+448+16*\\n], xmm\\n\n"
        ".endr\n"
        "fxsave64 [fx]\n"
        "cmp dword ptr [has_avx], 0; je raised\n"
        ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "vextractf128 [state+864+16*\\n], ymm\\n, 1\n"
        ".endr\n"
        "raised:\n"
        "fninit\n"
        "mov rsp, [host_rsp]\n"
        "popfq; pop r15; pop r14; pop r13; pop r12; pop rbp; pop rbx\n"
        "ret\n"
        ".att_syntax\n");

static void on_signal(int signal, siginfo_t *info, void *context) {
    static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                  REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    if (registers[REG_RIP] >> 16 != (greg_t)CODE >> 16) {
        dprintf(2, "signal %d at %llx, which is not the instruction's\n", signal, registers[REG_RIP]);
        _exit(2);
    }
    state.signal = signal;
    for (int i = 0; i < 16; i++) {
        state.gpr[i] = registers[order[i]];
    }
    state.rflags = registers[REG_EFL];
    fpregset_t vectors = ((ucontext_t *)context)->uc_mcontext.fpregs;
    state.mxcsr = vectors->mxcsr;
    memcpy(state.xmm, vectors->_xmm, sizeof state.xmm);
    memcpy(fx, ((ucontext_t *)context)->uc_mcontext.fpregs, sizeof state.x87);
    registers[REG_RIP] = (greg_t)raised;
    registers[REG_CSGSFS] = (registers[REG_CSGSFS] & ~0xffffull) | 0x33;
}

static void handle(int signal) {
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigaction(signal, &action, NULL);
}

static void map(void *address, int protection) {
    void *at = (void *)((uintptr_t)address & ~0xffful);
    if (mmap(at, 65536, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at) {
        perror("mmap");
        exit(1);
    }
}

/* Back to 64-bit code: jmp [rip] there, a far jump in 32 bits. */
static void end_with_jump(unsigned char *at) {
    void (*target)(void) = back;
    if (state.bits == 64) {
        memcpy(at, "\xff\x25\0\0\0\0", 6);
        memcpy(at + 6, &target, 8);
    } else {
        at[0] = 0xea;
        memcpy(at + 1, &target, 4);
        memcpy(at + 5, "\x33\0", 2);
    }
}

int main(void) {
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
    sigaltstack(&stack, NULL);
    int signals[] = {SIGFPE, SIGSEGV, SIGILL, SIGTRAP, SIGBUS};
    for (int i = 0; i < 5; i++) {
        handle(signals[i]);
    }
    has_avx = __builtin_cpu_supports("avx");
    map(MEMORY, PROT_READ | PROT_WRITE);
    map(CODE, PROT_READ | PROT_WRITE | PROT_EXEC);
    while (fread(&state, sizeof state, 1, stdin) == 1) {
        memcpy(CODE, state.code, state.length);
        end_with_jump(CODE + state.length);
        code.selector = state.bits == 64 ? 0x33 : 0x23;
        memcpy(MEMORY, state.memory, sizeof state.memory);
        state.signal = 0;
        memcpy(fx, state.x87, sizeof state.x87);
        memset(fx + 24, 0, 8);
        run();
        memcpy(state.x87, fx, sizeof state.x87);
        memset(state.x87 + 24, 0, 8);
        memcpy(state.memory, MEMORY, sizeof state.memory);
        fwrite(&state, sizeof state, 1, stdout);
    }
    return 0;
}
