#!/bin/sh
# Assembles the test programs of this folder to the hexadecimal images beside them.
cd "$(dirname "$0")" || exit 1
for source in *.asm; do
    nasm -f bin -o /tmp/$$.bin "$source" && xxd -p -c 40 /tmp/$$.bin > "${source%.asm}.hex"
done
rm -f /tmp/$$.bin
