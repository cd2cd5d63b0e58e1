/**
 * The files that processes have open: descriptors, the descriptions that they name, pipes and devices; saved and opened
 * anew. Knows {@code abi}.
 */
package io.scratchvm.vmm.linux.file;
