package io.scratchvm.vmm.linux.signal;

import io.scratchvm.vmm.linux.abi.Structure;

/**
 * What a signal does (rt_sigaction(2)).
 *
 * @param signal 1 to 64
 * @param handler the guest's function; 0 for the default, 1 to ignore it
 * @param flags SA_*
 * @param restorer the guest's function that the handler returns to
 * @param mask the signals blocked meanwhile, bit n - 1 for signal n
 */
public record SignalAction(int signal, long handler, long flags, long restorer, long mask) {
    public static final long SIG_DFL = 0, SIG_IGN = 1;
    public static final long SA_NOCLDSTOP = 1,
            SA_NOCLDWAIT = 2,
            SA_SIGINFO = 4,
            SA_EXPOSE_TAGBITS = 0x800,
            SA_RESTORER = 0x0400_0000,
            SA_ONSTACK = 0x0800_0000,
            SA_RESTART = 0x1000_0000,
            SA_NODEFER = 0x4000_0000,
            SA_RESETHAND = 0x8000_0000L;

    private static final long KNOWN = SA_NOCLDSTOP
            | SA_NOCLDWAIT
            | SA_SIGINFO
            | SA_EXPOSE_TAGBITS
            | SA_RESTORER
            | SA_ONSTACK
            | SA_RESTART
            | SA_NODEFER
            | SA_RESETHAND;

    /** Of struct sigaction as the kernel has it. */
    public static final int SIZE = 32;

    static SignalAction byDefault(int signal) {
        return new SignalAction(signal, SIG_DFL, 0, 0, 0);
    }

    /** As a program wrote it. Flags that Linux does not know it clears, by which programs find out. */
    public static SignalAction of(int signal, byte[] bytes) {
        Structure in = Structure.of(bytes);
        return new SignalAction(
                signal, in.getLong(0), in.getLong(8) & KNOWN, in.getLong(16), in.getLong(24) & ~Signals.UNBLOCKABLE);
    }

    public byte[] bytes() {
        return new Structure(SIZE)
                .putLong(0, handler)
                .putLong(8, flags)
                .putLong(16, restorer)
                .putLong(24, mask)
                .bytes();
    }

    boolean isDefault() {
        return equals(byDefault(signal));
    }

    public boolean has(long flag) {
        return (flags & flag) != 0;
    }

    /** Whether the program has a function of its own for it. */
    public boolean isHandled() {
        return handler != SIG_DFL && handler != SIG_IGN;
    }

    /** The same with the default action, but for the rest of it. */
    SignalAction reset() {
        return new SignalAction(signal, SIG_DFL, flags, restorer, mask);
    }
}
