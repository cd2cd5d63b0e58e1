package io.scratchvm.vmm.cpu.state;

/**
 * GDTR or IDTR.
 *
 * @param base linear base address
 * @param limit last valid offset in bytes, 0 to 0xffff
 */
public record DescriptorTable(long base, int limit) {}
