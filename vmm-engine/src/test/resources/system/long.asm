; Long mode: segments, gates, stacks, system calls, privileges, paging.
%include "log.inc"

PML4            equ 0x20000
PDPT            equ 0x21000
PD              equ 0x22000
PT              equ 0x23000
PDPT_HIGH       equ 0x24000
IDT             equ 0x28000
USER_STACK      equ 0x6000
INNER_STACK     equ 0x5008                      ; not aligned to 16 on purpose
IST_STACK       equ 0x4000
FRAME           equ 0x30000                     ; physical page that the test mappings lead to

        bits    16
        cli
        cld
        mov     sp, STACK
        o32 lgdt [gdt.pointer]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        jmp     dword gdt.code32:protected

        bits    32
protected:
        mov     eax, gdt.data
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     edi, PML4
        xor     eax, eax
        mov     ecx, 0x8000 / 4
        rep stosd
        mov     dword [PML4], PDPT | 7
        mov     dword [PML4 + 8 * 511], PDPT_HIGH | 7
        mov     dword [PML4 + 8 * 510], PDPT | 0x87     ; PS is reserved in a PML4 entry
        mov     dword [PDPT], PD | 7
        mov     dword [PDPT + 8 * 1], 0x87              ; 1 GiB page at 1 GiB
        mov     dword [PDPT + 8 * 2], 0x87 | 1 << 20    ; 1 GiB page with a reserved address bit
        mov     dword [PDPT + 8 * 3], PD | 3            ; supervisor only
        mov     dword [PDPT_HIGH + 8 * 511], PD | 7
        mov     dword [PD], 0x87                        ; 2 MiB page, user, writable
        mov     dword [PD + 8], PT | 7
        mov     dword [PD + 16], 0x87 | 1 << 13         ; 2 MiB page with a reserved address bit
        mov     dword [PD + 24], 0x83                   ; 2 MiB page, supervisor
        mov     dword [PT], FRAME | 7
        mov     dword [PT + 8], FRAME | 5               ; read-only, user
        mov     dword [PT + 16], FRAME | 3              ; writable, supervisor
        mov     dword [PT + 24], FRAME | 1              ; read-only, supervisor
        mov     dword [PT + 32], FRAME | 7              ; no-execute
        mov     dword [PT + 36], 1 << 31
        mov     dword [PT + 40], FRAME | 6              ; not present
        mov     dword [PT + 48], FRAME | 7              ; reserved bit 51
        mov     dword [PT + 52], 1 << 19
        mov     dword [PT + 56], FRAME | 7              ; before a page that is not present
        mov     byte [FRAME], 0xc3                      ; RET
        mov     byte [FRAME + 0xfff], 0xc3

        mov     eax, cr4
        or      eax, 1 << 5 | 1 << 9                    ; PAE, OSFXSR
        mov     cr4, eax
        mov     eax, PML4
        mov     cr3, eax
        mov     ecx, 0xc0000080
        rdmsr
        or      eax, 1 << 0 | 1 << 8 | 1 << 11          ; SCE, LME, NXE
        wrmsr
        mov     eax, cr0
        and     eax, ~(3 << 29)                         ; CD, NW: set at reset by some
        or      eax, 1 << 31 | 1 << 16                  ; PG, WP
        mov     cr0, eax
        jmp     gdt.code64:long_mode

        bits    64
long_mode:
        mov     rsp, STACK
        call    build_idt
        lidt    [idt_pointer]
        mov     ax, gdt.tss
        ltr     ax
        mov     ax, gdt.ldt
        lldt    ax

; -- how things are tried ------------------------------------------------------------------------------------------

; Logs a value.
%macro value 1.nolist
        push    rax
        push    rdi
        mov     rax, %1
        mov     edi, __LINE__
        call    log_value
        pop     rdi
        pop     rax
%endmacro

; Executes an instruction in ring 0 and logs the exception that it raises, vector 0x80 if none.
%macro try0 1+.nolist
        mov     dword [record], __LINE__
        mov     qword [resume], %%after
        %1
        int     0x80
%%after:
%endmacro

; The same in ring 3.
%macro try3 1+.nolist
        mov     dword [record], __LINE__
        mov     qword [resume], %%after
        mov     qword [user_rip], %%user
        call    to_user
