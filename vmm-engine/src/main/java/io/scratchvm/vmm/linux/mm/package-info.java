/** Address spaces: regions, the page tables that lead to frames, what a fork shares, and files that are mapped shared. */
package io.scratchvm.vmm.linux.mm;
