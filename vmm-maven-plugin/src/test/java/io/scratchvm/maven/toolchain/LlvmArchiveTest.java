package io.scratchvm.maven.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlvmArchiveTest {
    private static final String LINUX = "org/bytedeco/llvm/linux-x86_64/";

    @TempDir
    Path root;

    @Test
    void onlyWhatClangAndLldNeedIsUnpacked() throws IOException {
        Path jar = jar(
                LINUX + "clang",
                LINUX + "lld",
                LINUX + "llvm-nm",
                LINUX + "libLLVM.so",
                LINUX + "libclang-cpp.so",
                LINUX + "libclang.so",
                LINUX + "libjniLLVM.so",
                LINUX + "lib/clang/20/include/stddef.h",
                LINUX + "include/llvm/Pass.h",
                "org/bytedeco/llvm/Pass.class");

        assertThat(unpack(jar, "linux-x86_64"))
                .containsExactlyInAnyOrder(
                        "clang", "lld", "libLLVM.so.20.1", "libclang-cpp.so.20.1", "lib/clang/20/include/stddef.h");
        assertThat(root.resolve("out/clang")).isExecutable();
        assertThat(root.resolve("out/lld")).isExecutable();
    }

    @Test
    void otherHostsHaveOtherNames() throws IOException {
        String windows = "org/bytedeco/llvm/windows-x86_64/";
        String mac = "org/bytedeco/llvm/macosx-arm64/";

        assertThat(unpack(jar(windows + "clang.exe", windows + "lld.exe", windows + "jniLLVM.dll"), "windows-x86_64"))
                .containsExactlyInAnyOrder("clang.exe", "lld.exe");
        Files.move(root.resolve("out"), root.resolve("windows"));
        assertThat(unpack(jar(mac + "clang", mac + "lld", mac + "libLLVM.dylib"), "macosx-arm64"))
                .containsExactlyInAnyOrder("clang", "lld", "libLLVM.dylib");
    }

    @Test
    void noEntryLeadsOutOfTheDirectory() throws IOException {
        Path jar = jar(
                LINUX + "clang",
                LINUX + "lld",
                LINUX + "../../../../../escaped.h",
                LINUX + "lib/clang/20/include/../../../../../escaped.h",
                LINUX + "lib/clang/20/include/..");

        unpack(jar, "linux-x86_64");

        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files).noneMatch(file -> file.getFileName().toString().contains("escaped"));
        }
    }

    @Test
    void aJarWithoutThePrograms() throws IOException {
        Path jar = jar(LINUX + "clang");

        assertThatThrownBy(() -> unpack(jar, "linux-x86_64"))
                .isInstanceOf(VmmException.class)
                .hasMessageEndingWith("holds no lld");
    }

    @Test
    void theHostIsNamedAsTheArtifactsAre() {
        assertThat(EmbeddedLlvm.platform("Linux", "amd64")).isEqualTo("linux-x86_64");
        assertThat(EmbeddedLlvm.platform("Mac OS X", "aarch64")).isEqualTo("macosx-arm64");
        assertThat(EmbeddedLlvm.platform("Windows 11", "amd64")).isEqualTo("windows-x86_64");
    }

    private Path jar(String... entries) throws IOException {
        Path jar = root.resolve("llvm.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (String entry : entries) {
                zip.putNextEntry(new ZipEntry(entry));
                zip.write(entry.getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return jar;
    }

    private Stream<String> unpack(Path jar, String platform) throws IOException {
        Path out = Files.createDirectories(root.resolve("out"));
        new LlvmArchive(platform, "20.1.7-1.5.12").unpack(jar, out);
        try (Stream<Path> files = Files.walk(out)) {
            return files
                    .filter(Files::isRegularFile)
                    .map(file -> out.relativize(file).toString().replace('\\', '/'))
                    .toList()
                    .stream();
        }
    }
}
