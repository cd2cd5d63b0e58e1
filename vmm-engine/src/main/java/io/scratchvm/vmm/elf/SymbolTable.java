package io.scratchvm.vmm.elf;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The symbols of an ELF file: from a name to its address and from an address to the nearest name. */
public final class SymbolTable {
    private final List<Symbol> all;
    private Symbol[] byAddress;

    SymbolTable(List<Symbol> all) {
        this.all = all;
    }

    /** All entries, in the file's order, the undefined one at index 0 included. */
    public List<Symbol> all() {
        return all;
    }

    /** The symbol of that name which has an address; a global one before a local one. */
    public Optional<Symbol> named(String name) {
        Symbol found = null;
        for (Symbol symbol : all) {
            if (symbol.name().equals(name) && symbol.isAddress() && (found == null || found.binding() == 0)) {
                found = symbol;
            }
        }
        return Optional.ofNullable(found);
    }

    /**
     * The symbol that {@code address} lies in, or else the last one before it. Where several begin at one place, a
     * function and a global name are preferred.
     */
    public Optional<Symbol> nearest(long address) {
        if (byAddress == null) {
            byAddress = all.stream().filter(Symbol::isAddress).toArray(Symbol[]::new);
            Arrays.sort(byAddress, BY_ADDRESS);
        }
        int low = 0;
        int high = byAddress.length;
        while (low < high) {
            int middle = low + high >>> 1;
            if (Long.compareUnsigned(byAddress[middle].value(), address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? Optional.empty() : Optional.of(byAddress[low - 1]);
    }

    /** The best of several with one address last. */
    private static final Comparator<Symbol> BY_ADDRESS = new Comparator<>() {
        @Override
        public int compare(Symbol a, Symbol b) {
            int order = Long.compareUnsigned(a.value(), b.value());
            return order != 0 ? order : Integer.compare(rank(a), rank(b));
        }

        private static int rank(Symbol symbol) {
            return (symbol.type() == Symbol.STT_FUNC ? 2 : 0) + (symbol.binding() == 1 ? 1 : 0);
        }
    };
}
