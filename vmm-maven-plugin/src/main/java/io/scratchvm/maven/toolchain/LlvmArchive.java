package io.scratchvm.maven.toolchain;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The jar of {@code org.bytedeco:llvm}: which of its thousands of files clang and lld need, and under which names.
 *
 * @param platform the jar's classifier
 * @param version the jar's version, which begins with LLVM's
 */
record LlvmArchive(String platform, String version) {
    /** What all unpacked files together may take. */
    private static final long LARGEST = 4L << 30;

    /** The shared libraries of the two programs; those for Java are not among them. */
    private static final Pattern LIBRARY = Pattern.compile("(lib)?(LLVM|clang-cpp)(-[0-9]+)?\\.(so|dylib|dll)[.0-9]*");

    /** The compiler's own headers. */
    private static final Pattern HEADER = Pattern.compile("lib/clang/[0-9]+/include/[^/]+\\.h");

    /** A program's file name on that platform. */
    String program(String name) {
        return platform.startsWith("windows") ? name + ".exe" : name;
    }

    /**
     * Unpacks what is needed into an empty directory.
     *
     * @throws VmmException if the jar is not as it should be
     */
    void unpack(Path jar, Path directory) throws IOException {
        String prefix = "org/bytedeco/llvm/" + platform + "/";
        long total = 0;
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                if (entry.getName().startsWith(prefix)
                        && isNeeded(entry.getName().substring(prefix.length()))) {
                    Path target = target(directory, entry.getName().substring(prefix.length()));
                    total += unpack(zip, entry, target, LARGEST - total);
                }
            }
        }
        for (String program : programs()) {
            makeExecutable(jar, directory.resolve(program));
        }
    }

    private boolean isNeeded(String name) {
        return programs().contains(name)
                || LIBRARY.matcher(name).matches()
                || HEADER.matcher(name).matches();
    }

    private Set<String> programs() {
        return Set.of(program("clang"), program("lld"));
    }

    /** Where an entry goes: inside of the directory, whatever its name says. */
    private Path target(Path directory, String name) {
        Path target = directory.resolve(fileName(name)).normalize();
        if (!target.startsWith(directory)) {
            throw new VmmException("the jar of the embedded compiler has an entry that leads out of it: " + name);
        }
        return target;
    }

    /**
     * On Linux the programs look for libLLVM.so.20.1, the library's SONAME, and the jar, which cannot hold a symbolic
     * link, has libLLVM.so.
     */
    private String fileName(String name) {
        boolean unversioned = LIBRARY.matcher(name).matches() && name.endsWith(".so");
        return unversioned ? name + "." + version.substring(0, version.indexOf('.', version.indexOf('.') + 1)) : name;
    }

    private static long unpack(ZipFile zip, ZipEntry entry, Path target, long limit) throws IOException {
        Files.createDirectories(target.getParent());
        try (InputStream in = zip.getInputStream(entry);
                var out = Files.newOutputStream(target)) {
            byte[] buffer = new byte[1 << 16];
            long size = 0;
            for (int count; (count = in.read(buffer)) > 0; size += count) {
                if (size + count > limit) {
                    throw new VmmException(
                            "the jar of the embedded compiler is larger than it can be: " + zip.getName());
                }
                out.write(buffer, 0, count);
            }
            return size;
        }
    }

    private static void makeExecutable(Path jar, Path program) throws IOException {
        if (!Files.isRegularFile(program)) {
            throw new VmmException(jar + " holds no " + program.getFileName());
        }
        if (!program.toFile().setExecutable(true, false)) {
            throw new IOException("cannot make executable: " + program);
        }
    }
}
