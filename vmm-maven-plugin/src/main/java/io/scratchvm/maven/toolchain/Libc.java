package io.scratchvm.maven.toolchain;

import io.scratchvm.vmm.api.VmmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The C library that programs are linked with. */
enum Libc {
    /** The guest's own small one. */
    OWN,
    /** The compiler's: musl with {@code musl-gcc}. */
    SYSTEM,
    /** None; a program has its own {@code _start}. */
    NONE;

    /**
     * The library of that name; without one, what suits the toolchain.
     *
     * @throws VmmException if there is none of that name
     */
    static Libc of(String name, String toolchain) {
        if (name == null) {
            return toolchain.contains("musl") ? SYSTEM : OWN;
        }
        return Arrays.stream(values())
                .filter(value -> value.word().equals(name))
                .findFirst()
                .orElseThrow(() -> new VmmException("vmm.libc is one of "
                        + Arrays.stream(values()).map(Libc::word).collect(Collectors.joining(", ")) + ", not " + name));
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
