package io.scratchvm.vmm.migration;

import static io.scratchvm.vmm.migration.SavedFiles.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.scratchvm.vmm.api.FilesPolicy;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.file.FileDigest;
import io.scratchvm.vmm.linux.file.FileKind;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import io.scratchvm.vmm.migration.Message.WantedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @Test
    void sendsNothingThatIsHere() throws IOException {
        files.file("/f", "equal").file("/dir/g", "equal too", READ_ONLY, 0444);
        here("f", "equal");
        here("dir/g", "equal too");
        var before = tree(root);
        assertThat(incoming().wanted()).isEmpty();
        IncomingFiles incoming = transfer();
        incoming.place();
        restores();
        assertThat(incoming.takeBack()).isEmpty();
        assertThat(tree(root)).isEqualTo(before);
        assertThat(journal).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"other", "othe", "other, and more", "more: 0123456789", ""})
    void refusesADifferentFileAndReplacesItIfTold(String different) throws IOException {
        files.file("/f", "0123456789", APPEND, 0600);
        atSource("f", "0123456789");
        here("f", different);
        refused(() -> incoming().wanted(), "/f", "different file", "--overwrite");
        assertThat(root.resolve("f")).hasContent(different);
        overwrite = true;
        move();
        assertThat(root.resolve("f")).hasContent("0123456789");
        restores();
    }

    /** What is behind the guest's bytes is not what it wrote, whatever it does next. */
    @ParameterizedTest
    @ValueSource(ints = {READ_ONLY, WRITE_ONLY, READ_WRITE, APPEND})
    void aLongerFileIsADifferentOne(int flags) throws IOException {
        files.file("/log", "0123456789", flags, 0644);
        here("log", "0123456789 and more");
        refused(() -> incoming().wanted(), "/log", "different file", "of 19 bytes instead of 10", "--overwrite");
    }

    @ParameterizedTest
    @ValueSource(ints = {READ_ONLY, WRITE_ONLY, READ_WRITE, APPEND})
    void placesFilesThatTheGuestCanOpenAgain(int flags) throws IOException {
        files.file("/f", "bytes", flags, 0000);
        atSource("f", "bytes");
        move();
        restores();
        assertThat(Files.isReadable(root.resolve("f"))).isTrue();
        String expected = flags == READ_ONLY ? "r--------" : "rw-------";
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("f"))))
                .isEqualTo(expected);
    }

    @Test
    void opensAPathOnceHoweverManyDescriptionsItHas() throws IOException {
        files.file("/f", "once", READ_ONLY, 0400).file("/f", "once", WRITE_ONLY, 0400);
        atSource("f", "once");
        assertThat(incoming().wanted()).containsExactly(new WantedFile(0, 0));
        move();
        restores();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("f"))))
                .isEqualTo("rw-------");
    }

    @Test
    void leavesDeletedFilesToTheImage() throws IOException {
        files.deleted("/gone", "has no name").deleted("/f", "had a name");
        here("f", "somebody's");
        assertThat(incoming().wanted()).isEmpty();
        move();
        restores();
        assertThat(root.resolve("gone")).doesNotExist();
        assertThat(root.resolve("f")).hasContent("somebody's");
    }

    @Test
    void takesEmbeddedFilesFromTheImage() throws IOException {
        files.embedded("/dir/f", "in the image").embedded("/empty", "");
        assertThat(incoming().wanted()).isEmpty();
        IncomingFiles incoming = transfer();
        incoming.place();
        assertThat(root.resolve("dir/f")).hasContent("in the image");
        restores();
        incoming.takeBack();
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void makesOpenedDirectories() throws IOException {
        files.directory("/a/b").directory("/").directory("/c").file("/a/b/f", "within");
        atSource("a/b/f", "within");
        Files.createDirectory(root.resolve("c"));
        IncomingFiles incoming = transfer();
        assertThat(root.resolve("a")).doesNotExist();
        incoming.place();
        restores();
        write(root.resolve("a/b/somebody's"), "new");
        assertThat(incoming.takeBack()).isEmpty();
        assertThat(tree(root).keySet()).containsExactly("", "a", "a/b", "a/b/somebody's", "c");
    }

    @Test
    void readsNamesOfAllScripts() throws IOException {
        String path = "/\u0434\u0438\u0440/\u6587\u4ef6 \ud83d\udc27 'quoted\"\nline";
        files.file(path, "x");
        atSource(path.substring(1), "x");
        move();
        assertThat(root.resolve(path.substring(1))).hasContent("x");
        restores();
    }

    @Test
    void sendsLargeFilesInPieces() throws IOException {
        byte[] large = new byte[3 * Data.MAX + 5];
        new Random(1).nextBytes(large);
        Files.write(source.resolve("large"), large);
        files.add(new OpenFileState(
                0, FileKind.FILE, "/large", 2, 0, large.length, 0644, false, FileDigest.of(large), null));
        OutgoingFiles outgoing = new OutgoingFiles(host(source), files.list);
        List<WantedFile> wanted = incoming().wanted();
        assertThat(outgoing.size(wanted)).isEqualTo(large.length);
        assertThat(outgoing.size(List.of(new WantedFile(0, Data.MAX)))).isEqualTo(2L * Data.MAX + 5);
        move();
        assertThat(root.resolve("large")).hasBinaryContent(large);
    }

    @Test
    void goesOnWhereAnInterruptedTransferStopped() throws IOException {
        files.file("/f", "0123456789").file("/g", "second");
        atSource("f", "0123456789");
        atSource("g", "second");
        IncomingFiles first = incoming();
        first.wanted();
        first.write(0, 0, bytes("0123"), 0, 4);
        IncomingFiles second = incoming();
        assertThat(second.wanted()).containsExactly(new WantedFile(0, 4), new WantedFile(1, 0));
        assertThat(second.missing()).isEqualTo(12);
        transfer(second);
        assertThat(incoming().wanted()).isEmpty();
        second.place();
        restores();
    }

    @Test
    void asksAgainForWhatWasDamagedBetweenTwoTransfers() throws IOException {
        files.file("/f", "0123456789");
        atSource("f", "0123456789");
        incoming().wanted();
        write(journal.resolve(TOKEN + ".files/0"), "01x3");
        IncomingFiles incoming = incoming();
        assertThatThrownBy(() -> transfer(incoming))
                .isNotInstanceOf(ProtocolException.class)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
        assertThat(incoming.wanted()).containsExactly(new WantedFile(0, 0));
        write(journal.resolve(TOKEN + ".files/0"), "0123456789 and more than the file ever had");
        assertThat(incoming.wanted()).containsExactly(new WantedFile(0, 0));
        move();
        restores();
    }

    // -- limits ------------------------------------------------------------------------------------------------------

    @Test
    void takesNoMoreThanIsAllowed() throws IOException {
        files.file("/f", "0123456789")
                .file("/g", "0123456789")
                .file("/f", "0123456789")
                .file("/here", "0123456789");
        here("here", "0123456789");
        maxBytes = 20;
        assertThat(incoming().wanted()).hasSize(2);
        maxBytes = 19;
        refused(() -> incoming().wanted(), "19 bytes", "--max-files");
        files.add(new OpenFileState(4, FileKind.FILE, "/h", 2, 0, Long.MAX_VALUE, 0644, false, new byte[32], null));
        maxBytes = Long.MAX_VALUE;
        refused(() -> incoming().wanted(), "--max-files");
        assertThat(journal).isEmptyDirectory();
    }

    @Test
    void takesNothingThatWasNotWanted() throws IOException {
        files.file("/f", "0123456789").file("/here", "x").standardOutput().deleted("/d", "y");
        here("here", "x");
        byte[] ten = new byte[10];
        IncomingFiles incoming = incoming();
        breaksTheRules(() -> incoming.write(0, 0, ten, 0, 1));
        incoming.wanted();
        for (int index : new int[] {-1, 1, 2, 3, 4, Integer.MAX_VALUE}) {
            breaksTheRules(() -> incoming.write(index, 0, ten, 0, 1));
        }
        breaksTheRules(() -> incoming.write(0, 1, ten, 0, 1));
        breaksTheRules(() -> incoming.write(0, -1, ten, 0, 1));
        breaksTheRules(() -> incoming.write(0, 0, ten, 0, 0));
        incoming.write(0, 0, ten, 0, 6);
        breaksTheRules(() -> incoming.write(0, 0, ten, 0, 6));
        breaksTheRules(() -> incoming.write(0, 6, ten, 0, 5));
        breaksTheRules(incoming::verify);
        incoming.write(0, 6, ten, 0, 4);
        breaksTheRules(() -> incoming.write(0, 10, ten, 0, 1));
        breaksTheRules(incoming::verify);
        assertThat(root.resolve("f")).doesNotExist();
        assertThat(incoming.wanted()).containsExactly(new WantedFile(0, 0));
    }

    private static void breaksTheRules(ThrowingCallable step) {
        assertThatThrownBy(step).isInstanceOf(ProtocolException.class);
    }

    @Test
    void sendsNothingThatCannotBeWanted() throws IOException {
        files.file("/f", "0123456789").standardOutput().deleted("/d", "y").directory("/");
        atSource("f", "0123456789");
        OutgoingFiles outgoing = new OutgoingFiles(host(source), files.list);
        for (int index : new int[] {-1, 1, 2, 3, 4, Integer.MAX_VALUE}) {
            breaksTheRules(() -> outgoing.send(new WantedFile(index, 0), piece -> {}));
            breaksTheRules(() -> outgoing.size(List.of(new WantedFile(index, 0))));
        }
        breaksTheRules(() -> outgoing.send(new WantedFile(0, -1), piece -> {}));
        breaksTheRules(() -> outgoing.send(new WantedFile(0, 11), piece -> {}));
        breaksTheRules(() -> outgoing.size(List.of(new WantedFile(0, Long.MIN_VALUE))));
    }

    // -- the source's files change -----------------------------------------------------------------------------------

    @Test
    void sendsWhatWasSavedOfAFileThatGrew() throws IOException {
        files.file("/f", "0123456789");
        atSource("f", "0123456789 and more");
        move();
        assertThat(root.resolve("f")).hasContent("0123456789");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 10})
    void tellsOfAFileThatIsNotWhatItWas(int from) throws IOException {
        files.file("/f", "0123456789");
        OutgoingFiles outgoing = new OutgoingFiles(host(source), files.list);
        ThrowingCallable send = () -> outgoing.send(new WantedFile(0, from), piece -> {});
        refused(send, "/f", "cannot be opened");
        atSource("f", "012345678");
        refused(send, "/f", "shorter", "9 bytes instead of 10");
        atSource("f", "x123456789");
        refused(send, "/f", "other contents");
        Files.delete(source.resolve("f"));
        Files.createDirectory(source.resolve("f"));
        refused(send, "/f", "cannot be opened");
    }

    @Test
    void sendsNothingFromOutsideOfTheRoot() throws IOException {
        Files.writeString(directory.resolve("secret"), "secret");
        Files.createSymbolicLink(source.resolve("link"), directory.resolve("secret"));
        for (String path : List.of("/link", "/../secret", "../secret", "/a/../../secret")) {
            files.list.clear();
            files.file(path, "secret");
            OutgoingFiles outgoing = new OutgoingFiles(host(source), files.list);
            refused(() -> outgoing.send(new WantedFile(0, 0), piece -> {}), "cannot be opened");
        }
    }

    // -- paths that are not to be trusted ----------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {"/../f", "/a/../f", "/./f", "a\\f", "/c:f", "/NUL", "/out/f", "/up/f", "/loop/f", "/file/f"})
    void refusesPathsThatAreNone(String path) throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.createSymbolicLink(root.resolve("out"), outside);
        Files.createSymbolicLink(root.resolve("up"), Path.of("../../../../../../../../.." + outside));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
        here("file", "no directory");
        files.file(path, "x");
        overwrite = true;
        refused(() -> incoming().wanted(), "cannot be reached here");
        assertThat(outside).isEmptyDirectory();
        assertThat(journal).isEmptyDirectory();
    }

    @Test
    void refusesEndlessPaths() {
        files.file("/a".repeat(3000), "x");
        refused(this::incoming, "endless path");
    }

    @Test
    void followsDirectoryLinksWithinTheRoot() throws IOException {
        Files.createDirectories(root.resolve("data/2024"));
        Files.createSymbolicLink(root.resolve("current"), Path.of("/data/2024"));
        files.file("/current/deep/f", "x");
        atSource("current/deep/f", "x");
        IncomingFiles incoming = transfer();
        incoming.place();
        assertThat(root.resolve("data/2024/deep/f")).hasContent("x");
        restores();
        incoming.takeBack();
        assertThat(root.resolve("data/2024")).isEmptyDirectory();
    }

    @Test
    void refusesWhatIsNoFile() throws IOException {
        here("other", "other");
        Files.createSymbolicLink(root.resolve("f"), Path.of("other"));
        files.file("/f", "x");
        overwrite = true;
        refused(() -> incoming().wanted(), "/f", "is a link here");
        Files.delete(root.resolve("f"));
        Files.createSymbolicLink(root.resolve("f"), Path.of("nothing"));
        refused(() -> incoming().wanted(), "/f", "is a link here");
        Files.delete(root.resolve("f"));
        Files.createDirectory(root.resolve("f"));
        refused(() -> incoming().wanted(), "/f", "no regular file");
        Files.delete(root.resolve("f"));
        assumeThat(new ProcessBuilder("mkfifo", root.resolve("f").toString())
                        .start()
                        .onExit()
                        .join()
                        .exitValue())
                .as("needs mkfifo")
                .isZero();
        refused(() -> incoming().wanted(), "/f", "no regular file");
        files.list.clear();
        files.file("/", "x");
        refused(() -> incoming().wanted(), "no regular file");
        assertThat(root.resolve("other")).hasContent("other");
    }

    @Test
    void takesAnEqualFileByWayOfALink() throws IOException {
        here("other", "x");
        Files.createSymbolicLink(root.resolve("f"), Path.of("other"));
        files.file("/f", "x");
        move();
        restores();
        assertThat(root.resolve("f")).isSymbolicLink();
    }

    @Test
    void refusesTwoFilesThatWouldBeOneHere() throws IOException {
        Files.createDirectory(root.resolve("a"));
        Files.createSymbolicLink(root.resolve("b"), Path.of("a"));
        files.file("/a/f", "x").file("/b/f", "x");
        refused(() -> incoming().wanted(), "/b/f", "same file here as /a/f");
        files.list.clear();
        files.file("/f", "one").file("/f", "two");
        refused(() -> incoming().wanted(), "/f", "two different files");
    }

    @Test
    void refusesAFileThatIsAlsoADirectory() throws IOException {
        files.file("/a", "x").file("/a/f", "x").directory("/d").file("/d", "x");
        atSource("d", "x");
        overwrite = true;
        for (int i = 0; i < 2; i++) {
            IncomingFiles incoming = incoming();
            for (WantedFile wanted : incoming.wanted()) {
                incoming.write(wanted.file(), 0, bytes("x"), 0, 1);
            }
            incoming.verify();
            refused(incoming::place, "taken by something new");
            incoming.takeBack();
            assertThat(root).isEmptyDirectory();
        }
    }

    @Test
    void keepsTheJournalToItself() throws IOException {
        journal = Files.createDirectory(root.resolve("journal"));
        Files.createSymbolicLink(root.resolve("link"), Path.of("journal"));
        overwrite = true;
        String[] paths = {"/journal/x.receive", "/link/x.send", "/journal/" + TOKEN + ".files/0", "/journal/new/f"};
        for (String path : paths) {
            files.list.clear();
            files.file(path, "x");
            refused(() -> incoming().wanted(), "journal");
        }
        files.list.clear();
        files.directory("/journal");
        refused(() -> incoming().wanted(), "journal");
        assertThat(journal).isEmptyDirectory();
    }

    // -- taking back -------------------------------------------------------------------------------------------------

    @Test
    void putsBackWhatWasReplacedAsItWas() throws IOException {
        files.file("/f", "the guest's").file("/g", "missing");
        atSource("f", "the guest's");
        atSource("g", "missing");
        here("f", "somebody's");
        Files.setPosixFilePermissions(root.resolve("f"), PosixFilePermissions.fromString("rw-rw--w-"));
        var before = tree(root);
        overwrite = true;
        move();
        restores();
        assertThat(incoming().takeBack()).isEmpty();
        assertThat(tree(root)).isEqualTo(before);
        assertThat(journal).isEmptyDirectory();
    }

    @Test
    void takesNothingBackThatSomebodyHasChangedSince() throws IOException {
        files.file("/f", "the guest's").file("/g", "missing");
        atSource("f", "the guest's");
        atSource("g", "missing");
        here("f", "somebody's");
        overwrite = true;
        move();
        here("f", "the guest's, changed");
        here("g", "changed");
        assertThat(incoming().takeBack()).hasSize(1).first().asString().contains("/f", TOKEN + ".replaced/0");
        assertThat(root.resolve("f")).hasContent("the guest's, changed");
        assertThat(root.resolve("g")).hasContent("changed");
        assertThat(journal.resolve(TOKEN + ".replaced/0")).hasContent("somebody's");
        assertThat(incoming().takeBack()).isEmpty();
        assertThat(journal.resolve(TOKEN + ".replaced/0")).hasContent("somebody's");
    }

    @Test
    void replacesNothingThatCameAfterItLooked() throws IOException {
        files.file("/f", "the guest's");
        atSource("f", "the guest's");
        overwrite = true;
        IncomingFiles incoming = transfer();
        here("f", "new");
        refused(incoming::place, "/f", "something new");
        assertThat(incoming.takeBack()).isEmpty();
        assertThat(root.resolve("f")).hasContent("new");
    }

    @Test
    void takesNothingBackThatSomebodyElsePutThere() throws IOException {
        files.file("/f", "the guest's");
        atSource("f", "the guest's");
        here("f", "somebody's");
        overwrite = true;
        IncomingFiles incoming = transfer();
        here("f", "the guest's");
        incoming.place();
        assertThat(incoming.takeBack()).isEmpty();
        assertThat(root.resolve("f")).hasContent("the guest's");
    }

    @Test
    void keepsWhatIsStagedFromOthers() throws IOException {
        files.file("/f", "private");
        atSource("f", "private");
        here("f", "private too");
        overwrite = true;
        move();
        for (String name : List.of(".files", ".replaced")) {
            Path shelf = journal.resolve(TOKEN + name);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shelf)))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shelf.resolve("0"))))
                    .isEqualTo("rw-------");
        }
        incoming().cleanUp();
        assertThat(journal).isEmptyDirectory();
        assertThat(root.resolve("f")).hasContent("private");
    }
}
