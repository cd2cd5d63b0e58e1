package io.scratchvm.maven.toolchain;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.maven.plugin.logging.Log;

/** Chooses the toolchain that {@code vmm.toolchain} asks for. */
final class Toolchains {
    /** What {@code auto} tries, in this order, before the embedded one. */
    private static final List<String> AUTO = List.of("gcc", "clang", "x86_64-linux-gnu-gcc", "x86_64-elf-gcc");

    private final SearchPath searchPath;
    private final ToolchainProbe probe;
    private final EmbeddedLlvm embedded;
    private final Log log;

    Toolchains(SearchPath searchPath, ToolchainProbe probe, EmbeddedLlvm embedded, Log log) {
        this.searchPath = searchPath;
        this.probe = probe;
        this.embedded = embedded;
        this.log = log;
    }

    /**
     * The toolchain of that name.
     *
     * @param wanted {@code auto}, {@code embedded}, or a compiler's name or path
     * @throws VmmException if there is none; the message says what was tried and what to do
     */
    Toolchain choose(String wanted) throws IOException {
        switch (wanted) {
            case "auto":
                Optional<Toolchain> found = firstThatWorks();
                return found.isPresent() ? found.get() : embedded();
            case "embedded":
                return embedded();
            default:
                return probe.probe(require(wanted));
        }
    }

    /** The files that a choice depends on, for as long as it need not be made again. */
    List<String> candidates(String wanted) throws IOException {
        List<String> identities = new ArrayList<>();
        for (String name : wanted.equals("auto") ? AUTO : List.of(wanted)) {
            Optional<Path> compiler = searchPath.find(name);
            identities.add(compiler.isPresent() ? Toolchain.identity(compiler.get()) : name);
        }
        return identities;
    }

    private Optional<Toolchain> firstThatWorks() throws IOException {
        for (String name : AUTO) {
            Optional<Path> compiler = searchPath.find(name);
            if (compiler.isPresent()) {
                try {
                    return Optional.of(probe.probe(compiler.get()));
                } catch (VmmException e) {
                    log.debug("not " + name + ": " + e.getMessage());
                }
            }
        }
        return Optional.empty();
    }

    private Toolchain embedded() throws IOException {
        EmbeddedLlvm.Tools tools = embedded.install();
        return probe.probeClang(tools.clang(), List.of(tools.lld().toString(), "-flavor", "gnu"));
    }

    private Path require(String name) {
        return searchPath
                .find(name)
                .orElseThrow(() -> new VmmException("vmm.toolchain: there is no " + name
                        + " in PATH; install it, or leave the choice to vmm.toolchain=auto"));
    }
}