%%user:
        %1
        int     0x80
%%after:
%endmacro

; The same in compatibility mode, ring 3.
%macro try32 1+.nolist
        mov     dword [record], __LINE__
        mov     qword [resume], %%after
        mov     qword [user_rip], %%user
        call    to_user32
        bits    32
%%user:
        %1
        int     0x80
        bits    64
%%after:
%endmacro

; -- exceptions and their error codes --------------------------------------------------------------------------------
        xor     edx, edx
        xor     ecx, ecx
        mov     eax, 1
        try0    div ecx
        try3    div ecx
        try0    ud2
        try3    ud2
        try0    int3
        try3    int3
        try0    int1                                    ; not QEMU 7.2: no INT1
        try3    int1                                    ; not QEMU 7.2: no INT1
        try3    int 0x30                                ; DPL 0; not QEMU 7.2: vector * 16 in error codes of IDT entries
        try0    int 0x30
        try0    int 0x31                                ; not present; not QEMU 7.2: as above
        try0    int 0x32                                ; a task gate; not QEMU 7.2: as above
        try0    int 0x33                                ; code selector null
        try0    int 0x34                                ; selector of 32-bit code
        try0    int 0x35                                ; selector beyond the GDT
        try0    int 0x36                                ; code not present
        try0    int 0x37                                ; trap gate
        try3    int 0x38                                ; IST 1
        try0    int 0x38
        try0    int 0x39                                ; IST 2, not canonical
        try0    int 0x3a                                ; through conforming code
        try3    int 0x3a
        try0    int 0xf0                                ; beyond the IDT; not QEMU 7.2: as above

; -- paging ------------------------------------------------------------------------------------------------------------
        try0    mov al, [0x200000]
        try3    mov al, [0x200000]
        try3    mov [0x200000], al
        try3    mov al, [0x201000]
        try3    mov [0x201000], al
        try0    mov [0x201000], al
        try3    mov al, [0x202000]
        try3    mov [0x202000], al
        try0    mov [0x202000], al
        try0    mov [0x203000], al
        try0    mov al, [0x203000]
        try3    mov al, [0x203000]
        try0    call [.nx]
        try3    call [.nx]
        try3    mov al, [0x204000]
        try0    mov al, [0x205000]
        try3    mov [0x205000], al
        try3    call [.absent]
        try0    mov al, [0x206000]                      ; not QEMU 7.2: P bit missing with RSVD
        try3    mov [0x206000], al                      ; not QEMU 7.2: as above
        try0    mov rax, [0x207ffc]
        try3    mov [0x207ffc], rax
        try0    mov al, [0x400000]                      ; reserved bit in a 2 MiB page; not QEMU 7.2: as above
        try3    mov al, [0x600000]                      ; a supervisor 2 MiB page
        try0    mov al, [0x600000]
        mov     ecx, 0x40030000
        mov     edx, 0x80030000
        mov     r8d, 0xc0000000
        mov     r9, 0xffffff0000000000
        mov     r10, 0xffffffffc0030000
        mov     r11, 0x0000800000000000
        mov     r12, 0x00007fffffffffff
        try0    mov al, [rcx]                           ; a 1 GiB page
        value   [rcx]
        try0    mov al, [rdx]                           ; not QEMU 7.2: as above
        try3    mov al, [r8]                            ; supervisor by a table further up
        try0    mov al, [r8]
        try0    mov al, [r9]                            ; not QEMU 7.2: as above
        try3    mov al, [r10]
        value   [r10]
        try0    mov al, [r11]                           ; not canonical
        try0    mov [r12], eax
        try3    mov al, [r11]
        value   [PT]                                    ; accessed and dirty bits
        value   [PT + 8]
        value   [PT + 16]
        value   [PT + 24]
        value   [PT + 56]
        value   [PD]
        value   [PDPT + 8]
        value   [PML4]
        mov     rax, cr0
        and     eax, ~(1 << 16)                         ; without CR0.WP, ring 0 writes anywhere
        mov     cr0, rax
        try0    mov [0x201000], al
        try0    mov [0x203000], al
        try3    mov [0x201000], al
        or      eax, 1 << 16
        mov     cr0, rax
        mov     qword [PT + 8 * 16], FRAME | 7          ; translations are never stale
        mov     al, [0x210000]
        mov     qword [PT + 8 * 16], (FRAME + 0x1000) | 7
        invlpg  [0x210000]
        mov     byte [FRAME + 0x1000], 0x77
        value   [0x210000]
        jmp     .segments
