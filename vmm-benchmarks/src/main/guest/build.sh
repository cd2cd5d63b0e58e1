#!/bin/sh
# Compiles the benchmark programs to the resources next door. They are committed, so that benchmarks run where there is
# no compiler, and so that figures of different machines are of the same instructions. Made with gcc 12.2.
set -eu
cd "$(dirname "$0")"
for source in *.c; do
    name=${source%.c}
    ${CC:-gcc} -O2 -std=c11 -Wall -Wextra -march=x86-64 -static -nostdlib -ffreestanding -fno-pie -no-pie \
        -fno-stack-protector -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -fcf-protection=none \
        -Wl,--build-id=none,-z,noseparate-code,-s -o "../resources/io/scratchvm/vmm/benchmarks/$name.elf" "$source"
done
