/**
 * The guest's kernel: processes, tasks and whose turn it is; the calls about these, and those that wait, one class a
 * family. Knows every other room of {@code linux}; none of them knows this one.
 */
package io.scratchvm.vmm.linux;
