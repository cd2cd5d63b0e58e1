; Real mode's vectors; protected mode: segments, limits, gates, stacks; virtual-8086 mode; 32-bit and PAE paging.
%include "log.inc"

IDT             equ 0x20000
PAGE_DIRECTORY  equ 0x21000
PAGE_TABLE      equ 0x22000
POINTERS        equ 0x23000
USER_STACK      equ 0x6000
INNER_STACK     equ 0x5000
MIDDLE_STACK    equ 0x4800
V86_STACK       equ 0x4000
FRAME           equ 0x30000

        bits    16
        cli
        cld
        mov     sp, STACK

; -- real mode -------------------------------------------------------------------------------------------------------
; Logs AX under this line.
%macro real_value 1.nolist
        push    ax
        mov     ax, %1
        mov     [value_record + 8], ax
        mov     word [value_record], __LINE__
        call    real_send
        pop     ax
%endmacro

        mov     word [4 * 0], real_handler              ; #DE
        mov     word [4 * 0 + 2], 0
        mov     word [4 * 6], real_handler              ; #UD
        mov     word [4 * 6 + 2], 0
        mov     word [4 * 0x40], real_handler
        mov     word [4 * 0x40 + 2], 0
        mov     word [4 * 13], real_handler             ; #GP
        mov     word [4 * 13 + 2], 0
        mov     word [4 * 12], real_handler             ; #SS
        mov     word [4 * 12 + 2], 0
        mov     word [4 * 5], real_handler              ; #BR
        mov     word [4 * 5 + 2], 0
        mov     word [4 * 1], real_handler              ; #DB
        mov     word [4 * 1 + 2], 0
        mov     word [4 * 3], real_handler              ; #BP
        mov     word [4 * 3 + 2], 0
        mov     word [4 * 4], real_handler              ; #OF
        mov     word [4 * 4 + 2], 0
%macro try_real 1+.nolist
        mov     word [value_record], __LINE__
        mov     word [resume], %%after
        %1
        int     0x40
%%after:
%endmacro
        xor     cx, cx
        try_real div cx
        try_real ud2
        try_real int3
        mov     al, 0x7f
        add     al, 1
        try_real into
        try_real into
        try_real bound cx, [bounds]
        try_real lldt ax
        try_real str ax
        try_real call 0x10:real_far
        try_real jmp far [real_pointer]
        try_real lar ax, ax
        o32 pushf
        pop     eax
        real_value ax
        push    word 0x3202                             ; IF stays off below; IOPL is kept in real mode
        popf
        pushf
        pop     ax
        real_value ax
        cli
        push    word 2
        popf
        mov     word [value_record], __LINE__
        mov     word [resume], .after_step
        push    word 0x0102
        push    word 0
        push    word .stepped
        iret                                            ; TF: #DB after the next instruction
.stepped:
        nop
        nop
.after_step:
        smsw    ax
        real_value ax
        mov     ax, 0x1234
        mov     es, ax
        mov     ax, es
        real_value ax
        xor     ax, ax
        mov     es, ax
        lds     bx, [real_pointer]
        mov     ax, ds
        mov     cx, 0
        mov     ds, cx
        real_value ax
        real_value bx
        call    0:.far_routine
        real_value sp
        call    0:.far_routine_release
        real_value sp
        sub     sp, 4
        jmp     .enter_protected
.far_routine:
        mov     bp, sp
        real_value [bp + 2]
        retf
.far_routine_release:
        retf    4
.enter_protected:
        o32 lgdt [gdt.pointer]
        mov     eax, cr0
        and     eax, ~(3 << 29)                         ; CD, NW: set at reset by some
        or      al, 1
        mov     cr0, eax
        jmp     dword gdt.code:protected

real_send:
        pusha
        mov     si, value_record
        mov     cx, 48
        mov     dx, 0xe9
        rep outsb
        pop     di
        push    di
        popa
        ret

real_handler:
        mov     bp, sp
        mov     ax, [bp]
        sub     ax, [resume]                            ; negative: where the exception points to
        mov     [value_record + 8], ax
        mov     ax, [bp + 2]
        mov     [value_record + 10], ax
        mov     ax, [bp + 4]
        and     ax, FLAGS & 0xffff
        mov     [value_record + 12], ax
        mov     [value_record + 14], sp
        call    real_send
        mov     ax, [resume]
        mov     [bp], ax
        mov     word [bp + 2], 0
        mov     word [bp + 4], 2
        iret

bounds: dw      1, 5
real_pointer:
        dw      real_far, 0x10
real_far: equ   IMAGE - 0x100 + (real_far_here - IMAGE)
real_far_here:
        int     0x40

