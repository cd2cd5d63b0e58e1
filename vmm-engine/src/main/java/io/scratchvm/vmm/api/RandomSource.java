package io.scratchvm.vmm.api;

/** Where the guest's random numbers come from. */
public enum RandomSource {
    /** A generator with a fixed seed, its state in the image. */
    SEEDED,
    /** The host's; drawn anew after a restore. */
    HOST
}
