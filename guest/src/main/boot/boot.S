/*
 * Takes the vCPU from 16-bit real mode to a program in ring 3, and brings its system calls to the VMM.
 *
 * In:   real mode, CS base 0, CR3's tables already in memory (see docs/guest-abi.md),
 *       R14 = the program's stack, R15 = the program's entry.
 * Then: the program runs in 64-bit mode, ring 3; every SYSCALL of it ends in the HLT at system_call, which is the VM
 *       exit that the VMM answers.
 *
 * R14 and R15 survive because 16-bit and 32-bit code cannot name them. Linked below 64 KiB, into one page.
 * Sources: Intel SDM volume 3, sections 10.8.5 (entering IA-32e mode), 6.8.8 (SYSCALL and SYSRET).
 */

#define PAGE_TABLE_ROOT 0x1000

#define CR0_PE (1 << 0)
#define CR0_MP (1 << 1)
#define CR0_NE (1 << 5)
#define CR0_PG (1 << 31)
#define CR4_PAE (1 << 5)
#define CR4_OSFXSR (1 << 9)
#define CR4_OSXMMEXCPT (1 << 10)

#define MSR_EFER 0xc0000080
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FMASK 0xc0000084
#define EFER_SCE (1 << 0)
#define EFER_LME (1 << 8)
#define EFER_NXE (1 << 11)

#define RFLAGS_RESERVED (1 << 1)
#define RFLAGS_TF (1 << 8)
#define RFLAGS_IF (1 << 9)
#define RFLAGS_DF (1 << 10)

/* Selectors. SYSCALL takes CS from STAR and SS after it; SYSRET takes SS 8 and CS 16 after its own field of STAR. */
#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define USER_BASE 0x18
#define USER_DATA 0x20
#define USER_CODE 0x28
#define PROTECTED_CODE 0x30
#define RPL3 3

        .section .text
        .globl  _start
        .type   _start, @function

        .code16
_start:
        cli
        cld
        xorl    %eax, %eax
        movl    %eax, %ds
        lgdtl   gdt_pointer
        movl    $(CR0_PE | CR0_MP | CR0_NE), %eax
        movl    %eax, %cr0
        ljmpl   $PROTECTED_CODE, $protected_mode

        .code32
protected_mode:
        movl    $KERNEL_DATA, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss

        movl    $(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
        movl    %eax, %cr4
        movl    $PAGE_TABLE_ROOT, %eax
        movl    %eax, %cr3

        movl    $MSR_EFER, %ecx
        movl    $(EFER_SCE | EFER_LME | EFER_NXE), %eax
        xorl    %edx, %edx
        wrmsr

        movl    %cr0, %eax
        orl     $CR0_PG, %eax
        movl    %eax, %cr0
        ljmp    $KERNEL_CODE, $long_mode

        .code64
long_mode:
        movl    $MSR_STAR, %ecx
        xorl    %eax, %eax
        movl    $((USER_BASE | RPL3) << 16 | KERNEL_CODE), %edx
        wrmsr

        movl    $MSR_LSTAR, %ecx
        movl    $system_call, %eax
        xorl    %edx, %edx
        wrmsr

        movl    $MSR_FMASK, %ecx
        movl    $(RFLAGS_TF | RFLAGS_IF | RFLAGS_DF), %eax
        wrmsr

        fninit
        xorl    %eax, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %fs
        movl    %eax, %gs
        xorl    %ebx, %ebx
        xorl    %ebp, %ebp
        xorl    %esi, %esi
        xorl    %edi, %edi

        movq    %r14, %rsp
        movq    %r15, %rcx
        movl    $RFLAGS_RESERVED, %r11d
        sysretq
        .size   _start, . - _start

/* The VMM reads the call from the registers at the HLT and puts its result into RAX. Nothing here may change RCX and
   R11: they hold the program's RIP and RFLAGS. */
        .globl  system_call
        .type   system_call, @function
system_call:
        hlt
        sysretq
        .size   system_call, . - system_call

        .section .rodata
        .balign 8
gdt:
        .quad   0
        .quad   0x00af9a000000ffff      /* KERNEL_CODE: 64-bit, ring 0 */
        .quad   0x00cf92000000ffff      /* KERNEL_DATA */
        .quad   0                       /* USER_BASE: where SYSRET to 32-bit code would go */
        .quad   0x00cff2000000ffff      /* USER_DATA */
        .quad   0x00affa000000ffff      /* USER_CODE: 64-bit, ring 3 */
        .quad   0x00cf9a000000ffff      /* PROTECTED_CODE: 32-bit, ring 0 */
gdt_end:

gdt_pointer:
        .word   gdt_end - gdt - 1
        .long   gdt

        .section .note.GNU-stack, "", @progbits