; -- protected mode ----------------------------------------------------------------------------------------------------
        bits    32
protected:
        mov     ax, gdt.data
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     fs, ax
        mov     gs, ax
        mov     esp, STACK
        call    build_idt
        lidt    [idt_pointer]
        mov     ax, gdt.tss
        ltr     ax
        mov     ax, gdt.ldt
        lldt    ax

%macro value 1.nolist
        push    eax
        push    edi
        mov     eax, %1
        mov     edi, __LINE__
        call    log_value
        pop     edi
        pop     eax
%endmacro

; Executes an instruction in ring 0 and logs the exception that it raises, vector 0x80 if none.
%macro try0 1+.nolist
        mov     dword [record], __LINE__
        mov     dword [resume], %%after
        %1
        int     0x80
%%after:
%endmacro

; The same in ring 3.
%macro try3 1+.nolist
        mov     dword [record], __LINE__
        mov     dword [resume], %%after
        mov     dword [user_eip], %%user
        call    to_user
%%user:
        %1
        int     0x80
%%after:
%endmacro

; The same in ring 1.
%macro try1 1+.nolist
        mov     dword [record], __LINE__
        mov     dword [resume], %%after
        mov     dword [user_eip], %%user
        call    to_ring1
%%user:
        %1
        int     0x80
%%after:
%endmacro

; The same in virtual-8086 mode.
%macro try_v86 1+.nolist
        mov     dword [record], __LINE__
        mov     dword [resume], %%after
        mov     dword [user_eip], %%user
        call    to_v86
        bits    16
%%user:
        %1
        int     0x80
        bits    32
%%after:
%endmacro

; -- exceptions ------------------------------------------------------------------------------------------------------
        xor     edx, edx
        xor     ecx, ecx
        mov     eax, 1
        try0    div ecx
        try3    div ecx
        try1    div ecx
        try3    ud2
        try3    int3
        mov     al, 0x7f
        add     al, 1
        try3    into
        try0    into
        try0    bound ecx, [bounds32]
        try3    int 0x30                                ; DPL 0
        try1    int 0x30
        try0    int 0x31                                ; not present
        try0    int 0x33                                ; code selector null
        try0    int 0x34                                ; a data selector
        try0    int 0x35                                ; beyond the GDT
        try0    int 0x36                                ; code not present
        try0    int 0x37                                ; trap gate
        try3    int 0x38                                ; 16-bit interrupt gate
        try0    int 0x39                                ; through conforming code
        try3    int 0x39
        try3    int 0x3a                                ; to ring 1
        try0    int 0x3a                                ; to an outer ring
        try0    int 0x3b                                ; entry point beyond the segment's limit; not QEMU 7.2: no check
        try0    int 0xf0                                ; beyond the IDT

; -- segment registers -------------------------------------------------------------------------------------------------
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
        selectors 0, 3, gdt.code, gdt.data, gdt.data + 3, gdt.user_data, gdt.user_data + 3, gdt.tss, gdt.ldt, gdt.gate
        selectors gdt.absent_data, gdt.absent_code, gdt.read_only, gdt.conforming, gdt.execute_only, gdt.end, 4, 12, 20
        selectors gdt.ring1_data + 1, gdt.small, gdt.expand_down
        mov     ax, gdt.data
        mov     es, ax
        mov     fs, ax
        mov     ax, gdt.user_data + 3
        try3    mov es, ax
        try3    mov ss, ax
        mov     ax, gdt.data
        try3    mov es, ax
        try3    push es
        xor     eax, eax
        try3    mov ss, ax
        try3    mov gs, ax

