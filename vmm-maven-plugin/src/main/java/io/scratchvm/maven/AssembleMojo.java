package io.scratchvm.maven;

import io.scratchvm.maven.toolchain.EmbeddedLlvm;
import io.scratchvm.maven.toolchain.GuestBuild;
import io.scratchvm.maven.toolchain.GuestSettings;
import io.scratchvm.vmm.api.Notation;
import io.scratchvm.vmm.api.VmmException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.RepositorySystem;

/**
 * Builds the guest's images from assembly and C: {@code target/vmm/boot.elf}, and {@code target/vmm/NAME.elf} for each
 * program. Every source file in {@code src/main/c} is a program, and so is every subdirectory. The plugin brings boot
 * code and a small C library, so that a module needs nothing but a program. What has not changed is not built again. A
 * module without such sources is passed over.
 */
@Mojo(name = "assemble", defaultPhase = LifecyclePhase.COMPILE, threadSafe = true)
public class AssembleMojo extends VmmMojo {
    private static final int HIGHEST_ADDRESS = 0x7fff_f000;

    private final RepositorySystem resolver;

    /**
     * The programs: {@code .c}, {@code .S}, {@code .asm}, each one an image; a subdirectory is one image of all its
     * files. By default {@code src/main/c}.
     */
    @Parameter(property = "vmm.sourceDirectory")
    private File sourceDirectory;

    /**
     * Where {@code boot.S} (for the compiler) or {@code boot.asm} (for NASM) is. By default {@code src/main/boot};
     * without one there, the plugin's is taken.
     */
    @Parameter(property = "vmm.bootDirectory")
    private File bootDirectory;

    /**
     * A C library in place of the plugin's: {@code *.c}, and headers in {@code include}. By default
     * {@code src/main/libc} if it exists.
     */
    @Parameter(property = "vmm.libcDirectory")
    private File libcDirectory;

    /**
     * A linker script in place of the plugin's; {@code IMAGE_ADDRESS} is the image's address. By default
     * {@code src/main/ld/image.ld} if it exists.
     */
    @Parameter(property = "vmm.linkerScript")
    private File linkerScript;

    /**
     * What compiles: {@code auto} takes the first of gcc and clang in PATH that makes x86-64 ELF files, else the
     * embedded one; {@code embedded} is clang and lld as a dependency, fetched once; anything else is the name or path
     * of a compiler such as {@code gcc}, {@code clang}, {@code musl-gcc}.
     */
    @Parameter(property = "vmm.toolchain", defaultValue = "auto")
    private String toolchain;

    /** The name or path of NASM, for {@code .asm} sources. */
    @Parameter(property = "vmm.nasm", defaultValue = "nasm")
    private String nasm;

    /**
     * The C library: {@code own}, the plugin's or {@code libcDirectory}'s; {@code system}, the compiler's; {@code none}.
     * By default {@code system} with musl-gcc, else {@code own}.
     */
    @Parameter(property = "vmm.libc")
    private String libc;

    /** Options for the compiler, separated by spaces; quotes keep a space. The working directory is the module's. */
    @Parameter(property = "vmm.cflags", defaultValue = "-Os -g -Wall")
    private String cflags;

    /** Options for the linker, separated by spaces; quotes keep a space. */
    @Parameter(property = "vmm.ldflags")
    private String ldflags;

    /** Where the boot image is linked: in its first 64 KiB, since it starts in real mode. It is entered there. */
    @Parameter(property = "vmm.bootAddress", defaultValue = "0x8000")
    private String bootAddress;

    /** Where the programs are linked. */
    @Parameter(property = "vmm.appAddress", defaultValue = "0x9000")
    private String appAddress;

    /** The number of the system call that is SAVE, as the sources see it in {@code VMM_SAVE_CALL}. */
    @Parameter(property = "vmm.saveCall", defaultValue = "400")
    private int saveCall;

    /** Links each program also as a static Linux program, {@code target/vmm/direct/NAME.elf}, for a direct start. */
    @Parameter(property = "vmm.direct", defaultValue = "false")
    private boolean direct;

    /** Where the embedded toolchain is unpacked; by default beside the local repository's artifacts. */
    @Parameter(property = "vmm.toolchainCache", defaultValue = "${settings.localRepository}/.cache/vmm")
    private File toolchainCache;

    /** The seconds that one run of a tool may take. */
    @Parameter(property = "vmm.compilerTimeout", defaultValue = "120")
    private int compilerTimeout;

    @Inject
    public AssembleMojo(MavenProject project, MavenSession session, RepositorySystem resolver) {
        super(project, session);
        this.resolver = resolver;
    }

    @Override
    protected void perform() throws IOException {
        if (!hasSources()) {
            getLog().info("Passed over: this module has no guest.");
            return;
        }
        EmbeddedLlvm embedded = new EmbeddedLlvm(
                resolver,
                session.getRepositorySession(),
                project.getRemotePluginRepositories(),
                toolchainCache.toPath(),
                getLog());
        new GuestBuild(settings(), embedded, getLog()).run();
    }

    private boolean hasSources() {
        boolean named = sourceDirectory != null || bootDirectory != null;
        return module().hasGuestSources() || named;
    }

    private GuestSettings settings() {
        if (saveCall < 0 || compilerTimeout <= 0) {
            throw new VmmException("vmm.saveCall and vmm.compilerTimeout cannot be negative");
        }
        return new GuestSettings(
                project.getBasedir().toPath(),
                module().output(),
                located("vmm.sourceDirectory", sourceDirectory, "src/main/c"),
                located("vmm.bootDirectory", bootDirectory, "src/main/boot"),
                located("vmm.libcDirectory", libcDirectory, "src/main/libc"),
                located("vmm.linkerScript", linkerScript, "src/main/ld/image.ld"),
                toolchain,
                nasm,
                libc,
                cflags,
                ldflags,
                address("vmm.bootAddress", bootAddress, 0xf000),
                address("vmm.appAddress", appAddress, HIGHEST_ADDRESS),
                saveCall,
                direct,
                Duration.ofSeconds(compilerTimeout));
    }

    /** What a parameter names must be there; what the convention names need not. */
    private Path located(String parameter, File named, String byConvention) {
        if (named == null) {
            return project.getBasedir().toPath().resolve(byConvention);
        }
        if (!named.exists()) {
            throw new VmmException(parameter + ": there is no " + named);
        }
        return named.toPath();
    }

    private static long address(String parameter, String text, long highest) {
        long address;
        try {
            address = Notation.size(text);
        } catch (VmmException e) {
            throw new VmmException(parameter + ": " + e.getMessage(), e);
        }
        if (address <= 0 || address > highest || (address & 0xfff) != 0) {
            throw new VmmException(parameter + ": " + text + " is not the address of a page from 0x1000 to 0x"
                    + Long.toHexString(highest));
        }
        return address;
    }
}
