/**
 * The calls about files that need not wait, one class a family; how a process names files; what Linux itself has under /dev
 * and /proc. Knows {@code abi}, {@code file} and, for /proc/self/maps, {@code mm}.
 */
package io.scratchvm.vmm.linux.fs;