.nx:    dq      0x204000
.absent: dq     0x205000

; -- loading segment registers -------------------------------------------------------------------------------------
.segments:
        xor     eax, eax
        try0    mov ds, ax
        try0    mov ss, ax                              ; null with RPL 0: allowed in ring 0
        mov     ax, gdt.data
        mov     ss, ax
        mov     ds, ax
%macro selectors 1-*.nolist
  %rep %0
        mov     ax, %1
        try0    mov es, ax
        try0    mov ss, ax
        try0    mov fs, ax
        mov     cx, gdt.data
        mov     ss, cx
    %rotate 1
  %endrep
%endmacro
        selectors 3                                     ; not QEMU 7.2: any RPL of a null SS
        selectors gdt.code64, gdt.data, gdt.code32, gdt.user_data, gdt.user_data + 3, gdt.data + 3, gdt.tss, gdt.ldt
        selectors gdt.gate, gdt.absent_data, gdt.absent_code, gdt.read_only, gdt.conforming, gdt.execute_only
        selectors gdt.end, 0xfff8, 4, 12, 20, 0x1004
        mov     ax, gdt.data
        mov     es, ax
        try3    mov ax, gdt.data
        try3    mov es, ax
        mov     ax, gdt.user_data + 3
        try3    mov es, ax
        try3    mov ss, ax
        xor     eax, eax
        try3    mov ss, ax
        mov     al, 3
        try3    mov ss, ax
        try3    mov gs, ax
        value   [gdt + gdt.accessed]                    ; accessed bits
        value   [gdt + gdt.accessed + 8]                ; not QEMU 7.2: IRET does not set accessed bits

; -- LAR, LSL, VERR, VERW ------------------------------------------------------------------------------------------
%macro inspect 1-*.nolist
        mov     edi, __LINE__
  %rep %0
        mov     ecx, %1
        mov     eax, 0x12345678
        lar     eax, ecx
        call    log_zero_and_rax
        mov     eax, 0x12345678
        lsl     rax, ecx
        call    log_zero_and_rax
        verr    cx
        call    log_zero_and_rax
        verw    cx
        call    log_zero_and_rax
    %rotate 1
  %endrep
%endmacro
        inspect 0, 3, gdt.code64, gdt.data, gdt.data + 3, gdt.user_data + 3, gdt.tss, gdt.ldt, gdt.gate
        inspect gdt.task_gate                           ; not QEMU 7.2: types that long mode does not have
        inspect gdt.absent_data, gdt.read_only, gdt.conforming, gdt.conforming + 3, gdt.execute_only, gdt.end, 4, 12
        inspect gdt.tss16                               ; not QEMU 7.2: as above
        inspect gdt.tss_free, gdt.expand_down

; -- far transfers -----------------------------------------------------------------------------------------------------
%macro far_selectors 1-*.nolist
  %rep %0
        mov     word [far_pointer + 4], %1
        try0    call far [far_pointer]
        mov     rsp, STACK
        try0    jmp far [far_pointer]
        mov     rsp, STACK
        push    %1
        push    far_target
        try0    o64 retf
        mov     rsp, STACK
        push    gdt.data
        push    STACK
        push    2
        push    %1
        push    far_target
        try0    iretq
        mov     rsp, STACK
    %rotate 1
  %endrep
