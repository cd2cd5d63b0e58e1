package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErrorMessageTest {
    @TempDir
    Path directory;

    @Test
    void saysWhatJavaLeavesOut() throws IOException {
        Path missing = directory.resolve("missing");
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(messageOf(() -> Files.readAllBytes(missing))).isEqualTo(missing + ": no such file or directory");
        assertThat(messageOf(() -> Files.createFile(file))).isEqualTo(file + ": the file exists already");
        assertThat(messageOf(() -> Files.delete(directory))).isEqualTo(directory + ": the directory is not empty");
        assertThat(messageOf(() -> Files.readAllBytes(directory))).containsIgnoringCase("is a directory");
    }

    @Test
    void isAlwaysOneLine() {
        assertThat(ErrorMessage.of(new VmmException("a\nb\u001b[31mc"))).isEqualTo("a b [31mc");
        assertThat(ErrorMessage.of(new IOException())).isNotBlank();
        assertThat(ErrorMessage.of(new OutOfMemoryError())).contains("-Xmx");
        assertThat(ErrorMessage.of(new IllegalStateException("why")))
                .contains("internal error")
                .contains("why");
    }

    private static String messageOf(ThrowingCallable call) {
        return ErrorMessage.of(catchThrowable(call));
    }
}
