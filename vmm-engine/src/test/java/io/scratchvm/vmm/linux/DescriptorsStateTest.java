package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.linux.Caller.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.FilesPolicy;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.host.DirectoryHost;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.FileDigest;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.FileSaver;
import io.scratchvm.vmm.linux.file.FilesState;
import io.scratchvm.vmm.linux.file.FilesState.DescriptorState;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DescriptorsStateTest {
    private static final int RDWR_CREAT = 0x42, APPEND = 0x400, RDONLY = 0;

    @TempDir
    Path root;

    private Caller caller;
    private DirectoryHost host;

    @BeforeEach
    void start() throws Exception {
        caller = new Caller(root);
        host = new DirectoryHost(
                root,
                new ByteArrayInputStream(new byte[0]),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream());
    }

    private FilesState save(FilesPolicy policy) throws IOException {
        return caller.process.descriptors().state(host, policy, () -> false);
    }

    private Caller restore(FilesState state, FilesPolicy policy) throws IOException {
        return new Caller(new Setting(root), Descriptors.restore(host, 8, state, policy, () -> false));
    }

    private static void refuses(org.assertj.core.api.ThrowableAssert.ThrowingCallable restore, String... words) {
        assertThatThrownBy(restore).isInstanceOf(VmmException.class).message().contains(words);
    }

    @Test
    void goesOnWhereTheLabsProgramStopped() throws Exception {
        caller.open("./ay_caramba", 32834, 511);
        caller.write(8, "Hello World !!!\n");
        FilesState state = save(FilesPolicy.FAIL);
        caller.process.descriptors().close();

        Caller restored = restore(state, FilesPolicy.FAIL);
        assertThat(restored.write(8, "Bye Bye !!!\n")).isEqualTo(12);
        assertThat(restored.call(CLOSE, 8)).isZero();
        assertThat(root.resolve("ay_caramba")).hasContent("Hello World !!!\nBye Bye !!!\n");

        assertThat(restore(state, FilesPolicy.FAIL).write(8, "Bye Bye !!!\n")).isEqualTo(12);
        assertThat(root.resolve("ay_caramba")).hasContent("Hello World !!!\nBye Bye !!!\n");
    }

    @Test
    void keepsNumbersFlagsAndSharedOffsets() throws Exception {
        caller.open("f", RDWR_CREAT | 0x80 | 0x200 | APPEND | 0x80000, 0640);
        caller.write(8, "0123456789");
        caller.call(33, 8, 20);
        caller.open("f", RDONLY, 0);
        caller.call(LSEEK, 9, 3, 0);
        caller.call(CLOSE, 0);
        FilesState state = save(FilesPolicy.FAIL);
        Caller restored = restore(state, FilesPolicy.FAIL);

        assertThat(restored.call(72, 8, 1, 0)).isEqualTo(1);
        assertThat(restored.call(72, 20, 1, 0)).isZero();
        assertThat(restored.call(72, 8, 3, 0)).isEqualTo(2 | APPEND | 0x8000);
        restored.call(LSEEK, 20, 5, 0);
        assertThat(restored.call(LSEEK, 8, 0, 1)).isEqualTo(5);
        assertThat(restored.read(9, 2)).isEqualTo(2);
        assertThat(restored.text(2)).isEqualTo("34");
        assertThat(restored.call(READ, 0, BUFFER, 1)).isEqualTo(-Errno.EBADF);
        assertThat(restored.process.descriptors().state(host, FilesPolicy.FAIL, () -> false))
                .usingRecursiveComparison()
                .ignoringFields("files.offset")
                .isEqualTo(state);
    }

    @Test
    void neverTruncatesOrCreatesAgain() throws Exception {
        caller.open("f", RDWR_CREAT | 0x200, 0600);
        caller.write(8, "kept");
        FilesState state = save(FilesPolicy.FAIL);
        assertThat(state.files()).filteredOn(f -> f.kind() == FileKind.FILE).allMatch(f -> f.flags() == 2);
        restore(state, FilesPolicy.FAIL);
        assertThat(root.resolve("f")).hasContent("kept");
        Files.delete(root.resolve("f"));
        for (FilesPolicy policy : FilesPolicy.values()) {
            refuses(() -> restore(state, policy), "/f", "is gone", "--files embed");
        }
        assertThat(root.resolve("f")).doesNotExist();
    }

    @Test
    void refusesAShorterFileUnlessToldToAcceptIt() throws Exception {
        FilesState state = saved("f", "0123456789");
        Files.writeString(root.resolve("f"), "01234");
        refuses(() -> restore(state, FilesPolicy.FAIL), "/f", "shorter: 5 bytes, but 10", "--files accept");
        refuses(() -> restore(state, FilesPolicy.TRUNCATE), "/f", "shorter");
        assertThat(restore(state, FilesPolicy.ACCEPT).call(LSEEK, 8, 0, 1)).isEqualTo(10);
        assertThat(root.resolve("f")).hasContent("01234");
    }

    @Test
    void refusesOtherContentsUnlessToldToAcceptThem() throws Exception {
        FilesState state = saved("f", "0123456789");
        Files.writeString(root.resolve("f"), "012345678x and more");
        refuses(() -> restore(state, FilesPolicy.FAIL), "/f", "other contents", "--files accept");
        refuses(() -> restore(state, FilesPolicy.TRUNCATE), "/f", "other contents");
        restore(state, FilesPolicy.ACCEPT);
        assertThat(root.resolve("f")).hasContent("012345678x and more");
    }

    @Test
    void leavesOrCutsWhatWasAppended() throws Exception {
        FilesState state = saved("f", "0123456789");
        Files.writeString(root.resolve("f"), "more", StandardOpenOption.APPEND);
        restore(state, FilesPolicy.FAIL);
        assertThat(root.resolve("f")).hasContent("0123456789more");
        restore(state, FilesPolicy.TRUNCATE);
        assertThat(root.resolve("f")).hasContent("0123456789");
    }

    @Test
    void changesNothingIfOneFileIsNotAsItMustBe() throws Exception {
        caller.open("a", RDWR_CREAT, 0600);
        caller.open("b", RDWR_CREAT, 0600);
        caller.write(8, "aaaa");
        caller.write(9, "bbbb");
        FilesState state = save(FilesPolicy.FAIL);
        Files.writeString(root.resolve("a"), "more", StandardOpenOption.APPEND);
        Files.writeString(root.resolve("b"), "bbb");
        refuses(() -> restore(state, FilesPolicy.TRUNCATE), "/b");
        assertThat(root.resolve("a")).hasContent("aaaamore");
    }

    @Test
    void carriesContentsWhereAskedTo() throws Exception {
        Files.createDirectories(root.resolve("d/e"));
        caller.open("d/e/f", RDWR_CREAT, 0600);
        caller.write(8, "0123456789");
        caller.open("d/e/f", RDONLY, 0);
        FilesState state = save(FilesPolicy.EMBED);

        Files.delete(root.resolve("d/e/f"));
        Files.delete(root.resolve("d/e"));
        Files.delete(root.resolve("d"));
        Caller restored = restore(state, FilesPolicy.EMBED);
        assertThat(root.resolve("d/e/f")).hasContent("0123456789");
        assertThat(restored.read(9, 4)).isEqualTo(4);
        assertThat(restored.write(8, "!")).isEqualTo(1);

        Files.writeString(root.resolve("d/e/f"), "quite another file, and longer");
        restore(state, FilesPolicy.EMBED);
        assertThat(root.resolve("d/e/f")).hasContent("0123456789");
    }

    @Test
    void carriesDeletedFilesThatAreOpen() throws Exception {
        caller.open("f", RDWR_CREAT, 0600);
        caller.write(8, "0123456789");
        caller.call(87, caller.path("f"));
        FilesState state = save(FilesPolicy.FAIL);
        caller.process.descriptors().close();

        Caller restored = restore(state, FilesPolicy.FAIL);
        try (var names = Files.list(root)) {
            assertThat(names.filter(p -> !p.getFileName().toString().startsWith(".vmm-")))
                    .isEmpty();
        }
        assertThat(restored.call(LSEEK, 8, 2, 0)).isEqualTo(2);
        assertThat(restored.read(8, 3)).isEqualTo(3);
        assertThat(restored.text(3)).isEqualTo("234");
        assertThat(restored.write(8, "more than there was")).isEqualTo(19);
        assertThat(restored.process
                        .descriptors()
                        .state(host, FilesPolicy.FAIL, () -> false)
                        .files())
                .anyMatch(f -> f.deleted() && new String(f.content()).equals("01234more than there was"));
    }

    @Test
    void carriesFilesThatTheHostDeletedOrReplaced() throws Exception {
        FilesState before = saved("f", "0123456789");
        Files.move(root.resolve("f"), root.resolve("g"));
        Files.writeString(root.resolve("f"), "another");
        assertThat(save(FilesPolicy.FAIL).files()).anyMatch(OpenFileState::deleted);
        assertThat(before.files()).noneMatch(OpenFileState::deleted);
    }

    @Test
    void refusesDeletedFilesThatAreTooLarge() throws Exception {
        caller.open("f", RDWR_CREAT, 0600);
        caller.call(77, 8, FileSaver.CONTENT_LIMIT + 1);
        caller.call(87, caller.path("f"));
        refuses(() -> save(FilesPolicy.FAIL), "/f", "deleted", "67108864");
    }

    @Test
    void refusesToCarryFilesThatAreTooLarge() throws Exception {
        caller.open("f", RDWR_CREAT, 0600);
        caller.call(77, 8, FileSaver.CONTENT_LIMIT + 1);
        refuses(() -> save(FilesPolicy.EMBED), "/f", "--files embed");
        assertThat(save(FilesPolicy.FAIL).files()).hasSize(4);
    }

    @Test
    void followsRenames() throws Exception {
        Files.createDirectory(root.resolve("d"));
        caller.open("d/f", RDWR_CREAT, 0600);
        caller.write(8, "x");
        caller.call(82, caller.path("d"), caller.string(SECOND_PATH, "moved"));
        FilesState state = save(FilesPolicy.FAIL);
        assertThat(state.files()).anyMatch(f -> "/moved/f".equals(f.path()) && !f.deleted());
        restore(state, FilesPolicy.FAIL);
    }

    @Test
    void savesFilesThatMayOnlyBeWritten() throws Exception {
        caller.open("f", 0x41, 0200);
        caller.write(8, "secret");
        FilesState state = save(FilesPolicy.FAIL);
        assertThat(restore(state, FilesPolicy.FAIL).write(8, "!")).isEqualTo(1);
    }

    @Test
    void restoresDirectories() throws Exception {
        Files.createDirectory(root.resolve("d"));
        caller.open("d", 0x10000, 0);
        FilesState state = save(FilesPolicy.FAIL);
        assertThat(restore(state, FilesPolicy.FAIL).call(81, 8)).isZero();
        Files.delete(root.resolve("d"));
        refuses(() -> restore(state, FilesPolicy.FAIL), "/d", "is gone");
    }

    @ParameterizedTest
    @EnumSource(FilesPolicy.class)
    void doesNotLeaveTheRootForAnImage(FilesPolicy policy, @TempDir Path outside) throws Exception {
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createSymbolicLink(root.resolve("out"), outside);
        Files.createSymbolicLink(root.resolve("secret"), outside.resolve("secret"));
        String up = "/../".repeat(20) + outside.resolve("secret");
        for (String path :
                List.of("/out/secret", "/secret", up, outside.resolve("secret").toString(), "a\\b", "C:\\x")) {
            assertThatThrownBy(() -> restore(forged(path), policy)).isInstanceOf(VmmException.class);
        }
        assertThat(outside.resolve("secret")).hasContent("secret");
    }

    @Test
    void refusesTablesThatNoProcessCanHave() {
        OpenFileState file = forged("/f").files().get(0);
        DescriptorState descriptor = new DescriptorState(8, 3, false);
        for (FilesState state : List.of(
                new FilesState(List.of(file), List.of(new DescriptorState(5, 3, false))),
                new FilesState(List.of(file), List.of(new DescriptorState(1024, 3, false))),
                new FilesState(List.of(file), List.of(new DescriptorState(-1, 3, false))),
                new FilesState(List.of(file), List.of(descriptor, descriptor)),
                new FilesState(List.of(file, file), List.of(descriptor)),
                new FilesState(List.of(), List.of(descriptor)),
                new FilesState(
                        List.of(new OpenFileState(3, FileKind.DIRECTORY, "/", 0, 0, 0, 0, false, null, null)),
                        List.of()),
                new FilesState(
                        List.of(new OpenFileState(3, FileKind.FILE, null, 2, 0, 0, 0, false, new byte[32], null)),
                        List.of(descriptor)),
                new FilesState(
                        List.of(new OpenFileState(3, FileKind.FILE, "/f", 2, -1, 0, 0, false, new byte[32], null)),
                        List.of(descriptor)),
                new FilesState(
                        List.of(new OpenFileState(3, FileKind.FILE, "/f", 2, 0, 1, 0, true, new byte[32], new byte[1])),
                        List.of(descriptor)))) {
            refuses(() -> restore(state, FilesPolicy.ACCEPT), "table of open files cannot be right");
        }
    }

    private FilesState saved(String name, String content) throws IOException {
        caller.open(name, RDWR_CREAT, 0600);
        caller.write(8, content);
        return save(FilesPolicy.FAIL);
    }

    private static FilesState forged(String path) {
        OpenFileState file = new OpenFileState(
                3, FileKind.FILE, path, 2, 0, 6, 0600, false, FileDigest.of("secret".getBytes()), null);
        return new FilesState(List.of(file), List.of(new DescriptorState(8, 3, false)));
    }
}