%endmacro
        far_selectors 0, 3, gdt.code64, gdt.code64 + 3, gdt.user_code64, gdt.data, gdt.tss, gdt.ldt
        far_selectors gdt.absent_code, gdt.conforming, gdt.conforming + 3, gdt.end, 4, gdt.task_gate
        far_selectors gdt.code_long_and_big             ; not QEMU 7.2: RET and IRET to L and D
        far_selectors gdt.gate, gdt.gate_absent, gdt.gate_inner, gdt.gate_to_data, gdt.gate_not_canonical, gdt.gate_to_32
        mov     word [far_pointer + 4], gdt.gate
        try3    call far [far_pointer]                  ; to ring 0, through the gate
        mov     word [far_pointer + 4], gdt.gate_inner
        try3    call far [far_pointer]
        mov     word [far_pointer + 4], gdt.gate_conforming
        try3    call far [far_pointer]
        try3    jmp far [far_pointer]
        mov     word [far_pointer + 4], gdt.code64
        try3    call far [far_pointer]
        mov     word [far_pointer + 4], gdt.user_code64 + 3
        try3    call far [far_pointer]
        mov     qword [far_pointer64], 0x1000
        mov     rax, 0x1000800000000000
        mov     [far_pointer64], rax
        mov     word [far_pointer64 + 8], gdt.code64
        try0    o64 jmp far [far_pointer64]             ; not canonical; not QEMU 7.2: RIP has moved
        mov     rsp, STACK

; IRETQ's stack segment.
%macro stack_selectors 1-*.nolist
  %rep %0 / 2
        push    %2
        push    USER_STACK
        push    0x202
        push    %1
        push    far_target
        try0    iretq
        mov     rsp, STACK
    %rotate 2
  %endrep
%endmacro
        stack_selectors gdt.code64, 3                   ; not QEMU 7.2: any RPL of a null SS
        stack_selectors gdt.code64, 0, gdt.code64, gdt.data, gdt.code64, gdt.user_data + 3
        stack_selectors gdt.user_code64 + 3, 0, gdt.user_code64 + 3, 3, gdt.user_code64 + 3, gdt.data
        stack_selectors gdt.user_code64 + 3, gdt.user_data + 3, gdt.user_code64 + 3, gdt.read_only
        stack_selectors gdt.user_code32 + 3, gdt.user_data + 3, gdt.user_code32 + 3, 0
        stack_selectors gdt.code64, gdt.absent_data     ; not QEMU 7.2: #NP
        stack_selectors gdt.code64, gdt.code64, gdt.code64, gdt.end
        push    gdt.data
        push    STACK
        push    1 << 14 | 2                             ; NT: from RFLAGS as it is, not from the stack
        popfq
        try0    iretq
        mov     rsp, STACK

; Data segments on the way out: ring 0's become null.
        mov     ax, gdt.data
        mov     ds, ax
        mov     ax, gdt.conforming
        mov     es, ax
        mov     ax, gdt.user_data + 3
        mov     fs, ax
        try3    mov ax, ds
        value   rax
        mov     ax, gdt.data
        mov     ds, ax
        try3    mov ax, es
        value   rax
        try3    mov ax, fs
        value   rax
        mov     ax, gdt.data
        mov     ds, ax
        mov     es, ax

; -- compatibility mode ------------------------------------------------------------------------------------------------
        try32   ud2
        try32   mov eax, [0x201000]
        try32   mov [0x201000], eax
        try32   mov ax, gdt.data
        try32   mov es, ax
        try32   call far [far_pointer32_gate]           ; a 64-bit gate from 32-bit code
        try32   jmp gdt.user_code64 + 3:user_far
        try32   hlt
        try32   int 0x38
        try32   inc eax
        try32   push ss
        try32   pop ss
        try32   o16 push es
        try32   into

; -- system calls --------------------------------------------------------------------------------------------------
        mov     ecx, 0xc0000081
        xor     eax, eax
        mov     edx, (gdt.user_code32 + 3) << 16 | gdt.code64
        wrmsr
        mov     ecx, 0xc0000082
        mov     eax, syscall_entry
        xor     edx, edx
        wrmsr
        mov     ecx, 0xc0000084
        mov     eax, 1 << 10 | 1 << 0                   ; DF, CF
        wrmsr
        try3    std
        try3    call user_syscall
        try0    call user_syscall_inner
        mov     rsp, STACK
        mov     ecx, 0xc0000080
        rdmsr
        and     al, ~1
        wrmsr
        try3    syscall
        try0    syscall
        try0    o64 sysret
        or      al, 1
        wrmsr
        try3    o64 sysret
        mov     ecx, 0x174
        xor     edx, edx
        xor     eax, eax
        wrmsr
        try3    sysenter
        try0    sysexit
        mov     eax, gdt.code64
        wrmsr
        mov     ecx, 0x175
        mov     eax, STACK - 0x100
        wrmsr
        mov     ecx, 0x176
        mov     eax, sysenter_entry
        wrmsr
        try3    sysenter
        try3    swapgs
        mov     ecx, 0xc0000101
        mov     eax, 0x11111111
        mov     edx, 0x1111
        wrmsr
        mov     ecx, 0xc0000102
        mov     eax, 0x22222222
        mov     edx, 0x2222
        wrmsr
        swapgs
        rdmsr
        value   rax
        value   rdx
        dec     ecx
        rdmsr
        value   rax
        value   rdx
        mov     ax, gdt.data
        mov     gs, ax
        rdmsr
        value   rax
        value   rdx
        mov     ecx, 0xc0000100
        mov     eax, FRAME
        xor     edx, edx
        wrmsr
        value   [fs:0]

