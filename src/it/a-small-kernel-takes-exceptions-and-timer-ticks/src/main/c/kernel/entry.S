/*
 * From Multiboot's 32-bit protected mode to 64-bit C, and the way into and out of every interrupt. The header says where
 * the kernel is loaded, since a Multiboot loader does not read 64-bit ELF headers.
 */
        .set MAGIC, 0x1BADB002
        .set FLAGS, 1 << 16 | 1 << 1

        .set PRESENT, 1
        .set WRITABLE, 2
        .set USER, 4
        .set LARGE, 0x80

        .text
        .code32
header:
        .long MAGIC, FLAGS, -(MAGIC + FLAGS)
        .long header, header, _data_end, _end, _start

        .globl _start
_start:
        movl    $stack_end, %esp
        movl    %eax, %edi
        movl    %ebx, %esi
        /* The first GiB, identity-mapped by pages of 2 MiB. */
        movl    $PRESENT | WRITABLE | LARGE, %eax
        movl    $directory, %ebx
        movl    $512, %ecx
1:      movl    %eax, (%ebx)
        addl    $0x200000, %eax
        addl    $8, %ebx
        loop    1b
        movl    %cr4, %eax
        orl     $1 << 5, %eax                   /* PAE */
        movl    %eax, %cr4
        movl    $top_table, %eax
        movl    %eax, %cr3
        movl    $0xc0000080, %ecx               /* EFER: LME, NXE */
        rdmsr
        orl     $1 << 8 | 1 << 11, %eax
        wrmsr
        movl    %cr0, %eax
        orl     $1 << 31 | 1 << 16, %eax        /* PG, WP */
        movl    %eax, %cr0
        lgdt    gdt_pointer
        ljmp    $0x08, $long_mode

        .code64
long_mode:
        movl    $0x10, %eax
        movl    %eax, %ds
        movl    %eax, %es
        movl    %eax, %ss
        call    kernel_main
        cli
        hlt

/* Each vector has a stub of 16 bytes: its error code, or 0, and its number are pushed. */
        .balign 16
        .globl  stubs
stubs:
        .set    vector, 0
        .rept   256
        .balign 16
        .if     vector != 8 && vector != 17 && (vector < 10 || vector > 14)
        pushq   $0
        .endif
        pushq   $vector
        jmp     enter
        .set    vector, vector + 1
        .endr

enter:
        push    %rax
        push    %rcx
        push    %rdx
        push    %rbx
        push    %rbp
        push    %rsi
        push    %rdi
        push    %r8
        push    %r9
        push    %r10
        push    %r11
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        movq    %rsp, %rdi
        cld
        call    interrupt
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %r11
        pop     %r10
        pop     %r9
        pop     %r8
        pop     %rdi
        pop     %rsi
        pop     %rbp
        pop     %rbx
        pop     %rdx
        pop     %rcx
        pop     %rax
        addq    $16, %rsp
        iretq

/* void enter_user(void *code, void *stack): ring 3 from there on; the kernel goes on in what interrupts it. */
        .globl  enter_user
enter_user:
        pushq   $0x1b
        push    %rsi
        pushq   $0x202
        pushq   $0x23
        push    %rdi
        iretq

/* Runs in ring 3: counts in RCX until the kernel has set RAX from outside, then asks for the end. */
        .globl  user_code, user_code_end
user_code:
        xorl    %eax, %eax
        xorl    %ecx, %ecx
1:      incq    %rcx
        testl   %eax, %eax
        jz      1b
        int     $0x80
user_code_end:

        .data
        .balign 4096
        .globl  top_table, pointer_table
top_table:
        .quad   pointer_table + (PRESENT | WRITABLE | USER)
        .fill   511, 8, 0
pointer_table:
        .quad   directory + (PRESENT | WRITABLE)
        .fill   511, 8, 0
directory:
        .fill   512, 8, 0
        .fill   16384, 1, 0
stack_end:

        .globl  gdt
gdt:
        .quad   0
        .quad   0x00af9a000000ffff              /* 0x08: 64-bit code */
        .quad   0x00cf92000000ffff              /* 0x10: data */
        .quad   0x00cff2000000ffff              /* 0x18: data of ring 3 */
        .quad   0x00affa000000ffff              /* 0x20: code of ring 3 */
        .quad   0, 0                            /* 0x28: the task state segment */
gdt_pointer:
        .word   gdt_pointer - gdt - 1
        .quad   gdt

        .section .note.GNU-stack, "", @progbits
