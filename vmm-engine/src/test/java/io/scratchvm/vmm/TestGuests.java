package io.scratchvm.vmm;

import io.scratchvm.vmm.api.Start;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** The guests that are committed, assembled, in {@code src/test/resources}. */
final class TestGuests {
    private TestGuests() {}

    /** A program of {@code guest/}, booted from real mode. */
    static Start.Boot booted(String program) {
        return new Start.Boot(file("guest/boot.elf"), file("guest/" + program + ".elf"));
    }

    /** The pair built by the conventions of the lab's own KVM monitor. */
    static Start.Boot lab() {
        return new Start.Boot(file("lab/boot.elf"), file("lab/app.elf"));
    }

    private static Path file(String resource) {
        try {
            return Path.of(TestGuests.class.getResource("/" + resource).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