; Limits and rights.
        mov     ax, gdt.small                           ; limit 0xfff, base 0x30000
        mov     es, ax
        try0    mov eax, [es:0xffc] ; not QEMU 7.2: no limits and rights of data
        try0    mov eax, [es:0xffd] ; not QEMU 7.2: no limits and rights of data
        try0    mov [es:0xfff], al ; not QEMU 7.2: no limits and rights of data
        try0    mov [es:0x1000], al ; not QEMU 7.2: no limits and rights of data
        mov     ax, gdt.expand_down                     ; valid above 0xfff
        mov     es, ax
        try0    mov al, [es:0xfff] ; not QEMU 7.2: no limits and rights of data
        try0    mov al, [es:0x1000] ; not QEMU 7.2: no limits and rights of data
        mov     ax, gdt.expand_down16                   ; valid above 0xfff, below 64 KiB
        mov     es, ax
        try0    mov al, [es:0xffff] ; not QEMU 7.2: no limits and rights of data
        try0    mov eax, [es:0xfffd] ; not QEMU 7.2: no limits and rights of data
        try0    mov al, [es:0x10000] ; not QEMU 7.2: no limits and rights of data
        mov     ax, gdt.read_only
        mov     es, ax
        try0    mov al, [es:FRAME] ; not QEMU 7.2: no limits and rights of data
        try0    mov [es:FRAME], al ; not QEMU 7.2: no limits and rights of data
        mov     ax, gdt.conforming
        mov     es, ax
        try0    mov al, [es:FRAME] ; not QEMU 7.2: no limits and rights of data
        try0    mov [es:FRAME], al ; not QEMU 7.2: no limits and rights of data
        try0    mov [cs:FRAME], al ; not QEMU 7.2: no limits and rights of data
        try0    mov al, [cs:FRAME] ; not QEMU 7.2: no limits and rights of data
        xor     eax, eax
        mov     es, ax
        try0    mov al, [es:FRAME] ; not QEMU 7.2: no limits and rights of data
        mov     ax, gdt.data
        mov     es, ax
        try3    call user_small_stack                   ; not QEMU 7.2: no limits and rights of data
        les     eax, [far_in_data]
        value   es
        value   eax
        mov     ax, gdt.data
        mov     es, ax

; -- LAR, LSL, VERR, VERW, ARPL --------------------------------------------------------------------------------------
%macro inspect 1-*.nolist
        mov     edi, __LINE__
  %rep %0
        mov     ecx, %1
        mov     eax, 0x12345678
        lar     eax, ecx
        call    log_zero_and_eax
        mov     eax, 0x12345678
        lsl     eax, ecx
        call    log_zero_and_eax
        mov     eax, 0x12345678
        lsl     ax, cx
        call    log_zero_and_eax
        verr    cx
        call    log_zero_and_eax
        verw    cx
        call    log_zero_and_eax
        mov     eax, 0x12345678 + %1
        arpl    ax, cx
        call    log_zero_and_eax
    %rotate 1
  %endrep
%endmacro
        inspect 0, 3, gdt.code, gdt.data, gdt.data + 3, gdt.user_data + 3, gdt.tss, gdt.ldt, gdt.gate, gdt.task_gate
        inspect gdt.absent_data, gdt.read_only, gdt.conforming, gdt.conforming + 3, gdt.execute_only, gdt.end, 4, 12
        inspect gdt.tss16, gdt.gate16, gdt.small, gdt.expand_down

; -- far transfers ---------------------------------------------------------------------------------------------------
%macro far_selectors 1-*.nolist
  %rep %0
        mov     word [far_pointer + 4], %1
        try0    call far [far_pointer]
        mov     esp, STACK
        try0    jmp far [far_pointer]
        mov     esp, STACK
        push    %1
        push    far_target
        try0    retf
        mov     esp, STACK
        push    2
        push    %1
        push    far_target
        try0    iret
        mov     esp, STACK
    %rotate 1
  %endrep
%endmacro
        far_selectors 0, 3, gdt.code, gdt.code + 3, gdt.user_code, gdt.data, gdt.ldt
        far_selectors gdt.absent_code, gdt.conforming, gdt.conforming + 3, gdt.end, 4, gdt.gate_absent, gdt.gate
        far_selectors gdt.gate_to_data, gdt.gate16, gdt.gate_to_outer
        far_selectors gdt.gate_far, gdt.small_code      ; not QEMU 7.2: entry points beyond the limit
        mov     word [far_pointer + 4], gdt.gate
        try3    call user_through_gate
        try1    call user_through_gate
        mov     word [far_pointer + 4], gdt.gate_conforming
        try3    call far [far_pointer]
        try3    jmp far [far_pointer]
        mov     word [far_pointer + 4], gdt.gate_to_ring1
        try3    call far [far_pointer]
        mov     word [far_pointer + 4], gdt.gate_inner
        try3    call far [far_pointer]
        mov     word [far_pointer + 4], gdt.code
        try3    call far [far_pointer]
        mov     word [far_pointer + 4], gdt.user_code + 3
        try3    call far [far_pointer]
        try3    call user_call_and_return

; To outer rings, and the stacks for them.
%macro outer_stacks 1-*.nolist
  %rep %0
        push    %1
        push    USER_STACK
        push    gdt.user_code + 3
        push    far_target
        try0    retf
        mov     esp, STACK
        push    %1
        push    USER_STACK
        push    2
        push    gdt.user_code + 3
        push    far_target
        try0    iret
        mov     esp, STACK
    %rotate 1
  %endrep
