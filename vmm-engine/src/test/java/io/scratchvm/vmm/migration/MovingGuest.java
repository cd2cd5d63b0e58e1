package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.Start;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The guest of {@code src/test/resources/moving}: writes a file, standard output, reads standard input, before its SAVE
 * and after. What it gives is the sum of what both sides saw.
 */
final class MovingGuest {
    static final int STATUS = 7;

    /** The file that it writes. */
    static final String FILE = "letter";

    /** What is in the file at the SAVE. */
    static final String FIRST = "Dear host,\n";

    static final String WHOLE = FIRST + "yours, guest\n";

    /** Standard input at the source: taken whole by the VMM, three bytes of it read by the guest before its SAVE. */
    static final String SOURCE_INPUT = "abcdefghij";

    static final String DESTINATION_INPUT = "klm";
    static final String SOURCE_OUTPUT = FIRST + "abc";
    static final String DESTINATION_OUTPUT = "yours, guest\ndefghijklm";

    private MovingGuest() {}

    static Start.Boot start() {
        return new Start.Boot(image("boot.elf"), image("app.elf"));
    }

    /** What stands in the guest's file; empty where there is none. */
    static String file(Path root) throws IOException {
        Path file = root.resolve(FILE);
        return Files.exists(file) ? Files.readString(file, StandardCharsets.US_ASCII) : "";
    }

    private static Path image(String name) {
        try {
            return Path.of(MovingGuest.class.getResource("/moving/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
