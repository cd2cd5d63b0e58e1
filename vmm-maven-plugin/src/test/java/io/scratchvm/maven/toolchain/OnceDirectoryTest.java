package io.scratchvm.maven.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnceDirectoryTest {
    @TempDir
    Path root;

    @Test
    void manyAtATimeFillItOnce() throws Exception {
        Path path = root.resolve("cache/tools");
        AtomicInteger fillings = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(threads.submit(() -> {
                new OnceDirectory(path).create(directory -> {
                    fillings.incrementAndGet();
                    sleep();
                    Files.writeString(directory.resolve("tool"), "whole");
                });
                assertThat(path.resolve("tool")).hasContent("whole");
                return null;
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        threads.shutdown();

        assertThat(fillings).hasValue(1);
    }

    @Test
    void aFailureLeavesNothing() throws IOException {
        Path path = root.resolve("tools");

        assertThatThrownBy(() -> new OnceDirectory(path).create(directory -> {
                    Files.writeString(directory.resolve("half"), "half");
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");

        try (var files = Files.list(root)) {
            assertThat(files).containsExactly(root.resolve("tools.lock"));
        }
    }

    @Test
    void whatACrashLeftBehindIsThrownAway() throws IOException {
        Path path = root.resolve("tools");
        Files.createDirectories(root.resolve("tools.incomplete/deep"));
        Files.writeString(root.resolve("tools.incomplete/deep/half"), "half");

        new OnceDirectory(path).create(directory -> Files.writeString(directory.resolve("tool"), "whole"));

        try (var files = Files.walk(path)) {
            assertThat(files).containsExactlyInAnyOrder(path, path.resolve("tool"));
        }
    }

    private static void sleep() throws IOException {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
