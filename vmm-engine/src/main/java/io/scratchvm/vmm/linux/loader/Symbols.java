package io.scratchvm.vmm.linux.loader;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.elf.Symbol;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The symbols of a guest's files at the addresses that they are loaded at. Read when first asked for; a file whose
 * symbols are damaged has none.
 */
public final class Symbols {
    /** No symbols. */
    public static final Symbols NONE = new Symbols(List.of());

    private record Module(LoadedFile file, long bias, long start, long end) {}

    private final List<Module> modules;

    private Symbols(List<Module> modules) {
        this.modules = modules;
    }

    /** These and those of a file whose addresses, plus {@code bias}, lie in [start, end). */
    Symbols with(LoadedFile file, long bias, long start, long end) {
        List<Module> more = new ArrayList<>(modules);
        more.add(new Module(file, bias, start, end));
        return new Symbols(more);
    }

    /** The address of the symbol of that name, in the first file that has it. */
    public OptionalLong address(String name) {
        for (Module module : modules) {
            try {
                Optional<Symbol> symbol = module.file().elf().symbols().named(name);
                if (symbol.isPresent()) {
                    return OptionalLong.of(symbol.get().value() + module.bias());
                }
            } catch (VmmException | IOException damaged) {
                continue;
            }
        }
        return OptionalLong.empty();
    }

    /** The nearest symbol at or before an address inside one of the files, as {@code main+0x12}; or empty. */
    public String describe(long address) {
        for (Module module : modules) {
            if (address >= module.start() && address < module.end()) {
                return describe(module, address - module.bias());
            }
        }
        return "";
    }

    private static String describe(Module module, long address) {
        try {
            Optional<Symbol> symbol = module.file().elf().symbols().nearest(address);
            return symbol.map(
                            s -> s.name() + (s.value() == address ? "" : "+0x" + Long.toHexString(address - s.value())))
                    .orElse("");
        } catch (VmmException | IOException damaged) {
            return "";
        }
    }
}