; -- privileged instructions -----------------------------------------------------------------------------------------
        try3    hlt
        try3    cli
        try3    sti
        try3    in al, 0xe9
        try3    out 0xe9, al
        try3    mov rax, cr0
        try3    mov cr3, rax
        try3    mov rax, dr7
        try3    mov dr0, rax
        try3    clts
        try3    lmsw ax
        try3    smsw ax
        try3    invlpg [0]
        try3    wbinvd
        try3    invd
        try3    rdmsr
        try3    wrmsr
        try3    lgdt [gdt.pointer]
        try3    lidt [idt_pointer]
        try3    sgdt [USER_STACK - 0x100]
        try3    sidt [USER_STACK - 0x100]
        try3    lldt ax
        try3    ltr ax
        try3    sldt ax
        try3    str ax
        try3    rdtsc
        mov     rax, cr4
        or      eax, 4                                  ; TSD
        mov     cr4, rax
        try3    rdtsc
        try0    rdtsc
        and     eax, 0
        mov     rax, cr4
        and     eax, ~4
        mov     cr4, rax
        mov     dx, 0x3f8
        try3    in al, dx                               ; allowed by the TSS's map
        mov     dx, 0x3f7
        try3    in ax, dx                               ; one port of the two is not
        mov     dx, 0x3ff
        try3    in eax, dx                              ; beyond the map's end
        push    0x3202                                  ; IOPL 3
        popfq
        pushfq
        value   [rsp]
        add     rsp, 8
        push    2
        popfq

; POPF in ring 3: neither IF nor IOPL.
        mov     dword [user_flags], 2
        try3    call user_popf
        mov     dword [user_flags], 0x3002
        try3    call user_popf
        try3    cli
        mov     dword [user_flags], 2
        mov     rsp, STACK

; -- control registers -----------------------------------------------------------------------------------------------
        mov     eax, 5
        mov     cr8, rax
        mov     rax, cr8
        value   rax
        mov     eax, 0x10
        try0    mov cr8, rax; not QEMU 7.2: no check
        mov     rax, cr0
        btr     rax, 4                                  ; ET stays
        mov     cr0, rax
        mov     rax, cr0
        value   rax
        mov     ax, 0xfffe
        lmsw    ax                                      ; PE stays, the rest is loaded
        smsw    eax
        value   rax
        try0    fxsave [FRAME]                          ; TS: #NM
        clts
        smsw    eax
        value   rax
        xor     eax, eax
        lmsw    ax
        mov     ecx, 0xc0000080
        rdmsr
        value   rax
        and     eax, ~(1 << 8)
        try0    wrmsr                                   ; LME off under paging; not QEMU 7.2: no check
        rdmsr
        or      eax, 1 << 1
        try0    wrmsr                                   ; reserved; not QEMU 7.2: no check
        mov     ecx, 0xc0000082
        xor     eax, eax
        mov     edx, 0x8000
        try0    wrmsr                                   ; not canonical; not QEMU 7.2: no check
        mov     ecx, 0xc0000100
        try0    wrmsr ; not QEMU 7.2: no check
        mov     ecx, 0xc0000102
        try0    wrmsr ; not QEMU 7.2: no check
        mov     ecx, 0x176
        try0    wrmsr ; not QEMU 7.2: no check
        mov     ecx, 0x277
        rdmsr
        value   rax
        value   rdx
        mov     dl, 2
        try0    wrmsr                                   ; no memory type; not QEMU 7.2: no check
        mov     ecx, 0x40000200
        try0    rdmsr ; not QEMU 7.2: no check
        try0    wrmsr ; not QEMU 7.2: no check
        mov     eax, 0xffffffff
        mov     dr6, rax
        mov     rax, dr6
        value   rax ; not QEMU 7.2: no check
        mov     rax, cr4
        or      eax, 8                                  ; DE
        mov     cr4, rax
        try0    mov rax, dr4
        and     eax, ~8
        mov     rax, cr4
        and     eax, ~8
        mov     cr4, rax
        mov     rax, dr4
        value   rax ; not QEMU 7.2: no check
        mov     rax, 1 << 32
        try0    mov dr7, rax
        try0    mov dr6, rax

