; A program that does a part of everything before its SAVE and the rest after it: writes a file and standard output, reads
; standard input. One page, so that its image is small.

READ    equ 0
WRITE   equ 1
OPEN    equ 2
CLOSE   equ 3
EXIT    equ 231
SAVE    equ 400
O_RDWR_CREAT equ 0102o
STATUS  equ 7

%macro call 1-4 0, 0, 0                 ; number, arguments
        mov     edi, %2
        mov     esi, %3
        mov     edx, %4
        mov     eax, %1
        syscall
%endmacro

        global  start
        section .text
        bits 64
start:
        call    OPEN, name, O_RDWR_CREAT, 0644o
        mov     ebx, eax
        call    WRITE, ebx, first, first.length
        call    WRITE, 1, first, first.length
        call    READ, 0, buffer, 3
        call    WRITE, 1, buffer, eax
        call    SAVE
        call    WRITE, ebx, second, second.length
        call    WRITE, 1, second, second.length
copy:
        call    READ, 0, buffer, 4
        test    eax, eax
        jle     done
        call    WRITE, 1, buffer, eax
        jmp     copy
done:
        call    CLOSE, ebx
        call    EXIT, STATUS

name:   db      "letter", 0
first:  db      "Dear host,", 10
.length equ $ - first
second: db      "yours, guest", 10
.length equ $ - second
buffer: times 4 db 0
