package io.scratchvm.maven.toolchain;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The boot code, the C library and the linker script that the plugin brings, for modules that have none of their own. */
final class ShippedSources {
    private static final String FOLDER = "io/scratchvm/maven/guest";

    private ShippedSources() {}

    /** Writes them to a directory; files that are there already, with the same content, are left alone. */
    static void copyTo(Path directory) throws IOException {
        Path plugin = plugin();
        if (Files.isDirectory(plugin)) {
            copy(plugin.resolve(FOLDER), directory);
            return;
        }
        try (FileSystem jar = FileSystems.newFileSystem(plugin)) {
            copy(jar.getPath(FOLDER), directory);
        }
    }

    /** The plugin's jar, or its directory of classes. */
    private static Path plugin() throws IOException {
        try {
            return Path.of(ShippedSources.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IOException("cannot find the plugin's own jar", e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        for (Path file : filesOf(from)) {
            Path target = to.resolve(from.relativize(file).toString());
            byte[] content = Files.readAllBytes(file);
            if (!Files.isRegularFile(target) || !Arrays.equals(Files.readAllBytes(target), content)) {
                Files.createDirectories(target.getParent());
                Files.write(target, content);
            }
        }
    }

    private static List<Path> filesOf(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
