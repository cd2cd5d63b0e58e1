package io.scratchvm.vmm;

/** Where a run is to stop so that the VM can be saved ({@code --at}). */
public sealed interface SavePoint {
    /** When the guest asks for SAVE. */
    record SaveCall() implements SavePoint {}

    /** When {@code count} instructions have retired since the VM was created. */
    record Instructions(long count) implements SavePoint {}

    /** When the guest first reads standard input; nothing has been read. */
    record Input() implements SavePoint {}

    /** When the guest reaches a symbol of its ELF file, before the instruction there. */
    record Symbol(String name) implements SavePoint {}
}
