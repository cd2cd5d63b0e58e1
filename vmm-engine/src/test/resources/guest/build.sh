#!/bin/sh
# Makes the images in this folder and in ../lab, so that the engine's tests need no compiler. Run it here; needs gcc,
# ld, nasm and musl-gcc. Made with gcc 12.2.0, GNU ld 2.40, nasm 2.16.01 and musl 1.2.3.
set -eu
cd "$(dirname "$0")"
source=$(cd ../../../../../guest/src/main && pwd -P)
objects=$(mktemp -d)
trap 'rm -r "$objects"' EXIT

compile() {
    gcc -c -std=c11 -Os -g -ffreestanding -nostdinc -isystem "$source/libc/include" -fno-pic -fno-pie \
        -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none -ffunction-sections \
        -fdata-sections -ffile-prefix-map="$source=." \
        -ffile-prefix-map="$(pwd -P)=." "$1" -o "$objects/$2.o"
}

link() {
    address=$1 image=$2
    shift 2
    ld -static -z max-page-size=4096 -z noexecstack --no-warn-rwx-segments --build-id=none --gc-sections \
        -T "$source/ld/image.ld" --defsym=IMAGE_ADDRESS="$address" "$@" -o "$image"
}

libc=
for file in "$source"/libc/*.c; do
    name=libc-$(basename "$file" .c)
    compile "$file" "$name"
    libc="$libc $objects/$name.o"
done

compile "$source/boot/boot.S" boot
link 0x8000 boot.elf -e 0x8000 "$objects/boot.o"

for file in "$source"/c/*.c; do
    name=$(basename "$file" .c)
    compile "$file" "$name"
    link 0x9000 "$name.elf" "$objects/$name.o" $libc
done

nasm -f elf64 ../lab/boot.asm -o "$objects/lab.o"
ld -N -Ttext=0x8000 -e start --no-warn-rwx-segments --build-id=none "$objects/lab.o" -o ../lab/boot.elf
musl-gcc -Os -static -no-pie -Wl,-N,--no-warn-rwx-segments,--gc-sections,--build-id=none \
    -Wl,--section-start=.init=0x9000 ../lab/app.c -o ../lab/app.elf
