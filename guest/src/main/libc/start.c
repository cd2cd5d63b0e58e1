/* The program's entry. The stack holds argc, argv, NULL, environment, NULL (System V ABI, AMD64 supplement, 3.4.1). */

#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv, char **environment);

char **environ;

__asm__(".pushsection .text._start, \"ax\", @progbits\n"
        ".globl _start\n"
        ".type _start, @function\n"
        "_start:\n"
        "        .cfi_startproc\n"
        "        .cfi_undefined rip\n"
        "        xorl %ebp, %ebp\n"
        "        movq %rsp, %rdi\n"
        "        andq $-16, %rsp\n"
        "        call __libc_start\n"
        "        .cfi_endproc\n"
        "        .size _start, . - _start\n"
        ".popsection\n");

__attribute__((used)) _Noreturn void __libc_start(long *stack) {
    int argc = (int) stack[0];
    char **argv = (char **) (stack + 1);
    environ = argv + argc + 1;
    exit(main(argc, argv, environ));
}
