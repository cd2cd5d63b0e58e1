package io.scratchvm.maven.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The guest's C library against the host's: one program, linked with either, run on Linux, must say the same. The
 * program is in {@code libc/check.c}.
 */
class GuestLibcTest {
    private static final Path LIBC =
            Path.of("../guest/src/main/libc").toAbsolutePath().normalize();

    @TempDir
    Path root;

    @ParameterizedTest
    @CsvSource({
        "gcc,-O0",
        "gcc,-O1",
        "gcc,-O2",
        "gcc,-O3",
        "gcc,-Os",
        "clang,-O0",
        "clang,-O1",
        "clang,-O2",
        "clang,-O3"
    })
    void bothLibrariesSayTheSame(String compiler, String optimisation) throws IOException {
        Tools.require(compiler);
        String expected = onHost();

        String actual = onGuestLibc(compiler, optimisation);

        assertThat(actual.lines()).containsExactlyElementsOf(expected.lines().toList());
        assertThat(expected).endsWith("DONE");
    }

    private String onHost() throws IOException {
        Path program = root.resolve("host");
        succeed(List.of(
                Tools.require("gcc"),
                "-w",
                "-O0",
                "-fno-builtin",
                "-o",
                program.toString(),
                checkIn(root).toString()));
        return runIn(root.resolve("host-files"), program);
    }

    /** The library's sources become part of the program, so that they are compiled with the flags under test. */
    private String onGuestLibc(String compiler, String optimisation) throws IOException {
        Modules module = new Modules(root.resolve("module"));
        Path sources = Files.createDirectories(root.resolve("module/src/main/c/check"));
        try (Stream<Path> files = Files.list(LIBC)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, sources.resolve(file.getFileName()));
            }
        }
        checkIn(sources);
        module.toolchain = compiler;
        module.libc = "none";
        module.libcDirectory = LIBC;
        module.cflags = optimisation + " -Wall -Wextra -Werror -Wno-format";
        module.direct = true;
        module.build();
        return runIn(root.resolve("guest-files"), module.output().resolve("direct/check.elf"));
    }

    private static Path checkIn(Path directory) throws IOException {
        Path source = directory.resolve("check.c");
        try (InputStream in = GuestLibcTest.class.getResourceAsStream("/libc/check.c")) {
            Files.write(source, in.readAllBytes());
        }
        return source;
    }

    private String runIn(Path directory, Path program) throws IOException {
        Files.createDirectories(directory);
        Command.Result result = new Command(directory, Duration.ofMinutes(1))
                .run(new ArrayList<>(List.of(program.toString(), "first argument", "second")));
        assertThat(result.status()).as(result.output()).isEqualTo(3);
        return result.output();
    }

    private void succeed(List<String> command) throws IOException {
        Command.Result result = new Command(root, Duration.ofMinutes(1)).run(command);
        assertThat(result.succeeded()).as(result.output()).isTrue();
    }
}
