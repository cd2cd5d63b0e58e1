package io.scratchvm.maven.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuestBuildTest {
    private static final String PROGRAM = "#include <stdio.h>\nint main(void) { puts(\"works\"); return 7; }\n";

    @TempDir
    Path root;

    private Modules module;

    @BeforeEach
    void needsGcc() {
        Tools.require("gcc");
        module = new Modules(root.resolve("module"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang", "musl-gcc"})
    void aProgramIsAllThatAModuleNeeds(String toolchain) throws IOException {
        Tools.require(toolchain);
        module.toolchain = toolchain;
        module.direct = true;
        module.write("src/main/c/hello.c", PROGRAM);

        module.build();

        assertThat(readelf("-lW", module.image("boot")))
                .contains("Entry point 0x8000")
                .containsPattern("LOAD +0x001000 0x0+8000 0x0+8000 ")
                .containsOnlyOnce("LOAD ");
        assertThat(readelf("-lW", module.image("hello")))
                .containsPattern("Entry point 0x[9a]")
                .containsPattern("LOAD +0x001000 0x0+9000 0x0+9000 ")
                .containsOnlyOnce("LOAD ");
        assertThat(readelf("-sW", module.image("hello"))).contains(" main\n").contains(" _start\n");
        Command.Result run = run(module.output().resolve("direct/hello.elf"));
        assertThat(run.status()).isEqualTo(7);
        assertThat(run.output()).isEqualTo("works");
        assertThat(module.log.warnings).isEmpty();
    }

    @Test
    void autoTakesWhatMakesElfFilesAndElseTheEmbeddedOne() throws IOException {
        String clang = Tools.require("clang");
        String lld = Path.of(Tools.require("ld.lld")).toRealPath().toString();
        script(root.resolve("bin/gcc"), "echo gcc of another machine");
        Modules other = new Modules(root.resolve("module"), new SearchPath(List.of(root.resolve("bin")), List.of("")));
        other.toolchain = "auto";
        other.write("src/main/c/hello.c", PROGRAM);
        String platform = EmbeddedLlvm.platform(System.getProperty("os.name"), System.getProperty("os.arch"));
        Path unpacked = other.cache().resolve("llvm-" + EmbeddedLlvm.VERSION + "-" + platform);
        script(unpacked.resolve("clang"), "exec '" + clang + "' \"$@\"");
        script(unpacked.resolve("lld"), "exec '" + lld + "' \"$@\"");

        other.build();

        assertThat(other.log.infos).singleElement().asString().contains("Assembled boot.elf, hello.elf with", "clang");
    }

    @Test
    void aToolchainThatIsNotThereIsNamed() throws IOException {
        module.toolchain = "no-such-cc";
        module.write("src/main/c/hello.c", PROGRAM);

        assertThatThrownBy(module::build)
                .isInstanceOf(VmmException.class)
                .hasMessageStartingWith("vmm.toolchain: there is no no-such-cc in PATH");
    }

    @Test
    void whatHasNotChangedIsNotBuiltAgain() throws IOException {
        module.write("src/main/c/hello.c", "#include \"number.h\"\nint main(void) { return NUMBER; }\n");
        Path header = module.write("src/main/c/number.h", "#define NUMBER 1\n");
        module.build();
        assertThat(module.log.infos).singleElement().asString().startsWith("Assembled boot.elf, hello.elf with");

        module.build();
        assertThat(module.log.infos).singleElement().asString().startsWith("The guest is up to date");

        byte[] before = Files.readAllBytes(module.image("hello"));
        Files.writeString(header, "#define NUMBER 2\n");
        module.build();
        assertThat(module.log.infos).singleElement().asString().startsWith("Assembled");
        assertThat(module.image("hello")).isNotEmptyFile();
        assertThat(Files.readAllBytes(module.image("hello"))).isNotEqualTo(before);

        module.cflags = "-O2";
        module.build();
        assertThat(module.log.infos).singleElement().asString().startsWith("Assembled");

        Files.delete(module.image("boot"));
        module.build();
        assertThat(module.image("boot")).isNotEmptyFile();
    }

    @Test
    void anotherToolchainBuildsAnew() throws IOException {
        Tools.require("clang");
        module.write("src/main/c/hello.c", PROGRAM);
        module.build();
        byte[] gccs = Files.readAllBytes(module.image("hello"));

        module.toolchain = "clang";
        module.build();

        assertThat(Files.readAllBytes(module.image("hello"))).isNotEqualTo(gccs);
    }

    @Test
    void aCompileErrorIsTheCompilersOwn() throws IOException {
        module.write("src/main/c/good.c", PROGRAM);
        module.write("src/main/c/wrong.c", "int main(void) {\n    return undeclared;\n}\n");

        assertThatThrownBy(module::build)
                .isInstanceOf(VmmException.class)
                .hasMessage(Path.of("src/main/c/wrong.c") + ": gcc failed with status 1; its messages are above");
        assertThat(module.log.errors).anyMatch(line -> line.contains("wrong.c:2:12: error:"));

        module.write("src/main/c/wrong.c", PROGRAM);
        module.build();
        assertThat(module.image("wrong")).isNotEmptyFile();
    }

    @Test
    void aLinkErrorIsTheLinkersOwn() throws IOException {
        module.write("src/main/c/wrong.c", "int missing(void);\nint main(void) { return missing(); }\n");

        assertThatThrownBy(module::build).isInstanceOf(VmmException.class).hasMessageContaining("wrong.elf: ");
        assertThat(module.log.errors).anyMatch(line -> line.contains("undefined reference to `missing'"));
        assertThat(module.image("wrong")).doesNotExist();
    }

    @Test
    void aSubdirectoryIsOneProgram() throws IOException {
        module.direct = true;
        module.write("src/main/c/two parts/größe.c", "#include \"größe.h\"\nint size(void) { return SIZE; }\n");
        module.write("src/main/c/two parts/größe.h", "#define SIZE 42\n");
        module.write("src/main/c/two parts/main.c", "int size(void);\nint main(void) { return size(); }\n");

        module.build();

        assertThat(run(module.output().resolve("direct/two parts.elf")).status())
                .isEqualTo(42);
    }

    @Test
    void aProgramThatIsGoneTakesItsImagesAlong() throws IOException {
        module.direct = true;
        Path gone = module.write("src/main/c/gone.c", PROGRAM);
        module.write("src/main/c/stays.c", PROGRAM);
        module.build();
        Path own = Files.writeString(module.image("of-the-users-own"), "");

        Files.delete(gone);
        module.build();

        assertThat(module.image("gone")).doesNotExist();
        assertThat(module.output().resolve("direct/gone.elf")).doesNotExist();
        assertThat(module.output().resolve("direct/stays.elf")).exists();
        assertThat(module.image("stays")).exists();
        assertThat(own).exists();
    }

    @Test
    void twoProgramsOfOneNameAreRefused() throws IOException {
        module.write("src/main/c/same.c", PROGRAM);
        module.write("src/main/c/same.S", "");

        assertThatThrownBy(module::build)
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("same.c")
                .hasMessageContaining("same.S")
                .hasMessageContaining("same.elf");
    }

    @Test
    void bootCodeForNasmIsEnteredAtItsStart() throws IOException {
        Tools.require("nasm");
        module.write("src/main/boot/boot.asm", "%include \"halt.inc\"\n  bits 16\n  section .text\nmain: STOP\n");
        Path macros = module.write("halt.inc", "%macro STOP 0\n  cli\n  hlt\n%endmacro\n");

        module.build();
        assertThat(readelf("-hlW", module.image("boot"))).containsPattern("Entry point address: +0x8000");

        Files.writeString(macros, "%macro STOP 0\n  hlt\n%endmacro\n");
        module.build();
        assertThat(module.log.infos).singleElement().asString().startsWith("Assembled");
    }

    @Test
    void nasmThatIsNotThereIsNamed() throws IOException {
        module.nasm = "no-such-nasm";
        module.write("src/main/boot/boot.asm", "  hlt\n");

        assertThatThrownBy(module::build).isInstanceOf(VmmException.class).hasMessageContaining("no-such-nasm");
    }

    /** Where the module lies must not be seen in its images. */
    @ParameterizedTest
    @ValueSource(strings = {"gcc", "clang"})
    void equalSourcesGiveEqualImages(String toolchain) throws IOException {
        Tools.require(toolchain);
        // Clang heeds SOURCE_DATE_EPOCH from version 16 on only.
        String date = toolchain.equals("gcc") ? "__DATE__ __TIME__" : "\"\"";
        Modules other = new Modules(root.resolve("another place/deeper"));
        for (Modules one : List.of(module, other)) {
            one.toolchain = toolchain;
            one.write(
                    "src/main/c/dated.c",
                    "#include <assert.h>\n#include <stdio.h>\n"
                            + "int main(int argc, char **argv) { assert(argv); puts(" + date + "); return argc; }\n");
            one.build();
        }

        assertThat(module.image("dated")).hasSameBinaryContentAs(other.image("dated"));
        assertThat(module.image("boot")).hasSameBinaryContentAs(other.image("boot"));
    }

    @Test
    void theSaveCallsNumberReachesTheProgram() throws IOException {
        module.direct = true;
        module.write("src/main/c/number.c", "#include <vmm.h>\nint main(void) { return VMM_SAVE_CALL == 400; }\n");

        module.build();

        assertThat(run(module.output().resolve("direct/number.elf")).status()).isEqualTo(1);
    }

    private static void script(Path file, String command) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + command + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private String readelf(String options, Path image) throws IOException {
        Command.Result result = new Command(root, Duration.ofMinutes(1))
                .run(List.of(Tools.require("readelf"), options, image.toString()));
        assertThat(result.succeeded()).as(result.output()).isTrue();
        return result.output() + "\n";
    }

    private Command.Result run(Path program) throws IOException {
        return new Command(root, Duration.ofMinutes(1)).run(List.of(program.toString()));
    }
}
