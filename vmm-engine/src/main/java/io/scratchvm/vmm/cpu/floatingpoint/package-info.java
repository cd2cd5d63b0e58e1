/**
 * IEEE 754 arithmetic as x86 does it, on bits: the same result and the same exceptions on every host. Java's own
 * arithmetic leaves NaNs open and shows no exceptions, so it serves only where neither can matter.
 */
package io.scratchvm.vmm.cpu.floatingpoint;
