package io.scratchvm.vmm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingTest {
    @TempDir
    Path directory;

    private final VmConfiguration.Builder builder = VmConfiguration.builder();

    @Test
    void appliesEachWordToTheConfiguration() throws IOException {
        Path key = Files.write(directory.resolve("key"), new byte[] {1, 2, 3});
        Setting.MEMORY.apply(builder, "1M");
        Setting.ROOT.apply(builder, "some/where");
        Setting.FILES.apply(builder, "embed");
        Setting.KEY.apply(builder, key.toString());
        Setting.LAZY.apply(builder, "true");
        Setting.ENGINE.apply(builder, "interpreter");
        Setting.CLOCK.apply(builder, "host");
        Setting.RANDOM.apply(builder, "host");
        Setting.SAVE_CALL.apply(builder, "401");
        Setting.SAVE_IMAGE.apply(builder, "other.vmimg");
        Setting.FIRST_DESCRIPTOR.apply(builder, "5");
        Setting.MAX_INSTRUCTIONS.apply(builder, "1000");
        Setting.TIMEOUT.apply(builder, "10s");
        Setting.MAX_OUTPUT.apply(builder, "2K");

        VmConfiguration configuration = builder.build();
        assertThat(configuration.memorySize()).hasValue(1 << 20);
        assertThat(configuration.root()).isEqualTo(Path.of("some", "where"));
        assertThat(configuration.files()).isEqualTo(FilesPolicy.EMBED);
        assertThat(configuration.imageKey()).containsExactly(1, 2, 3);
        assertThat(configuration.lazy()).isTrue();
        assertThat(configuration.engine()).hasValue(EngineKind.INTERPRETER);
        assertThat(configuration.clock()).hasValue(TimeSource.HOST);
        assertThat(configuration.random()).hasValue(RandomSource.HOST);
        assertThat(configuration.saveCall()).hasValue(401);
        assertThat(configuration.saveImage()).isEqualTo(Path.of("other.vmimg"));
        assertThat(configuration.firstDescriptor()).hasValue(5);
        assertThat(configuration.limits()).isEqualTo(new Limits(1000, Duration.ofSeconds(10), 2048));
    }

    @Test
    void takesALimitAwayAgain() throws IOException {
        builder.limits(new Limits(1, Duration.ofSeconds(1), 1));
        Setting.MAX_INSTRUCTIONS.apply(builder, "none");
        Setting.TIMEOUT.apply(builder, "none");
        Setting.MAX_OUTPUT.apply(builder, "none");
        assertThat(builder.build().limits()).isEqualTo(Limits.NONE);
    }

    @Test
    void refusesAnEngineThatDoesNotExist() {
        assertThatThrownBy(() -> Setting.ENGINE.apply(builder, "jit"))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("jit");
    }

    @Test
    void refusesKeysThatAreNone() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));
        Path huge = Files.write(directory.resolve("huge"), new byte[(1 << 16) + 1]);
        assertThatThrownBy(() -> Setting.KEY.apply(builder, empty.toString())).isInstanceOf(VmmException.class);
        assertThatThrownBy(() -> Setting.KEY.apply(builder, huge.toString())).isInstanceOf(VmmException.class);
        assertThatThrownBy(() ->
                        Setting.KEY.apply(builder, directory.resolve("none").toString()))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void saysThatAKeyIsNoDirectory() {
        assertThatThrownBy(() -> Setting.KEY.apply(builder, directory.toString()))
                .isInstanceOf(VmmException.class)
                .hasMessage(directory + " is a directory; a key is a file");
    }

    @Test
    void refusesMoreMemoryThanAnyVmHas() throws IOException {
        Setting.MEMORY.apply(builder, "1024G");
        assertThat(builder.build().memorySize()).hasValue(VmConfiguration.MAX_MEMORY);
        for (String size : new String[] {"1025G", "0x7ffffffffffff000", "0"}) {
            assertThatThrownBy(() -> Setting.MEMORY.apply(builder, size)).isInstanceOf(VmmException.class);
        }
    }

    @Test
    void refusesPathsThatCannotBe() {
        assertThatThrownBy(() -> Setting.ROOT.apply(builder, "a\0b"))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("path");
    }
}
