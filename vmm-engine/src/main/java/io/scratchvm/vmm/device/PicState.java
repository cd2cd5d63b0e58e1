package io.scratchvm.vmm.device;

/**
 * What is saved of a {@link Pic}. Registers have a bit for each of the inputs 0 to 7.
 *
 * @param requests the interrupt request register, IRR
 * @param inService the in-service register, ISR
 * @param mask the interrupt mask register, IMR
 * @param lines the inputs' levels
 * @param base the vector of input 0
 * @param lowest the input of lowest priority; the next one, modulo 8, has the highest
 * @param readsInService whether the status that is read is ISR, not IRR
 * @param polls whether the next read is the poll command's
 * @param specialMask special mask mode
 * @param autoEnd automatic end of interrupt
 * @param rotates rotation at an automatic end of interrupt
 * @param fullyNested special fully nested mode
 * @param next the initialisation word that comes next, 2 to 4; 0 where initialisation is over
 * @param single whether there is no other controller: no third word comes
 * @param fourth whether a fourth word comes
 */
public record PicState(
        int requests,
        int inService,
        int mask,
        int lines,
        int base,
        int lowest,
        boolean readsInService,
        boolean polls,
        boolean specialMask,
        boolean autoEnd,
        boolean rotates,
        boolean fullyNested,
        int next,
        boolean single,
        boolean fourth) {
    /** Before a program has initialised it: it passes nothing on. */
    public static final PicState RESET =
            new PicState(0, 0, 0xff, 0, 0, 7, false, false, false, false, false, false, 0, false, false);

    public PicState {
        boolean bytes = isByte(requests) && isByte(inService) && isByte(mask) && isByte(lines) && isByte(base);
        if (!bytes || lowest < 0 || lowest > 7 || next < 0 || next > 4 || next == 1) {
            throw new IllegalArgumentException("registers that no interrupt controller comes to");
        }
    }

    private static boolean isByte(int value) {
        return value >= 0 && value <= 0xff;
    }
}
