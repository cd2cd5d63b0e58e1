package io.scratchvm.vmm.device;

/** A wire from a device to an input of an interrupt controller. */
@FunctionalInterface
interface InterruptLine {
    /** Drives it high, where the device asks for an interrupt, or low. */
    void set(boolean high);
}
