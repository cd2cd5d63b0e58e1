package io.scratchvm.maven.toolchain;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.maven.plugin.logging.Log;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.repository.LocalArtifactRequest;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;

/**
 * The toolchain for hosts without one: clang and lld out of {@code org.bytedeco:llvm}, fetched by Maven's own resolver
 * when they are first needed, and unpacked once for all builds of this host.
 */
public final class EmbeddedLlvm {
    /** The version of the artifact. */
    static final String VERSION = "20.1.7-1.5.12";

    /** The sizes of the jars that are known, in megabytes. */
    private static final Map<String, Integer> MEGABYTES = Map.of("linux-x86_64", 147, "windows-x86_64", 904);

    private final RepositorySystem resolver;
    private final RepositorySystemSession session;
    private final List<RemoteRepository> repositories;
    private final Path cache;
    private final Log log;

    /** {@code cache} is where the tools are unpacked. */
    public EmbeddedLlvm(
            RepositorySystem resolver,
            RepositorySystemSession session,
            List<RemoteRepository> repositories,
            Path cache,
            Log log) {
        this.resolver = resolver;
        this.session = session;
        this.repositories = repositories;
        this.cache = cache;
        this.log = log;
    }

    /** The two programs. */
    record Tools(Path clang, Path lld) {}

    /**
     * The tools, fetched and unpacked if they are not here.
     *
     * @throws VmmException if they cannot be had
     */
    Tools install() throws IOException {
        String platform = platform(System.getProperty("os.name"), System.getProperty("os.arch"));
        LlvmArchive archive = new LlvmArchive(platform, VERSION);
        Path home = cache.resolve("llvm-" + VERSION + "-" + platform);
        if (!Files.isDirectory(home)) {
            Path jar = resolve(platform);
            new OnceDirectory(home).create(directory -> {
                log.info("Unpacking the embedded compiler to " + home);
                archive.unpack(jar, directory);
            });
        }
        return new Tools(home.resolve(archive.program("clang")), home.resolve(archive.program("lld")));
    }

    private Path resolve(String platform) {
        Artifact artifact = new DefaultArtifact("org.bytedeco", "llvm", platform, "jar", VERSION);
        if (!isLocal(artifact)) {
            requireOnline();
            log.info("Downloading the embedded compiler, clang and lld, once: org.bytedeco:llvm:" + VERSION + ":"
                    + platform + ", " + size(platform));
        }
        try {
            return resolver.resolveArtifact(session, new ArtifactRequest(artifact, repositories, null))
                    .getArtifact()
                    .getFile()
                    .toPath();
        } catch (ArtifactResolutionException e) {
            throw new VmmException(
                    "the embedded compiler org.bytedeco:llvm:" + VERSION + ":" + platform + " cannot be fetched ("
                            + e.getMessage() + "); install gcc, or clang and lld, instead",
                    e);
        }
    }

    private boolean isLocal(Artifact artifact) {
        LocalArtifactRequest request = new LocalArtifactRequest(artifact, repositories, null);
        return session.getLocalRepositoryManager().find(session, request).isAvailable();
    }

    private void requireOnline() {
        if (session.isOffline()) {
            throw new VmmException("the embedded compiler, clang and lld, is not in the local repository, and Maven is"
                    + " offline; install gcc, or clang and lld, or build once without -o");
        }
    }

    private static String size(String platform) {
        Integer megabytes = MEGABYTES.get(platform);
        return megabytes == null ? "several hundred MB" : megabytes + " MB";
    }

    /** The artifact's classifier for a host. */
    static String platform(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String system = os.startsWith("windows") ? "windows" : os.startsWith("mac") ? "macosx" : "linux";
        String arch = osArch.toLowerCase(Locale.ROOT);
        boolean x86 = arch.equals("amd64") || arch.equals("x86_64") || arch.equals("x86-64");
        return system + "-" + (x86 ? "x86_64" : arch.equals("aarch64") ? "arm64" : arch);
    }
}
