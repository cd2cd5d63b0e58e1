package io.scratchvm.vmm.device;

/**
 * What is saved of a {@link Console}.
 *
 * @param readAhead bytes taken from the host's standard input and not yet given to the guest
 */
public record ConsoleState(byte[] readAhead) {
    /** Nothing read. */
    public static final ConsoleState INITIAL = new ConsoleState(new byte[0]);
}