%endmacro
        outer_stacks gdt.user_data + 3, gdt.user_data, gdt.data, 0, 3, gdt.read_only + 3, gdt.end, gdt.user_stack16 + 3
        push    gdt.absent_user_data + 3
        push    USER_STACK
        push    gdt.user_code + 3
        push    far_target
        try0    retf                                    ; not QEMU 7.2: #NP
        mov     esp, STACK
        push    gdt.user_data + 3
        push    USER_STACK
        push    0xaa
        push    0xbb
        push    gdt.user_code + 3
        push    far_target
        try0    retf 8
        mov     esp, STACK
        mov     ax, gdt.data
        mov     fs, ax
        mov     ax, gdt.conforming
        mov     gs, ax
        try3    mov ax, fs
        value   eax
        try3    mov ax, gs
        value   eax

; Inner stacks that the TSS names.
        mov     word [tss + 16], 0
        try3    int 0x3a
        mov     word [tss + 16], gdt.data
        try3    int 0x3a
        mov     word [tss + 16], gdt.ring1_data
        try3    int 0x3a
        mov     word [tss + 16], gdt.end + 1
        try3    int 0x3a
        mov     word [tss + 16], gdt.absent_ring1 + 1
        try3    int 0x3a
        mov     word [tss + 16], gdt.ring1_small + 1
        mov     dword [tss + 12], 0x10
        try3    int 0x3a                                ; no room
        mov     word [tss + 16], gdt.ring1_data + 1
        mov     dword [tss + 12], MIDDLE_STACK
        mov     word [far_pointer + 4], gdt.gate_to_ring1
        mov     word [tss + 16], gdt.ring1_small + 1
        mov     dword [tss + 12], 0x10
        try3    call far [far_pointer]
        mov     word [tss + 16], gdt.ring1_data + 1
        mov     dword [tss + 12], MIDDLE_STACK

; A 16-bit TSS.
        mov     ax, gdt.tss16
        ltr     ax
        try3    int 0x80
        try3    int 0x3a
        mov     word [gdt + gdt.tss + 4], 0x8900
        mov     ax, gdt.tss
        ltr     ax
        try0    ltr ax                                  ; busy
        push    1 << 14 | 2
        popfd
        push    2
        popfd

; -- virtual-8086 mode -----------------------------------------------------------------------------------------------
        mov     dword [v86_flags], 0x20002
        try_v86 ud2
        try_v86 int 0x40                                ; IOPL 0
        try_v86 cli
        try_v86 pushf
        try_v86 popf
        try_v86 iret
        try_v86 hlt
        try_v86 mov eax, cr0
        try_v86 lldt ax
        try_v86 in al, 0x60
        mov     dword [v86_flags], 0x23002              ; IOPL 3
        try_v86 int 0x30                                ; DPL 0
        try_v86 int 0x39                                ; a gate to conforming code
        try_v86 int 0x3a                                ; a gate to ring 1; not QEMU 7.2: no check
        try_v86 cli
        try_v86 pushf
        try_v86 jmp 0x10:v86_far
        try_v86 call 0x10:v86_far
        try_v86 call v86_iret
        try_v86 call v86_popf
        try_v86 mov ax, 0x1234
        try_v86 call v86_segments
        try_v86 int3
        try_v86 in al, 0x60                             ; IOPL does not count
        try_v86 mov ax, [0xffff]                        ; not QEMU 7.2: no limits and rights of data
        try3    int 0x80                                ; segments are null again
        value   ds

; -- privileged instructions -----------------------------------------------------------------------------------------
        try3    hlt
        try3    cli
        try3    mov eax, cr0
        try3    lgdt [gdt.pointer]
        try3    lldt ax
        try3    ltr ax
        try3    clts
        try3    sldt ax
        try3    smsw ax
        mov     dx, 0x3f8
        try3    in al, dx
        mov     dx, 0x3f7
        try3    in ax, dx
        mov     dword [user_flags], 0x3002
        try3    in ax, dx
        try3    cli
        mov     dword [user_flags], 2
        try3    syscall                                 ; not QEMU 7.2: AMD's SYSCALL outside of 64-bit mode
        sgdt    [FRAME]
        value   [FRAME]
        value   [FRAME + 2]
        o16 lgdt [gdt.pointer24]                        ; 24 bits of base
        sgdt    [FRAME]
        value   [FRAME + 2]

