/** What a system call and the program that makes it agree upon: error numbers, structures, memory, and what a call comes to. */
package io.scratchvm.vmm.linux.abi;
