package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in the README does what the README says. */
class ReadmeTest {
    private static final Path README = Path.of("..", "README.md");

    @TempDir
    Path directory;

    @Test
    void theProgramRestoresTheLabsImage() throws Exception {
        Path root = Files.createDirectory(directory.resolve("root"));
        Path image = directory.resolve("vm.vmimg");
        new Session(new RecordedRun(root).configuration().build())
                .save(TestGuests.booted("ay_caramba"), new SavePoint.SaveCall(), image);

        String output = run(compile(program()), image.toString(), root.toString());

        assertThat(output.lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("RESTORE OPERATION"),
                        line -> assertThat(line).matches("WRITE 8 [0-9a-f]+ 12 - return 12"),
                        line -> assertThat(line).isEqualTo("CLOSE 8 - return 0"),
                        line -> assertThat(line).isEqualTo("EXIT 0"),
                        line -> assertThat(line.strip()).isEqualTo("EXITED 0"));
        assertThat(root.resolve("ay_caramba")).hasContent("Hello World !!!\nBye Bye !!!\n");
    }

    private static String program() throws IOException {
        Matcher program = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
        assertThat(program.find()).isTrue();
        return program.group(1);
    }

    private Path compile(String program) throws IOException {
        Path source = Files.writeString(directory.resolve("RestoreMain.java"), program);
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", engine(), "-d", directory.toString(), source.toString());
        assertThat(status).isZero();
        return directory;
    }

    private static String run(Path classes, String... arguments) throws Exception {
        return HostTools.transcript(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                engine() + File.pathSeparator + classes,
                "RestoreMain",
                arguments[0],
                arguments[1]);
    }

    private static String engine() {
        return Path.of("target", "classes").toAbsolutePath().toString();
    }
}