; -- 32-bit paging ---------------------------------------------------------------------------------------------------
        mov     edi, PAGE_DIRECTORY
        xor     eax, eax
        mov     ecx, 0x3000 / 4
        rep stosd
        mov     eax, cr4
        or      eax, 1 << 4                             ; PSE
        mov     cr4, eax
        mov     dword [PAGE_DIRECTORY], 0x87            ; 4 MiB
        mov     dword [PAGE_DIRECTORY + 4], PAGE_TABLE | 7
        mov     dword [PAGE_DIRECTORY + 8], 0x87 | 1 << 21      ; reserved
        mov     dword [PAGE_DIRECTORY + 12], PAGE_TABLE | 3
        mov     dword [PAGE_DIRECTORY + 16], 0x400085   ; 4 MiB at 4 MiB
        mov     dword [PAGE_TABLE], FRAME | 7
        mov     dword [PAGE_TABLE + 4], FRAME | 5
        mov     dword [PAGE_TABLE + 8], FRAME | 3
        mov     dword [PAGE_TABLE + 12], FRAME | 1
        mov     dword [PAGE_TABLE + 20], FRAME | 7
        mov     eax, PAGE_DIRECTORY
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 1 << 31
        mov     cr0, eax
        jmp     .paged
.paged:
%macro page_accesses 1-*.nolist
  %rep %0
        try0    mov al, [%1]
        try0    mov [%1], al
        try3    mov al, [%1]
        try3    mov [%1], al
    %rotate 1
  %endrep
%endmacro
        page_accesses 0x400000, 0x401000, 0x402000, 0x403000, 0x404000, 0xc00000, 0x1000000
        try0    mov al, [0x800000]                      ; not QEMU 7.2: P bit missing with RSVD
        mov     eax, cr0
        or      eax, 1 << 16                            ; WP
        mov     cr0, eax
        page_accesses 0x401000, 0x403000, 0x1000000
        try3    mov eax, [0x400ffe]                     ; across a boundary
        try3    mov [0x405ffe], eax                     ; into a page that is not there
        value   [PAGE_TABLE]
        value   [PAGE_TABLE + 4]
        value   [PAGE_TABLE + 8]
        value   [PAGE_TABLE + 12]
        value   [PAGE_TABLE + 20]
        value   [PAGE_DIRECTORY]
        value   [PAGE_DIRECTORY + 4]
        mov     eax, cr4
        xor     eax, 1 << 4
        mov     dword [PAGE_DIRECTORY + 0x80 * 4], 0x87
        mov     eax, cr0
        and     eax, ~(1 << 31)
        mov     cr0, eax
        jmp     .unpaged
.unpaged:

; -- PAE paging ------------------------------------------------------------------------------------------------------
        mov     edi, PAGE_DIRECTORY
        xor     eax, eax
        mov     ecx, 0x3000 / 4
        rep stosd
        mov     dword [POINTERS], PAGE_DIRECTORY | 1
        mov     dword [POINTERS + 8], PAGE_DIRECTORY | 1
        mov     dword [PAGE_DIRECTORY], 0x87            ; 2 MiB
        mov     dword [PAGE_DIRECTORY + 8], PAGE_TABLE | 7
        mov     dword [PAGE_DIRECTORY + 16], 0x87 | 1 << 13
        mov     dword [PAGE_DIRECTORY + 24], 0x87
        mov     dword [PAGE_DIRECTORY + 28], 1 << 20    ; bit 52
        mov     dword [PAGE_TABLE], FRAME | 7
        mov     dword [PAGE_TABLE + 8], FRAME | 5
        mov     dword [PAGE_TABLE + 16], FRAME | 3
        mov     dword [PAGE_TABLE + 24], FRAME | 7
        mov     dword [PAGE_TABLE + 28], 1 << 31        ; NX
        mov     byte [FRAME], 0xc3
        mov     ecx, 0xc0000080
        rdmsr
        or      eax, 1 << 11
        wrmsr
        mov     eax, cr4
        or      eax, 1 << 5
        mov     cr4, eax
        mov     eax, POINTERS
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 1 << 31
        mov     cr0, eax
        jmp     .pae
.pae:
        page_accesses 0x200000, 0x201000, 0x202000, 0x204000, 0x40200000, 0x80000000
        try0    mov al, [0x400000]                      ; not QEMU 7.2: P bit missing with RSVD
        try0    mov al, [0x600000]                      ; not QEMU 7.2: P bit missing with RSVD
        mov     ecx, 0x203000
        try0    call ecx
        try3    call ecx
        mov     ecx, 0x204000
        try3    call ecx
        value   [PAGE_TABLE]
        value   [PAGE_TABLE + 8]
        value   [PAGE_DIRECTORY]
        mov     eax, cr0
        and     eax, ~(1 << 31)
        mov     cr0, eax
        jmp     .unpaged_again