; -- FXSAVE ------------------------------------------------------------------------------------------------------------
        try0    fxsave [FRAME + 8]
        try0    fxrstor [FRAME + 8]
        mov     dword [FRAME + 0x100], 0x1fa0
        ldmxcsr [FRAME + 0x100]
        fxsave  [FRAME]
        value   [FRAME]
        value   [FRAME + 24]
        mov     dword [FRAME + 24], 0x10000
        try0    fxrstor [FRAME] ; not QEMU 7.2: no check
        mov     dword [FRAME + 24], 0x1f80
        mov     dword [FRAME + 160 + 15 * 16], 0x1234
        fxrstor [FRAME]
        mov     qword [FRAME + 160 + 15 * 16], 0
        fxsave  [FRAME]
        value   [FRAME + 160 + 15 * 16]
        stmxcsr [FRAME + 0x200]
        value   [FRAME + 0x200]
        mov     dword [FRAME + 0x200], 1 << 16
        try0    ldmxcsr [FRAME + 0x200] ; not QEMU 7.2: no check
        mov     byte [FRAME], 0xc3

; -- LLDT, LTR -------------------------------------------------------------------------------------------------------
%macro system_selectors 1-*.nolist
  %rep %0
        mov     ax, %1
        try0    lldt ax
        try0    ltr ax
    %rotate 1
  %endrep
%endmacro
        system_selectors gdt.tss, gdt.data, gdt.end, 4, gdt.absent_tss
        mov     ax, gdt.ldt
        lldt    ax
        mov     ax, 4
        try0    mov es, ax
        sldt    eax
        value   rax
        str     rax
        value   rax
        value   [gdt + gdt.tss]                         ; busy
        mov     rax, 0x0000800000000000
        mov     [bad_pointer + 2], rax
        try0    lgdt [bad_pointer]

; -- single stepping, alignment ----------------------------------------------------------------------------------
        mov     dword [user_flags], 0x102
        try3    nop
        mov     dword [user_flags], 2
        mov     rax, cr0
        or      eax, 1 << 18                            ; AM
        mov     cr0, rax
        mov     dword [user_flags], 1 << 18 | 2
        try3    mov eax, [FRAME + 1]
        try3    mov eax, [FRAME + 4]
        try3    mov [FRAME + 1], ax
        try3    mov al, [FRAME + 1]
        try0    mov eax, [FRAME + 1]
        mov     dword [user_flags], 2
        handover

; -- what QEMU 7.2 does not check ----------------------------------------------------------------------------------
        system_selectors gdt.tss16, 0
        mov     rbx, cr0
        mov     rax, rbx
        and     eax, 0x7fffffff
        try0    mov cr0, rax                            ; PG off in 64-bit code
        mov     rax, rbx
        and     eax, ~1
        try0    mov cr0, rax                            ; PG without PE
        mov     rax, rbx
        or      eax, 1 << 29
        try0    mov cr0, rax                            ; NW without CD
        mov     rax, 1 << 32
        or      rax, rbx
        try0    mov cr0, rax
        mov     rbx, cr4
        mov     rax, rbx
        and     eax, ~(1 << 5)
        try0    mov cr4, rax                            ; PAE off in long mode
        mov     rax, rbx
        or      eax, 1 << 31
        try0    mov cr4, rax
        bts     rbx, 32
        try0    mov cr4, rbx
        mov     rax, 1 << 62
        try0    mov cr3, rax
        finish

; -- routines ------------------------------------------------------------------------------------------------------

        align   16
far_target:
        int     0x80                                    ; what is logged tells the mode
user_far:
        int     0x80

user_syscall:
        stc
        syscall
        int     0x80
