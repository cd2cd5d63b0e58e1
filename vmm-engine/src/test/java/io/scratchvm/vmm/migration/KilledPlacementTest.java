package io.scratchvm.vmm.migration;

import static io.scratchvm.vmm.migration.SavedFiles.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import io.scratchvm.vmm.migration.Lifetime.Killed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The destination is killed at each change that it makes to a disk while it takes in files, places them and takes them
 * back, and killed again while it makes up for that. With and without a power failure.
 */
class KilledPlacementTest {
    private static final String TOKEN = "00112233445566778899aabbccddeeff";
    /** The second kill is at every such change, beginning with another one each time; 1 for all. */
    private static final int STRIDE = Integer.getInteger("vmm.kill.stride", 59);

    /** What becomes of what is not forced to disk when the process dies. At the end of each case the power fails. */
    enum Death {
        /** Nothing: it may yet be lost later. */
        KILL,
        KILL_THEN_POWER_FAILURE,
        POWER_FAILURE,
        LUCKY_POWER_FAILURE;

        Death second() {
            return this == KILL_THEN_POWER_FAILURE ? POWER_FAILURE : this;
        }

        Death first() {
            return this == KILL_THEN_POWER_FAILURE ? KILL : this;
        }
    }

    private final SavedFiles files = new SavedFiles()
            .standardOutput()
            .file("/replaced", "what the guest had written", READ_WRITE, 0604)
            .file("/new/deep/file", "in directories that are not here")
            .file("/same", "equal on both sides")
            .file("/new/deep/file", "in directories that are not here", READ_ONLY, 0644)
            .embedded("/dir/embedded", "travels in the image")
            .file("/dir/longer", "begins alike", APPEND, 0600)
            .deleted("/dir/deleted", "has no name")
            .file("/empty", "", WRITE_ONLY, 0644)
            .directory("/opened/directory");

    private VolatileDisk root;
    private VolatileDisk journal;
    private Map<String, String> before;
    private final Map<String, String> after = new TreeMap<>();

    @BeforeEach
    void makeDisks() throws IOException {
        root = new VolatileDisk();
        journal = new VolatileDisk();
        root.createDirectory(GuestPath.parse("/dir"), 0755);
        write("/replaced", "what somebody else had", 0640);
        write("/same", "equal on both sides", 0644);
        write("/dir/longer", "begins alike, and goes on", 0444);
        write("/dir/bystander", "no business of ours", 0600);
        root.settle();
        before = root.tree();
        after.putAll(before);
        after.putAll(Map.of("/replaced", "what the guest had written 604", "/dir/longer", "begins alike 600"));
        after.putAll(Map.of("/new", "", "/new/deep", "", "/opened", "", "/opened/directory", "", "/empty", " 644"));
        after.put("/new/deep/file", "in directories that are not here 644");
        after.put("/dir/embedded", "travels in the image 644");
    }

    private void write(String path, String content, int permissions) throws IOException {
        try (HostFile file = root.create(GuestPath.parse(path), Host.Access.WRITE, permissions)) {
            file.write(0, bytes(content), 0, content.length());
        }
    }

    // -- the process -------------------------------------------------------------------------------------------------

    private IncomingFiles incoming(Lifetime life, List<OpenFileState> saved) throws IOException {
        Host mortal = life.on(journal);
        return new IncomingFiles(
                life.on(root), shelf(mortal, ".files"), shelf(mortal, ".replaced"), saved, true, 1 << 20);
    }

    private static Shelf shelf(Host journal, String suffix) throws IOException {
        String name = TOKEN + suffix;
        return new Shelf(journal, GuestPath.parse(name), Path.of(name));
    }

    /** As a process does that finds the migration unfinished. */
    private interface Step {
        void run(Lifetime life) throws IOException;
    }

    private interface Check {
        void run() throws IOException;
    }

    private void receiveAndPlace(Lifetime life) throws IOException {
        IncomingFiles incoming = incoming(life, files.list);
        for (Message.WantedFile wanted : incoming.wanted()) {
            byte[] bytes = contentOf(wanted.file());
            for (int at = (int) wanted.from(); at < bytes.length; at += 20) {
                incoming.write(wanted.file(), at, bytes, at, Math.min(20, bytes.length - at));
            }
        }
        incoming.verify();
        incoming.place();
    }

    /** As a process does that has not seen the image. */
    private void takeBack(Lifetime life) throws IOException {
        assertThat(incoming(life, List.of()).takeBack()).isEmpty();
    }

    private void cleanUp(Lifetime life) throws IOException {
        incoming(life, List.of()).cleanUp();
    }

