package io.scratchvm.vmm.device;

/** What is saved of the devices that interrupt the CPU by the PC's lines: the two 8259A and the 8254. */
public record InterruptsState(PicState firstPic, PicState secondPic, PitState timer) {
    /** Of a VM whose guest has programmed none of them. */
    public static final InterruptsState RESET = new InterruptsState(PicState.RESET, PicState.RESET, PitState.RESET);
}
