/** Signals (signal(7)): pending, blocked, delivered on a frame that rt_sigreturn(2) takes back; the timers that send them. */
package io.scratchvm.vmm.linux.signal;