    private byte[] contentOf(int index) {
        String path = files.list.get(index).path();
        String content = after.get(path);
        return bytes(content.substring(0, content.lastIndexOf(' ')));
    }

    /** Whether it lived to the end. */
    private boolean live(Lifetime life, Step step) throws IOException {
        try {
            step.run(life);
            return true;
        } catch (Killed e) {
            return false;
        }
    }

    /** A resumed process may find what it staged damaged by the power failure, and begins anew. */
    private void liveOn(Step step) throws IOException {
        for (int attempt = 0; attempt < files.list.size(); attempt++) {
            try {
                step.run(Lifetime.endless());
                return;
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("interrupted transfer was damaged");
            }
        }
        throw new AssertionError("never ends");
    }

    private void die(Death death, int seed) {
        if (death != Death.KILL) {
            Random luck = death == Death.POWER_FAILURE ? null : new Random(seed);
            root.failPower(luck);
            journal.failPower(luck);
        }
        nothingIsTorn();
    }

    /** At any time each name leads to the old file or the new one, and others are as they were. */
    private void nothingIsTorn() {
        Set<String> replaced = Set.of("/replaced", "/dir/longer");
        root.tree().forEach((path, content) -> {
            if (!path.contains("/.vmm-" + TOKEN)) {
                assertThat(content).as(path).isIn(before.get(path), after.get(path));
            }
        });
        assertThat(root.tree()).containsKeys(before.keySet().toArray(String[]::new));
        assertThat(replaced).isSubsetOf(root.tree().keySet());
    }

    private void isAfter() {
        root.failPower(null);
        assertThat(root.tree()).isEqualTo(after);
    }

    private void isBefore() {
        root.failPower(null);
        journal.failPower(null);
        assertThat(root.tree()).isEqualTo(before);
        assertThat(journal.tree()).isEmpty();
    }

    private void isAfterAndCanBeTakenBack() throws IOException {
        isAfter();
        journal.failPower(null);
        liveOn(this::takeBack);
        isBefore();
    }

    // -- the tests ---------------------------------------------------------------------------------------------------

    @Test
    void placesAndTakesBackWhenNobodyKillsIt() throws IOException {
        liveOn(this::receiveAndPlace);
        isAfter();
        liveOn(this::takeBack);
        isBefore();
    }

    @Test
    void cleansUp() throws IOException {
        liveOn(this::receiveAndPlace);
        liveOn(this::cleanUp);
        isAfter();
        assertThat(journal.tree()).isEmpty();
        liveOn(this::takeBack);
        isAfter();
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void goesOnPlacing(Death death) throws IOException {
        int cases = killedTwice(death, this::receiveAndPlace, this::receiveAndPlace, this::isAfterAndCanBeTakenBack);
        assertThat(cases).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void takesBackWhatWasBegun(Death death) throws IOException {
        int cases = killedTwice(death, this::receiveAndPlace, this::takeBack, this::isBefore);
        assertThat(cases).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource(Death.class)
    void takesBackWhatWasDone(Death death) throws IOException {
        Step first = life -> {
            receiveAndPlace(life);
            takeBack(life);
        };
        int cases = killedTwice(death, first, this::takeBack, this::isBefore);
        assertThat(cases).isGreaterThan(100);
    }

    /** Kills {@code first} at each change, and the {@code second} that follows too. Returns how often. */
    private int killedTwice(Death death, Step first, Step second, Check atTheEnd) throws IOException {
        int cases = 0;
        boolean ended = false;
        for (int i = 0; !ended; i++) {
            boolean endedAgain = false;
            for (int j = i % STRIDE; !endedAgain; j += STRIDE) {
                makeDisks();
                ended = live(new Lifetime(i), first);
                die(death.first(), i);
                endedAgain = liveDamaged(new Lifetime(j), second);
                die(death.second(), i + j);
                liveOn(second);
                nothingIsTorn();
                atTheEnd.run();
                cases++;
            }
        }
        return cases;
    }

    /** Whether it came to an end, be it that of finding something damaged. */
    private boolean liveDamaged(Lifetime life, Step step) throws IOException {
        try {
            return live(life, step);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("interrupted transfer was damaged");
            return true;
        }
    }

    @Test
    void cleansUpAfterBeingKilled() throws IOException {
        for (int i = 0; ; i++) {
            makeDisks();
            liveOn(this::receiveAndPlace);
            boolean ended = live(new Lifetime(i), this::cleanUp);
            die(Death.POWER_FAILURE, 0);
            liveOn(this::cleanUp);
            isAfter();
            assertThat(journal.tree()).isEmpty();
            if (ended) {
                return;
            }
        }
    }
}
