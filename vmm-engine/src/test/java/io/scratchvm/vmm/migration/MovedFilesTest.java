package io.scratchvm.vmm.migration;

import static io.scratchvm.vmm.migration.SavedFiles.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.FilesPolicy;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.linux.Descriptors;
import io.scratchvm.vmm.migration.Message.WantedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Open files from one root to another. */
class MovedFilesTest {
    private static final String TOKEN = "00112233445566778899aabbccddeeff";

    @TempDir
    Path directory;

    private Path source;
    private Path root;
    private Path journal;
    private boolean overwrite;
    private long maxBytes = 1 << 30;
    private final SavedFiles files = new SavedFiles();

    @BeforeEach
    void makeRoots() throws IOException {
        source = Files.createDirectory(directory.resolve("source"));
        root = Files.createDirectory(directory.resolve("root"));
        journal = Files.createDirectory(directory.resolve("journal"));
    }

    // -- what a test says --------------------------------------------------------------------------------------------

    private IncomingFiles incoming() throws IOException {
        return new IncomingFiles(
                host(root),
                journal.resolve(TOKEN + ".files"),
                journal.resolve(TOKEN + ".replaced"),
                files.list,
                overwrite,
                maxBytes);
    }

    private void atSource(String name, String content) throws IOException {
        write(source.resolve(name), content);
    }

    private void here(String name, String content) throws IOException {
        write(root.resolve(name), content);
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    /** Has the files sent, and checked; not placed. */
    private IncomingFiles transfer() throws IOException {
        IncomingFiles incoming = incoming();
        transfer(incoming);
        return incoming;
    }

    private void transfer(IncomingFiles incoming) throws IOException {
        OutgoingFiles outgoing = new OutgoingFiles(host(source), files.list);
        for (WantedFile wanted : incoming.wanted()) {
            outgoing.send(wanted, piece -> receive(incoming, piece));
        }
        incoming.verify();
    }

    private static void receive(IncomingFiles incoming, Data piece) throws IOException {
        incoming.write(piece.index(), piece.offset(), piece.buffer(), piece.start(), (int) piece.length());
    }

    private void move() throws IOException {
        transfer().place();
    }

    /** The VM can be built on what is here, and nothing of the migration shows under the root. */
    private void restores() throws IOException {
        Descriptors.restore(host(root), 8, files.state(), FilesPolicy.FAIL, () -> false)
                .close();
        assertThat(tree(root).keySet()).noneMatch(name -> name.contains(".vmm"));
    }

    private static void refused(ThrowingCallable step, String... words) {
        assertThatThrownBy(step).isInstanceOf(VmmException.class).message().contains(words);
    }

    static TreeMap<String, String> tree(Path top) throws IOException {
        TreeMap<String, String> tree = new TreeMap<>();
        try (Stream<Path> all = Files.walk(top)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                String content = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                        ? Files.readString(path) + " "
                                + PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
                        : "";
                tree.put(top.relativize(path).toString(), content);
            }
        }
        return tree;
    }

    // -- what is sent ------------------------------------------------------------------------------------------------

    @Test
    void bringsWhatIsMissing() throws IOException {
        files.standardOutput()
                .file("/ay_caramba", "Hello World !!!\n", READ_WRITE, 0751)
                .file("/empty", "");
        atSource("ay_caramba", "Hello World !!!\n");
        atSource("empty", "");
        assertThat(incoming().wanted()).containsExactly(new WantedFile(1, 0));
        move();
        assertThat(root.resolve("ay_caramba")).hasContent("Hello World !!!\n");
        assertThat(root.resolve("empty")).isEmptyFile();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("ay_caramba"))))
                .isEqualTo("rwxr-x--x");
        restores();
    }
}
