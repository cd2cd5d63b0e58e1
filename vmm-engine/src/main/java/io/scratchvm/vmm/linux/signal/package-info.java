/**
 * Signals (signal(7)): pending, blocked, delivered on a frame that rt_sigreturn(2) takes back; the timers that send them.
 * Knows {@code abi}, {@code mm} and, for symbols and the stub that system calls enter by, {@code loader}.
 */
package io.scratchvm.vmm.linux.signal;
