package io.scratchvm.vmm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DirectoryHostTest {
    @TempDir
    Path root;

    private DirectoryHost host;

    @BeforeEach
    void open() throws IOException {
        host = host(InputStream.nullInputStream());
    }

    private DirectoryHost host(InputStream input) throws IOException {
        OutputStream nowhere = OutputStream.nullOutputStream();
        return new DirectoryHost(root, input, nowhere, nowhere);
    }

    private static GuestPath path(String text) throws IOException {
        return GuestPath.parse(text);
    }

    @Test
    void needsADirectory() throws Exception {
        OutputStream nowhere = OutputStream.nullOutputStream();
        for (Path wrong : new Path[] {root.resolve("nothing"), Files.writeString(root.resolve("f"), "")}) {
            assertThatThrownBy(() -> new DirectoryHost(wrong, InputStream.nullInputStream(), nowhere, nowhere))
                    .isInstanceOf(VmmException.class)
                    .hasMessageContainingAll(wrong.toString(), "--root");
        }
    }

    @Test
    void readsWritesAndSizesFiles() throws Exception {
        try (HostFile file = host.create(path("/f"), Host.Access.READ_WRITE, 0600)) {
            file.write(5, "hello".getBytes(), 0, 5);
            byte[] bytes = new byte[20];
            assertThat(file.read(0, bytes, 0, 20)).isEqualTo(10);
            assertThat(new String(bytes, 0, 10)).isEqualTo("\0\0\0\0\0hello");
            assertThat(file.read(10, bytes, 0, 20)).isZero();
            assertThat(file.read(1000, bytes, 0, 20)).isZero();
            file.setSize(100);
            assertThat(file.size()).isEqualTo(100);
            file.setSize(3);
            assertThat(file.size()).isEqualTo(3);
            assertThat(file.key()).isEqualTo(host.status(path("/f")).key());
        }
        assertThatThrownBy(() -> host.create(path("/f"), Host.Access.READ, 0600))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void tellsWhatMayNotBeDoneWithAFile() throws Exception {
        Files.writeString(root.resolve("f"), "x");
        try (HostFile file = host.open(path("/f"), Host.Access.READ)) {
            assertThatThrownBy(() -> file.write(0, new byte[1], 0, 1)).isInstanceOf(AccessDeniedException.class);
        }
        assertThatThrownBy(() -> host.open(path("/"), Host.Access.READ)).isInstanceOf(AccessDeniedException.class);
    }

    @Test
    void followsNoLinkByItself() throws Exception {
        Files.writeString(root.resolve("f"), "x");
        Files.createSymbolicLink(root.resolve("link"), Path.of("f"));
        assertThat(host.status(path("/link")).kind()).isEqualTo(FileStatus.Kind.LINK);
        assertThat(host.readLink(path("/link"))).isEqualTo("f");
        assertThatThrownBy(() -> host.open(path("/link"), Host.Access.READ)).isInstanceOf(AccessDeniedException.class);
        assertThatThrownBy(() -> host.create(path("/link"), Host.Access.READ, 0600))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void makesFilesWithoutANameThatGoWhenClosed() throws Exception {
        try (HostFile file = host.createUnnamed()) {
            file.write(0, "x".getBytes(), 0, 1);
            assertThat(file.size()).isEqualTo(1);
        }
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void worksOnDirectories() throws Exception {
        host.createDirectory(path("/d"), 0700);
        host.create(path("/d/b"), Host.Access.WRITE, 0600).close();
        host.create(path("/d/a"), Host.Access.WRITE, 0600).close();
        assertThat(host.list(path("/d"))).containsExactly("a", "b");
        host.rename(path("/d/b"), path("/d/a"));
        assertThat(host.list(path("/d"))).containsExactly("a");
        host.delete(path("/d/a"));
        host.delete(path("/d"));
        assertThatThrownBy(() -> host.status(path("/d"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void saysNoPathThatClimbs() {
        for (String text : new String[] {"..", "/a/../b", ".", "/a/./b", "a\\b", "c:", "nul"}) {
            assertThatThrownBy(() -> path(text)).as(text).isInstanceOf(InvalidNameException.class);
        }
    }

    @Test
    void movesPaths() throws Exception {
        assertThat(path("/a/b/c").moved(path("/a"), path("/x/y"))).hasToString("/x/y/b/c");
        assertThat(path("/a/b").startsWith(path("/a"))).isTrue();
        assertThat(path("/ab").startsWith(path("/a"))).isFalse();
        assertThat(path("//a//b/").parent()).isEqualTo(path("a"));
        assertThat(GuestPath.ROOT.parent()).isEqualTo(GuestPath.ROOT).hasToString("/");
    }

    // -- input
    // ---------------------------------------------------------------------------------------------------------

    /** A stream that gives one byte for each permit, and tells how many bytes were asked for. */
    private static final class Trickle extends InputStream {
        private final java.util.concurrent.Semaphore permits = new java.util.concurrent.Semaphore(0);
        private volatile int asked;

        @Override
        public int read() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            asked++;
            try {
                permits.acquire();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            to[offset] = (byte) ('a' + asked - 1);
            return 1;
        }
    }

    @Test
    void keepsWhatComesAfterTheWait() throws Exception {
        Trickle trickle = new Trickle();
        DirectoryHost host = host(trickle);
        byte[] to = new byte[10];
        assertThat(host.readInput(to, 0, 10, 0)).isZero();
        assertThat(trickle.asked).isZero();
        assertThat(host.readInput(to, 0, 10, 30)).isZero();
        assertThat(host.readInput(to, 0, 10, 30)).isZero();
        assertThat(trickle.asked).isEqualTo(1);
        trickle.permits.release();
        assertThat(host.readInput(to, 0, 10, 30_000)).isEqualTo(1);
        assertThat(to[0]).isEqualTo((byte) 'a');
        trickle.permits.release();
        assertThat(host.readInput(to, 0, 10, 30_000)).isEqualTo(1);
        assertThat(to[0]).isEqualTo((byte) 'b');
        assertThat(trickle.asked).isEqualTo(2);
    }

    @Test
    void tellsTheEndAndTrouble() throws Exception {
        byte[] to = new byte[10];
        assertThat(host.readInput(to, 0, 10, 30_000)).isEqualTo(-1);
        assertThat(host.readInput(to, 0, 10, 30_000)).isEqualTo(-1);
        DirectoryHost broken = host(new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("gone");
            }
        });
        assertThatThrownBy(() -> broken.readInput(to, 0, 10, 30_000))
                .isInstanceOf(IOException.class)
                .hasMessage("gone");
    }
}
