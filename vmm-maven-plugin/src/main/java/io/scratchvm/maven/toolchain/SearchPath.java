package io.scratchvm.maven.toolchain;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where programs are looked for, as a shell would.
 *
 * @param directories in the order of the search
 * @param suffixes what a program's name may end with on this host, such as {@code ".exe"}; {@code ""} where names are
 *     whole
 */
record SearchPath(List<Path> directories, List<String> suffixes) {
    SearchPath {
        directories = List.copyOf(directories);
        suffixes = List.copyOf(suffixes);
    }

    /** The host's own: {@code PATH}. */
    static SearchPath ofHost() {
        return of(
                System.getenv(),
                File.pathSeparator,
                System.getProperty("os.name").startsWith("Windows"));
    }

    static SearchPath of(Map<String, String> environment, String separator, boolean windows) {
        List<Path> directories = new ArrayList<>();
        for (String directory : valueOfPath(environment).split(java.util.regex.Pattern.quote(separator))) {
            // The current directory, which an empty entry means, is no place to take a compiler from.
            if (!directory.isBlank()) {
                addValid(directory, directories);
            }
        }
        return new SearchPath(directories, windows ? List.of(".exe", "") : List.of(""));
    }

    /** The program that {@code name} means: a path if it has a separator, else the first such file of the directories. */
    Optional<Path> find(String name) {
        if (name.contains("/") || name.contains(File.separator)) {
            Path given = Path.of(name);
            return firstExecutable(given.getParent(), given.getFileName().toString());
        }
        return directories.stream()
                .map(directory -> firstExecutable(directory, name))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<Path> firstExecutable(Path directory, String name) {
        for (String suffix : suffixes) {
            Path candidate = directory.resolve(name + suffix);
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return Optional.of(candidate.toAbsolutePath());
            }
        }
        return Optional.empty();
    }

    /** Windows writes it {@code Path}. */
    private static String valueOfPath(Map<String, String> environment) {
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            if (variable.getKey().equalsIgnoreCase("PATH")) {
                return variable.getValue();
            }
        }
        return "";
    }

    private static void addValid(String directory, List<Path> directories) {
        try {
            directories.add(Path.of(directory.replace("\"", "")));
        } catch (InvalidPathException e) {
            // A shell passes such an entry over, too.
        }
    }
}