user_syscall_inner:
        syscall
        int     0x80

syscall_entry:
        value   rcx
        value   r11
        mov     edi, cs
        value   rdi
        mov     edi, ss
        value   rdi
        pushfq
        value   [rsp]
        add     rsp, 8
        test    byte [record], 0
        o64 sysret

sysenter_entry:
        int     0x80

user_popf:
        push    0x247f02
        popfq
        pushfq
        pop     rax
        int     0x80

; Goes to [user_rip] in ring 3.
to_user:
        mov     rsp, STACK
        push    gdt.user_data + 3
        push    USER_STACK
        push    qword [user_flags]
        push    gdt.user_code64 + 3
        push    qword [user_rip]
        iretq

to_user32:
        mov     rsp, STACK
        push    gdt.user_data + 3
        push    USER_STACK
        push    qword [user_flags]
        push    gdt.user_code32 + 3
        push    qword [user_rip]
        mov     dword [esp_after], gdt.user_data + 3
        mov     ds, [esp_after]
        mov     es, [esp_after]
        iretq

; Logs RAX under line EDI.
log_value:
        push    rcx
        push    rdx
        push    rsi
        mov     [value_record], edi
        mov     [value_record + 8], rax
        mov     esi, value_record
        call    send
        pop     rsi
        pop     rdx
        pop     rcx
        ret

; Logs RAX with ZF as bit 63, under line EDI; keeps everything.
log_zero_and_rax:
        pushfq
        push    rax
        jnz     .clear
        bts     rax, 63
.clear: call    log_value
        pop     rax
        popfq
        ret

send:
        mov     ecx, 48
        mov     dx, 0xe9
        cld
        rep outsb
        ret

; Every stub pushes an error code where the CPU does not, and the vector.
        align   16
%assign vector 0
%rep 256
stub %+ vector:
  %if vector <> 8 && (vector < 10 || vector > 14) && vector <> 17
        push    0
  %endif
        push    vector
        jmp     near handler
        align   16, db 0x90
  %assign vector vector + 1
%endrep

handler:
        push    rax
        push    rcx
        push    rdx
        push    rsi
        mov     rax, [rsp + 32]
        mov     [record + 4], eax
        mov     rax, [rsp + 40]
        mov     [record + 8], rax
        xor     eax, eax
        cmp     dword [record + 4], 14
        jne     .not_page
        mov     rax, cr2
.not_page:
        mov     [record + 16], rax
        mov     rax, [rsp + 56]
        mov     [record + 24], eax
        mov     rax, [rsp + 80]
        mov     [record + 28], eax
        mov     rax, [rsp + 64]
        and     eax, FLAGS
        mov     [record + 32], eax
        mov     rax, [rsp + 72]
        mov     [record + 40], rax
        mov     rax, [rsp + 48]
        sub     eax, [resume]
        mov     [record + 36], eax
        mov     ax, gdt.data
        mov     ds, ax
        mov     esi, record
        call    send
        mov     [record + 4], esp                       ; where the handler's own stack was
        mov     dword [record + 8], 0
        mov     dword [record + 12], 0
        mov     esi, record
        call    send
        pop     rsi
        pop     rdx
        pop     rcx
        pop     rax
        mov     rsp, STACK
        push    gdt.data
        push    STACK
        push    2
        push    gdt.code64
        push    qword [resume]
        iretq

build_idt:
        mov     edi, IDT
        mov     ecx, 0
.next:
        mov     eax, ecx
        shl     eax, 4
        lea     eax, [eax + stub0]
        mov     [rdi], ax
        mov     word [rdi + 2], gdt.code64
        mov     word [rdi + 4], 0x8e00
        shr     eax, 16
        mov     [rdi + 6], eax
        mov     dword [rdi + 12], 0
        add     edi, 16
        inc     ecx
        cmp     ecx, 0xe0
        jne     .next
        mov     byte [IDT + 16 * 3 + 5], 0xee           ; INT3, INTO and INT 0x80 from ring 3
        mov     byte [IDT + 16 * 4 + 5], 0xee
        mov     byte [IDT + 16 * 0x80 + 5], 0xee
        mov     byte [IDT + 16 * 0x31 + 5], 0x0e
        mov     byte [IDT + 16 * 0x32 + 5], 0x85
        mov     word [IDT + 16 * 0x33 + 2], 0
        mov     word [IDT + 16 * 0x34 + 2], gdt.code32
        mov     word [IDT + 16 * 0x35 + 2], gdt.end
        mov     word [IDT + 16 * 0x36 + 2], gdt.absent_code
        mov     byte [IDT + 16 * 0x37 + 5], 0x8f
        mov     word [IDT + 16 * 0x38 + 4], 0xee01
        mov     word [IDT + 16 * 0x39 + 4], 0x8e02
        mov     word [IDT + 16 * 0x3a + 2], gdt.conforming
        mov     byte [IDT + 16 * 0x3a + 5], 0xee
        ret

