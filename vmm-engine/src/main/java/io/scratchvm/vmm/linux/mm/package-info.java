/**
 * Address spaces: regions, the page tables that lead to frames, what a fork shares, files that are mapped shared; and the
 * calls about them. Knows {@code abi} and {@code file}.
 */
package io.scratchvm.vmm.linux.mm;
