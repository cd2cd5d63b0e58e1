/**
 * From assembly and C to the images that the VMM loads: finding a compiler for x86-64 ELF, or fetching one, and running
 * it for what has changed. Nothing here goes through a shell.
 */
package io.scratchvm.maven.toolchain;
