/**
 * The ways to bring a guest to its first instruction: real-mode boot, direct start of an ELF program, a flat file,
 * Multiboot. Knows {@code abi} and {@code mm}.
 */
package io.scratchvm.vmm.linux.loader;