; -- data ------------------------------------------------------------------------------------------------------------
        align   8
gdt:    dq      0
.code64: equ $ - gdt
        dq      0x00209a0000000000
.data:  equ $ - gdt
        dq      0x00cf92000000ffff
.code32: equ $ - gdt
        dq      0x00cf9a000000ffff
.user_code32: equ $ - gdt
        dq      0x00cffa000000ffff
.user_data: equ $ - gdt
        dq      0x00cff2000000ffff
.user_code64: equ $ - gdt
        dq      0x0020fa0000000000
.tss:   equ $ - gdt
        dw      tss.end - tss - 1, tss, 0x8900, 0
        dq      0
.ldt:   equ $ - gdt
        dw      ldt.end - ldt - 1, ldt, 0x8200, 0
        dq      0
.gate:  equ $ - gdt
        dw      far_target, .code64, 0xec00, 0
        dq      0
.gate_absent: equ $ - gdt
        dw      far_target, .code64, 0x6c00, 0
        dq      0
.gate_inner: equ $ - gdt
        dw      far_target, .code64, 0x8c00, 0
        dq      0
.gate_to_data: equ $ - gdt
        dw      far_target, .data, 0xec00, 0
        dq      0
.gate_not_canonical: equ $ - gdt
        dw      far_target, .code64, 0xec00, 0
        dq      0x8000
.gate_to_32: equ $ - gdt
        dw      far_target, .code32, 0xec00, 0
        dq      0
.gate_conforming: equ $ - gdt
        dw      far_target, .conforming, 0xec00, 0
        dq      0
.absent_data: equ $ - gdt
        dq      0x00cf12000000ffff
.absent_code: equ $ - gdt
        dq      0x00201a0000000000
.read_only: equ $ - gdt
        dq      0x00cf90000000ffff
.conforming: equ $ - gdt
        dq      0x00209e0000000000
.execute_only: equ $ - gdt
        dq      0x00cf98000000ffff
.code_long_and_big: equ $ - gdt
        dq      0x00609a0000000000
.task_gate: equ $ - gdt
        dw      0, .tss, 0xe500, 0
.tss16: equ $ - gdt
        dq      0x000081000000ffff
        dq      0
.absent_tss: equ $ - gdt
        dq      0x000009000000ffff
        dq      0
.tss_free: equ $ - gdt
        dq      0x000089001234ffff
        dq      0
.expand_down: equ $ - gdt
        dq      0x0040961234560fff
.accessed: equ .user_data
.end:   equ $ - gdt
.pointer:
        dw      .end - 1
        dq      gdt

ldt:    dq      0x00cf92000000ffff
        dq      0x00cff2000000ffff
.end:

idt_pointer:
        dw      16 * 0xe0 - 1
        dq      IDT
bad_pointer:
        dw      0xff
        dq      0

        align   8
tss:    dd      0
        dq      INNER_STACK, 0, 0
        dq      0
        dq      IST_STACK, 0x0000900000000000, 0, 0, 0, 0, 0
        dq      0
        dw      0
        dw      .map - tss
.map:   times   0x3f0 / 8 db 0xff
        db      0xff
        db      0x00                                    ; ports 0x3f8 to 0x3ff
.end:

        align   8
resume:         dq 0
user_rip:       dq 0
user_flags:     dq 2
esp_after:      dd 0
far_pointer:    dd far_target
                dw 0
far_pointer64:  dq 0
                dw 0
far_pointer32_gate:
                dd 0
                dw gdt.gate
        align   8
record:         times 48 db 0
value_record:   dd 0, VALUE
                times 40 db 0