.unpaged_again:

; -- back to real mode -----------------------------------------------------------------------------------------------
        lidt    [real_idt]
        mov     ax, gdt.data16
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     ax, gdt.data                            ; 4 GiB, which real mode keeps
        mov     fs, ax
        jmp     gdt.code16:.leave
        bits    16
.leave: mov     eax, cr0
        and     al, ~1
        mov     cr0, eax
        jmp     0:.real
.real:  xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     fs, ax
        mov     sp, STACK
        xor     cx, cx
        mov     dword [value_record + 12], 0
        try_real div cx
        mov     byte [fs:dword FRAME], 0x5a
        real_value [fs:dword FRAME]
        handover

; -- what QEMU 7.2 does not check ------------------------------------------------------------------------------------
        try_real int1
        mov     bx, 0xffff
        try_real mov ax, [bx]                           ; a word beyond the limit
        mov     bp, 0xffff
        try_real mov ax, [bp]                           ; in the stack segment
        mov     ebx, 0x10000
        try_real mov al, [ebx]                          ; the limit of DS is 64 KiB again
        mov     eax, 0x80000000
        try_real mov cr0, eax                           ; PG without PE
        finish

; -- routines --------------------------------------------------------------------------------------------------------
        bits    32
        align   16
far_target:
        int     0x80

ring_target:
        int     0x80

user_through_gate:
        push    dword 0x11111111
        push    dword 0x22222222
        call    far [far_pointer]
        int     0x80

; The same ring, there and back.
user_call_and_return:
        call    gdt.user_code + 3:.routine
        mov     ecx, esp
        int     0x80
.routine:
        retf

user_small_stack:
        mov     ax, gdt.user_small + 3
        mov     ss, ax
        mov     esp, 0xffe
        pop     eax

to_user:
        mov     esp, STACK
        push    gdt.user_data + 3
        push    USER_STACK
        push    dword [user_flags]
        push    gdt.user_code + 3
        push    dword [user_eip]
        mov     dword [0x6ffc], 0
        push    dword gdt.user_data + 3
        pop     ds
        iret

to_ring1:
        mov     esp, STACK
        push    gdt.ring1_data + 1
        push    MIDDLE_STACK
        push    2
        push    gdt.ring1_code + 1
        push    dword [user_eip]
        push    dword gdt.ring1_data + 1
        pop     ds
        iret

to_v86:
        mov     esp, STACK
        push    0                                       ; GS
        push    0
        push    0                                       ; DS
        push    0
        push    0                                       ; SS
        push    V86_STACK
        push    dword [v86_flags]
        push    0
        push    dword [user_eip]
        iret

        bits    16
v86_iret:
        push    word 0x0202                             ; IF, IOPL 0: only IF may change
        push    word 0
        push    word .after
        iret
.after: int     0x80
v86_popf:
        push    word 0x0202
        popf
        int     0x80
v86_segments:
        mov     ax, 0x1111
        mov     ds, ax
        mov     ax, 0x2222
        mov     es, ax
        mov     ax, 0x3333
        mov     fs, ax
        mov     ax, 0x4444
        mov     gs, ax
        int     0x80
v86_far_here:
        int     0x80
v86_far: equ    v86_far_here - 0x100
        bits    32

log_value:
        push    ecx
        push    edx
        push    esi
        mov     [value_record], edi
        mov     [value_record + 8], eax
        mov     dword [value_record + 12], 0
        mov     esi, value_record
        call    send
        pop     esi
        pop     edx
        pop     ecx
        ret

; Logs EAX, and ZF in the upper half, under line EDI; keeps everything.
log_zero_and_eax:
        pushfd
        push    ecx
        push    edx
        push    esi
        setz    cl
        movzx   ecx, cl
        mov     [value_record], edi
        mov     [value_record + 8], eax
        mov     [value_record + 12], ecx
        mov     esi, value_record
        call    send
        pop     esi
        pop     edx
        pop     ecx
        popfd
        ret

send:
        mov     ecx, 48
        mov     dx, 0xe9
        cld
        rep outsb
        ret

        align   16
%assign vector 0
%rep 256
stub %+ vector:
  %if vector <> 8 && (vector < 10 || vector > 14) && vector <> 17
        push    byte 0
  %endif
        push    strict dword vector
        jmp     near handler
        align   16, db 0x90
  %assign vector vector + 1
%endrep

