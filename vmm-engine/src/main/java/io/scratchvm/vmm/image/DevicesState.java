package io.scratchvm.vmm.image;

import io.scratchvm.vmm.device.UartState;

/** The note DEVICES: a component for each device that has registers. */
public record DevicesState(UartState uart) {}
