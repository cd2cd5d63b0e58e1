package io.scratchvm.vmm;

import io.scratchvm.vmm.api.Notation;
import io.scratchvm.vmm.api.VmmException;

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

    /** What comes after "before" in a message. */
    default String description() {
        if (this instanceof Instructions instructions) {
            return instructions.count() + " instructions were executed";
        }
        if (this instanceof Symbol symbol) {
            return "it reached " + symbol.name();
        }
        return this instanceof Input ? "it read standard input" : "it asked for SAVE";
    }

    /**
     * The point that a user writes: a number of instructions, {@code input}, or else a symbol.
     *
     * @throws VmmException if it starts like a number and is none, or is empty
     */
    static SavePoint of(String text) {
        String word = text.trim();
        if (word.isEmpty()) {
            throw new VmmException("'" + text + "' is not a number of instructions, 'input' or a symbol");
        }
        if (word.equals("input")) {
            return new Input();
        }
        return looksLikeNumber(word) ? new Instructions(Notation.count(word)) : new Symbol(word);
    }

    /** With a sign or without; a sign is refused later, by its right name. */
    private static boolean looksLikeNumber(String word) {
        int first = word.startsWith("-") || word.startsWith("+") ? 1 : 0;
        return word.length() > first && Character.isDigit(word.charAt(first));
    }
}