; The frame: vector, error code, EIP, CS, EFLAGS, then ESP and SS if they come from an outer ring. In ring 1 too.
handler:
        pushad
        mov     ebp, esp
        push    ds
        mov     eax, ss                                 ; whatever ring this is, its stack segment serves for data
        mov     ds, eax
        mov     es, eax
        mov     eax, [ebp + 32]
        mov     [record + 4], eax
        mov     eax, [ebp + 36]
        mov     [record + 8], eax
        mov     dword [record + 12], 0
        xor     ecx, ecx
        cmp     dword [record + 4], 14
        jne     .not_page
        mov     ecx, cr2
.not_page:
        mov     [record + 16], ecx
        mov     eax, [ebp + 44]
        movzx   eax, ax
        mov     [record + 24], eax
        mov     eax, [ebp + 48]
        and     eax, FLAGS
        mov     [record + 32], eax
        mov     ecx, [ebp + 56]
        mov     edx, [ebp + 52]
        test    dword [ebp + 48], 1 << 17
        jnz     .outer
        mov     ecx, cs
        xor     ecx, [ebp + 44]
        test    cl, 3
        mov     ecx, 0
        mov     edx, 0
        jz      .same
        mov     ecx, [ebp + 56]
        mov     edx, [ebp + 52]
.outer: movzx   ecx, cx
.same:  mov     [record + 28], ecx
        mov     [record + 40], edx
        mov     eax, [ebp + 40]
        sub     eax, [resume]                           ; where it points to, from the end of the attempt
        mov     [record + 36], eax
        mov     esi, record
        call    .log
        mov     eax, [ebp - 4]                          ; DS as the handler found it, its own stack
        mov     [record + 8], eax
        mov     [record + 4], ebp
        mov     esi, record
        call    .log
        mov     eax, cs
        test    al, 3
        jnz     .through_kernel
        mov     esp, STACK
        mov     ax, gdt.data
        mov     ds, ax
        mov     es, ax
        push    2
        popfd
        push    gdt.code
        push    dword [resume]
        retf
.through_kernel:
        int     0x82                                    ; ring 0, without a report
.log:   mov     eax, cs
        test    al, 3
        jnz     .log_in_kernel
        call    send
        ret
.log_in_kernel:
        int     0x83
        ret

send_handler:
        call    send
        iret
resume_handler:
        mov     esp, STACK
        mov     ax, gdt.data
        mov     ds, ax
        mov     es, ax
        push    2
        popfd
        push    gdt.code
        push    dword [resume]
        retf

; A 16-bit gate's frame: FLAGS, CS, IP in words.
handler16:
        mov     ax, gdt.data
        mov     ds, ax
        mov     es, ax
        movzx   eax, word [esp]
        mov     ebx, [resume]
        movzx   ebx, bx
        sub     eax, ebx
        mov     [value_record + 8], eax
        mov     eax, [esp + 2]
        mov     [value_record + 12], eax
        mov     eax, [esp + 6]
        mov     [value_record + 16], eax
        mov     eax, [record]
        mov     [value_record], eax
        mov     esi, value_record
        call    send
        jmp     resume_handler

build_idt:
        mov     edi, IDT
        xor     ecx, ecx
.next:
        mov     eax, ecx
        shl     eax, 4
        lea     eax, [eax + stub0]
        mov     [edi], ax
        mov     word [edi + 2], gdt.code
        mov     word [edi + 4], 0x8e00
        mov     word [edi + 6], 0
        add     edi, 8
        inc     ecx
        cmp     ecx, 0xe0
        jne     .next
        mov     byte [IDT + 8 * 3 + 5], 0xee
        mov     byte [IDT + 8 * 4 + 5], 0xee
        mov     byte [IDT + 8 * 0x80 + 5], 0xee
        mov     byte [IDT + 8 * 0x31 + 5], 0x0e
        mov     word [IDT + 8 * 0x33 + 2], 0
        mov     word [IDT + 8 * 0x34 + 2], gdt.data
        mov     word [IDT + 8 * 0x35 + 2], gdt.end
        mov     word [IDT + 8 * 0x36 + 2], gdt.absent_code
        mov     byte [IDT + 8 * 0x37 + 5], 0x8f
        mov     word [IDT + 8 * 0x38], handler16
        mov     byte [IDT + 8 * 0x38 + 5], 0xe6
        mov     word [IDT + 8 * 0x39 + 2], gdt.conforming
        mov     byte [IDT + 8 * 0x39 + 5], 0xee
        mov     word [IDT + 8 * 0x3a + 2], gdt.ring1_code + 1
        mov     byte [IDT + 8 * 0x3a + 5], 0xee
        mov     word [IDT + 8 * 0x3b + 2], gdt.small_code
        mov     word [IDT + 8 * 0x82], resume_handler
        mov     byte [IDT + 8 * 0x82 + 5], 0xee
        mov     word [IDT + 8 * 0x83], send_handler
        mov     byte [IDT + 8 * 0x83 + 5], 0xee
        ret

