/** The command line: one table of commands and options, one class that does what they say. */
@NullMarked
package io.scratchvm.vmm.cli;

import org.jspecify.annotations.NullMarked;
