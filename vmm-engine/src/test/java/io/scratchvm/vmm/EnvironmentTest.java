package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmmException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The environment that a program is started in. */
class EnvironmentTest {
    @TempDir
    Path directory;

    private String environmentOf(Map<String, String> given) throws Exception {
        Path busybox = HostTools.installed("busybox");
        RecordedRun run = new RecordedRun(directory);
        Start start = new Start.Program(busybox, List.of("env")).withEnvironment(given);
        assertThat(new Session(run.configuration().build()).run(start).status()).isZero();
        return run.output();
    }

    @Test
    void isWhatTheUserGivesInItsOrder() throws Exception {
        Map<String, String> given = new LinkedHashMap<>();
        given.put("Z", "last=first");
        given.put("EMPTY", "");
        given.put("A", "caf\u00e9");
        assertThat(environmentOf(given)).isEqualTo("Z=last=first\nEMPTY=\nA=caf\u00e9\n");
    }

    @Test
    void hasNothingOfTheHosts() throws Exception {
        assertThat(environmentOf(Map.of())).isEmpty();
    }

    @Test
    void isForProgramsAlone() {
        Start kernel = new Start.Multiboot(directory.resolve("kernel"), List.of());
        assertThat(kernel.withEnvironment(Map.of())).isSameAs(kernel);
        assertThatThrownBy(() -> kernel.withEnvironment(Map.of("A", "1")))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("only a program that is started directly has an environment");
    }

    @Test
    void hasNamesThatCanBeAskedFor() {
        for (String name : List.of("", "A=B")) {
            assertThatThrownBy(() -> new Start.Program(directory, List.of(), Map.of(name, "1")))
                    .isInstanceOf(VmmException.class)
                    .hasMessage("'" + name + "' cannot be an environment variable's name");
        }
    }
}