; -- data ------------------------------------------------------------------------------------------------------------
        align   8
gdt:    dq      0
.code:  equ $ - gdt
        dq      0x00cf9a000000ffff
.data:  equ $ - gdt
        dq      0x00cf92000000ffff
.user_code: equ $ - gdt
        dq      0x00cffa000000ffff
.user_data: equ $ - gdt
        dq      0x00cff2000000ffff
.ring1_code: equ $ - gdt
        dq      0x00cfba000000ffff
.ring1_data: equ $ - gdt
        dq      0x00cfb2000000ffff
.tss:   equ $ - gdt
        dw      tss.end - tss - 1, tss, 0x8900, 0
.tss16: equ $ - gdt
        dw      43, tss16, 0x8100, 0
.ldt:   equ $ - gdt
        dw      ldt.end - ldt - 1, ldt, 0x8200, 0
.gate:  equ $ - gdt
        dw      far_target, .code, 0xec02, 0            ; two parameters
.gate_absent: equ $ - gdt
        dw      far_target, .code, 0x6c00, 0
.gate_inner: equ $ - gdt
        dw      far_target, .code, 0x8c00, 0
.gate_to_data: equ $ - gdt
        dw      far_target, .data, 0xec00, 0
.gate_far: equ $ - gdt
        dw      far_target, .small_code, 0xec00, 0
.gate_conforming: equ $ - gdt
        dw      far_target, .conforming, 0xec00, 0
.gate_to_ring1: equ $ - gdt
        dw      ring_target, .ring1_code, 0xec00, 0
.gate_to_outer: equ $ - gdt
        dw      far_target, .user_code + 3, 0xec00, 0
.gate16: equ $ - gdt
        dw      far_target, .code, 0xe401, 0
.task_gate: equ $ - gdt
        dw      0, .tss, 0xe500, 0
.absent_data: equ $ - gdt
        dq      0x00cf12000000ffff
.absent_code: equ $ - gdt
        dq      0x00cf1a000000ffff
.absent_ring1: equ $ - gdt
        dq      0x00cf32000000ffff
.absent_user_data: equ $ - gdt
        dq      0x00cf72000000ffff
.read_only: equ $ - gdt
        dq      0x00cf90000000ffff
.conforming: equ $ - gdt
        dq      0x00cf9e000000ffff
.execute_only: equ $ - gdt
        dq      0x00cf98000000ffff
.small: equ $ - gdt
        dq      0x0040920300000fff
.small_code: equ $ - gdt
        dq      0x00409a0000000fff
.user_small: equ $ - gdt
        dq      0x0040f20300000fff
.ring1_small: equ $ - gdt
        dq      0x0040b20040000fff
.expand_down: equ $ - gdt
        dq      0x0040960300000fff
.expand_down16: equ $ - gdt
        dq      0x0000960300000fff
.user_stack16: equ $ - gdt
        dq      0x0000f2000000ffff
.code16: equ $ - gdt
        dq      0x00009a000000ffff
.data16: equ $ - gdt
        dq      0x000092000000ffff
.end:   equ $ - gdt
.pointer:
        dw      .end - 1
        dd      gdt
.pointer24:
        dw      .end - 1
        dd      gdt + 0x55000000

ldt:    dq      0x00cf92000000ffff
        dq      0x00cff2000000ffff
.end:

idt_pointer:
        dw      8 * 0xe0 - 1
        dd      IDT
real_idt:
        dw      0x3ff
        dd      0
bounds32: dd    1, 5
far_in_data:
        dd      0x12345678
        dw      gdt.user_data

        align   8
tss:    dd      0
        dd      INNER_STACK, gdt.data
        dd      MIDDLE_STACK, gdt.ring1_data + 1
        times   104 - 20 - 4 db 0
        dw      0
        dw      .map - tss
.map:   times   0x3f8 / 8 db 0xff
        db      0x00
        db      0xff
.end:
        align   8
tss16:  dw      0
        dw      INNER_STACK - 0x200, gdt.data
        dw      MIDDLE_STACK - 0x200, gdt.ring1_data + 1
        times   44 - 10 db 0

        align   8
resume:         dd 0
user_eip:       dd 0
user_flags:     dd 2
v86_flags:      dd 0
far_pointer:    dd far_target
                dw 0
        align   8
record:         times 48 db 0
value_record:   dd 0, VALUE
                times 40 db 0
