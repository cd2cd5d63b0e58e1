package io.scratchvm.vmm.cpu.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.cpu.differential.Recording.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a real CPU made of random sequences, recorded: every host can compare with it. After a change of
 * {@link RandomState}, or for instructions that are new, it has to be recorded again: the system property
 * {@code differential.record} names the file that a run of this test writes.
 */
class RecordedResultsTest {
    private static final String RECORDING = "recording.bin";
    private static final String RECORD = "differential.record";
    private static final long SEED = 42;
    private static final int SEQUENCES = 5_000;

    @TempDir
    Path directory;

    private static Recording recording() throws IOException {
        try (InputStream in = RecordedResultsTest.class.getResourceAsStream(RECORDING)) {
            return Recording.read(in);
        }
    }

    @Test
    void everyEngineAgreesWithTheRecording() throws IOException {
        List<String> failures = new ArrayList<>();
        List<Entry> entries = recording().entries();
        assertThat(entries).hasSizeGreaterThan(SEQUENCES / 2);
        for (GuestCpu guest : GuestCpu.all()) {
            for (Entry entry : entries) {
                State actual = guest.execute(entry.before());
                List<String> differences = Difference.between(entry.before(), entry.after(), actual);
                if (!differences.isEmpty()) {
                    failures.add(Tester.describe(entry.before(), guest, differences));
                }
            }
        }
        assertThat(failures).isEmpty();
    }

    @Test
    void theHostAgreesWithTheRecording() throws Exception {
        HostTools.requireLinuxOnX86();
        HostTools.require("gcc");
        NativeCpu host = NativeCpu.build(directory);
        if (System.getProperty(RECORD) != null) {
            record(host, Path.of(System.getProperty(RECORD)));
        }
        Tester tester = new Tester(host);
        List<Entry> entries = recording().entries().stream()
                .filter(entry -> tester.knows(entry.before().code()))
                .toList();
        List<State> after = host.execute(entries.stream().map(Entry::before).toList());
        assertThat(entries).isNotEmpty();
        for (int n = 0; n < entries.size(); n++) {
            Entry entry = entries.get(n);
            assertThat(Difference.between(entry.before(), entry.after(), after.get(n)))
                    .as(entry.before().text())
                    .isEmpty();
        }
    }

    private static void record(NativeCpu host, Path file) throws Exception {
        RandomSequence random = new RandomSequence(new Tester(host).encodings(), SEED);
        List<State> before = new ArrayList<>();
        for (int number = 0; number < SEQUENCES; number++) {
            before.add(random.number(number).state());
        }
        List<State> after = host.execute(before);
        List<Entry> entries = new ArrayList<>();
        for (int number = 0; number < SEQUENCES; number++) {
            entries.add(new Entry(random.startOf(number), before.get(number), after.get(number)));
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            new Recording(entries).write(out);
        }
    }
}
