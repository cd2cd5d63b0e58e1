package io.scratchvm.vmm.linux;

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
    static SignalAction byDefault(int signal) {
        return new SignalAction(signal, 0, 0, 0, 0);
    }

    boolean isDefault() {
        return equals(byDefault(signal));
    }
}
