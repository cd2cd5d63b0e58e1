package io.scratchvm.maven.toolchain;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The host's tools, for tests that compare with them. */
final class Tools {
    private Tools() {}

    /** The tool's path; without it the test is skipped, naming it. */
    static String require(String name) {
        Optional<Path> tool = SearchPath.ofHost().find(name);
        Assumptions.assumeTrue(tool.isPresent(), () -> "this host has no " + name);
        return tool.orElseThrow().toString();
    }
}
