package io.scratchvm.vmm.cpu.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.cpu.interpreter.SystemProgram.Report;
import io.scratchvm.vmm.cpu.state.Flags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the programs of {@code src/test/resources/system}, which try what is privileged, allowed or forbidden in each
 * mode and report every exception's frame. What they are to report stands beside them, line by line; where QEMU is
 * installed it must report the same, but for the lines that the source marks.
 */
class SystemProgramsTest {
    private static final String NOT_QEMU = "not QEMU";
    private static final Pattern FLAGS = Pattern.compile("flags ([0-9a-f]+)");

    @ParameterizedTest
    @ValueSource(strings = {"long", "protected"})
    void reportsWhatTheManualSays(String name) throws IOException {
        SystemProgram program = new SystemProgram(name);

        String reported = program.runHere().stream().map(r -> r + "\n").collect(Collectors.joining());

        Files.writeString(Path.of("target", name + ".reported"), reported);
        assertThat(reported).isEqualTo(program.text(".expected"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"long", "protected"})
    void imageIsWhatNasmMakesOfTheSource(String name, @TempDir Path directory) throws Exception {
        HostTools.require("nasm");
        SystemProgram program = new SystemProgram(name);

        assertThat(program.assemble(directory)).isEqualTo(program.image());
    }

    @ParameterizedTest
    @ValueSource(strings = {"long", "protected"})
    void qemuReportsTheSame(String name, @TempDir Path directory) throws Exception {
        HostTools.require("qemu-system-x86_64");
        SystemProgram program = new SystemProgram(name);
        List<String> source = program.text(".asm").lines().toList();

        List<Report> theirs = program.runUnderQemu(directory);
        List<Report> ours = program.runHere().subList(0, theirs.size());

        assertThat(theirs).hasSizeGreaterThan(100);
        assertThat(comparable(ours, source)).isEqualTo(comparable(theirs, source));
    }

    /** Without the marked lines, and without RF in pushed flags, which QEMU leaves clear. */
    private static List<String> comparable(List<Report> reports, List<String> source) {
        return reports.stream()
                .filter(r -> !source.get(r.line() - 1).contains(NOT_QEMU))
                .map(r -> FLAGS.matcher(r.toString()).replaceFirst(SystemProgramsTest::withoutResumeFlag))
                .toList();
    }

    private static String withoutResumeFlag(MatchResult flags) {
        return "flags " + Integer.toHexString(Integer.parseInt(flags.group(1), 16) & ~Flags.RF);
    }
}
