#!/bin/sh
# Makes the images in this folder, so that the engine's tests need no assembler. Run it here; needs nasm and ld.
# Made with nasm 2.16.01 and GNU ld 2.40.
set -eu
cd "$(dirname "$0")"
objects=$(mktemp -d)
trap 'rm -r "$objects"' EXIT
nasm -f elf64 boot.asm -o "$objects/boot.o"
ld -N -Ttext=0x8000 -e read_ahead --no-warn-rwx-segments --build-id=none -s "$objects/boot.o" -o boot.elf
nasm -f elf64 app.asm -o "$objects/app.o"
ld -N -Ttext=0x9000 -e start --no-warn-rwx-segments --build-id=none -s "$objects/app.o" -o app.elf
