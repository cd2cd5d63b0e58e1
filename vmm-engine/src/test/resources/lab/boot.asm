; Boot code in the manner of the lab's KVM monitor (see README.md): real mode to ring 3, entry of the app in R15, its
; stack in R14, page tables that the monitor has put at 0x1000. One VMCALL before SYSRET tells the monitor that the
; machine is up; the app's system calls end in a HLT.

MSR_EFER        equ 0xc0000080
MSR_STAR        equ 0xc0000081
MSR_LSTAR       equ 0xc0000082

        global  start
        section .text

        bits 16
start:
        lgdt    [gdt.pointer]
        mov     eax, cr0
        or      eax, 1
        mov     cr0, eax
        jmp     dword gdt.code32:protected_mode

        bits 32
protected_mode:
        mov     ax, gdt.data
        mov     ds, ax
        mov     es, ax
        mov     ss, ax

        mov     eax, cr4
        or      eax, 1 << 5 | 3 << 9            ; PAE, OSFXSR, OSXMMEXCPT
        mov     cr4, eax
        mov     eax, 0x1000
        mov     cr3, eax

        mov     ecx, MSR_EFER
        rdmsr
        or      eax, 1 << 0 | 1 << 8            ; SCE, LME
        wrmsr

        mov     eax, cr0
        or      eax, 1 << 31
        mov     cr0, eax
        jmp     gdt.code64:long_mode

        bits 64
long_mode:
        mov     ecx, MSR_LSTAR
        mov     eax, handler
        xor     edx, edx
        wrmsr
        mov     ecx, MSR_STAR
        xor     eax, eax
        mov     edx, (gdt.code32 | 3) << 16 | gdt.code64
        wrmsr

        mov     rsp, r14
        mov     rcx, r15
        mov     r11, 2
        vmcall
        o64 sysret

handler:
        hlt
        o64 sysret

        section .data
        align 8
; SYSRET takes SS 8 and CS 16 after the selector in STAR, SYSCALL takes CS from it and SS 8 after.
gdt:
        dq      0
.code64: equ $ - gdt
        dq      0x00209a0000000000
.data:  equ $ - gdt
        dq      0x00cf92000000ffff
.code32: equ $ - gdt
        dq      0x00cf9a000000ffff
        dq      0x00cff2000000ffff              ; ring 3 data
        dq      0x0020fa0000000000              ; ring 3 code
.end:
.pointer:
        dw      .end - gdt - 1
        dd      gdt
