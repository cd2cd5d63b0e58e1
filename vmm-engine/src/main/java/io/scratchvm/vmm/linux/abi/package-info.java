/**
 * What a system call and the program that makes it agree upon: error numbers, structures, memory, what a call comes to, and
 * what a family of calls is. Knows no other room of {@code linux}.
 */
package io.scratchvm.vmm.linux.abi;
