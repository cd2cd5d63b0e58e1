/** The guest's kernel: system calls, one class a family; processes, tasks and whose turn it is. */
package io.scratchvm.vmm.linux;
