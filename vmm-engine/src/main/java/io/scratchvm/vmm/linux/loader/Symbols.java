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

    /** Finds files that may be gone. */
    public interface Source {
        /** @throws IOException if they cannot be had any more */
        Symbols find() throws IOException;
    }

    private List<Module> modules;
    private Source source;

    private Symbols(List<Module> modules) {
        this.modules = modules;
    }

    /** The symbols of files that are looked for when somebody asks; none where they are gone, or damaged. */
    public static Symbols whenAsked(Source source) {
        Symbols symbols = new Symbols(List.of());
        symbols.source = source;
        return symbols;
    }

    private List<Module> modules() {
        if (source != null) {
            try {
                modules = source.find().modules();
            } catch (VmmException | IOException gone) {
                modules = List.of();
            }
            source = null;
        }
        return modules;
    }

    /** These and those of an ELF file that is loaded {@code bias} above its own addresses. */
    public Symbols with(LoadedFile file, long bias) throws IOException {
        Segments segments = Segments.of(file.elf());
        return with(file, bias, segments.start() + bias, segments.end() + bias);
    }

    /** These and those of a file whose addresses, plus {@code bias}, lie in [start, end). */
    Symbols with(LoadedFile file, long bias, long start, long end) {
        List<Module> more = new ArrayList<>(modules());
        more.add(new Module(file, bias, start, end));
        return new Symbols(more);
    }

    /** The address of the symbol of that name, in the first file that has it. */
    public OptionalLong address(String name) {
        for (Module module : modules()) {
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
        for (Module module : modules()) {
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
