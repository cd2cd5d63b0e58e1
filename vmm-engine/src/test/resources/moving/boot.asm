; The lab's boot code, but the UART is asked first whether a byte has come: the VMM then takes what standard input has
; ready, so that a VM saved later holds bytes that it has taken and its guest has not read.

UART_LINE_STATUS equ 0x3fd

        global  read_ahead
        section .text
        bits 16
read_ahead:
        mov     dx, UART_LINE_STATUS
        in      al, dx

%include "../lab/boot.asm"
