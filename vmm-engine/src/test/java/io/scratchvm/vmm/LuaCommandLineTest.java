package io.scratchvm.vmm;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lua's command line, static, with both C libraries: over scripts, options and a conversation as on the host. */
@Timeout(300)
class LuaCommandLineTest {
    private static final Path SOURCES = Path.of("/usr/src/lua5.4/src");
    private static final String LINES = "one line\nanother, with ümläuts\n\nthe last without an end";

    private static final String CONVERSATION = "x = 6 * 7\nx\n= x, 'equals'\nfor i = 1, 3 do\nio.write(i, ' ')\nend\n"
            + "error('goes on')\nx +\n1\nlocal y = 1\ny\nprint('unfinished'";

    @TempDir
    Path directory;

    @Test
    void aScript() throws Exception {
        new RealProgram(directory, lua("musl-gcc"), LINES, "script.lua")
                .with("script.lua", RealProgram.resource("script.lua"))
                .runsAsOnTheHost();
    }

    @ParameterizedTest
    @CsvSource({"gcc, exit", "gcc, error", "musl-gcc, exit", "musl-gcc, error"})
    void aScriptThatRunsOtherPrograms(String compiler, String ending) throws Exception {
        new RealProgram(directory, lua(compiler), "", "commands.lua", ending)
                .with("commands.lua", RealProgram.resource("commands.lua"))
                .withProgram("bin/sh", HostTools.installed("busybox"))
                .runsAsOnTheHost();
    }

    @ParameterizedTest
    @CsvSource({"gcc, -i", "gcc, -", "musl-gcc, -i", "musl-gcc, -"})
    void standardInput(String compiler, String how) throws Exception {
        new RealProgram(directory, lua(compiler), CONVERSATION, how).runsAsOnTheHost();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"-v -W -e print(_VERSION,#arg) -l module", "-E -e return", "-e error(nil)", "-x", "missing.lua"})
    void options(String options) throws Exception {
        new RealProgram(directory, lua("musl-gcc"), "", options.split(" "))
                .with("module.lua", "print('module', ...); warn('a ', 'warning'); return {}")
                .runsAsOnTheHost();
    }

    private static Path lua(String compiler) throws Exception {
        HostTools.requireSource(SOURCES.resolve("lua.c").toString());
        List<String> command = new ArrayList<>(List.of(compiler, "-static", "-w", "-O1", "-DLUA_USE_POSIX"));
        try (Stream<Path> files = Files.list(SOURCES)) {
            files.map(Path::toString)
                    .filter(file -> file.endsWith(".c") && !file.endsWith("/luac.c"))
                    .sorted()
                    .forEach(command::add);
        }
        command.add("-lm");
        return BuiltProgram.of("lua", command.toArray(String[]::new));
    }
}
