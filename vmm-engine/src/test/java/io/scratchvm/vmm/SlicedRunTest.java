package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.Limits;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.TimeSource;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest cannot tell a sliced run from one in one piece, and waits for nothing that would keep the interludes away. */
@Timeout(60)
class SlicedRunTest {
    /** Computes, allocates, writes and reads a file in large pieces, repeats string instructions, changes its code. */
    private static final String BUSY =
            """
            unsigned long hash = 14695981039346656037UL;
            unsigned char *code = (unsigned char *) call(9, 0, 4096, 7, 0x22, -1, 0);
            long n = 3 << 20;
            unsigned char *area = (unsigned char *) call(9, 0, n, 3, 0x22, -1, 0);
            long file = call(2, "file", 0102, 0666);
            for (int round = 0; round < 8; round++) {
                for (int i = 0; i < 150000; i++) hash = (hash ^ i) * 1099511628211UL;
                long c = n; unsigned char *to = area;
                __asm__ volatile("cld; rep stosb" : "+D"(to), "+c"(c) : "a"(hash) : "memory");
                hash ^= call(1, file, area, n) ^ call(8, file, 0, 0) ^ call(0, file, area, n);
                code[0] = 0xb8; *(int *) (code + 1) = (int) hash; code[5] = 0xc3;
                hash += ((int (*)(void)) code)();
                char line[2] = {'a' + (hash & 15), '\\n'};
                call(1, 1, line, 2);
                hash += call(400);
                long t[2]; call(228, 1, t); hash ^= t[1];
            }
            return hash & 63;
            """;

    private static final String ECHO =
            """
            char byte; long n = 0;
            call(1, 1, "?", 1);
            while (call(0, 0, &byte, 1) == 1) { n++; call(1, 1, &byte, 1); }
            return n;
            """;

    private static final String SLEEPER =
            "long t[2] = {0, 300000000}; call(1, 1, \"s\", 1); call(35, t, 0); call(1, 1, \"e\", 1); return 7;";

    private static final String SPIN = "for (volatile long i = 0; i < 1L << 40; i++); return 1;";

    @TempDir
    Path directory;

    /** What can be seen of a run from outside, and the state that it leaves. */
    private record Seen(Stop stop, long instructions, String output, List<String> trace, byte[] image) {}

    @BeforeEach
    void makeRoot() throws IOException {
        Files.createDirectory(directory.resolve("root"));
    }

    private final AtomicInteger interludes = new AtomicInteger();

    private boolean goOn() {
        interludes.incrementAndGet();
        return true;
    }

    private Seen run(Start guest, Interlude interlude, VmConfiguration.Builder chosen) throws Exception {
        return run(guest, null, interlude, chosen);
    }

    private Seen run(Start guest, SavePoint point, Interlude interlude, VmConfiguration.Builder chosen)
            throws Exception {
        Path root = Files.createDirectories(directory.resolve("root"));
        RecordedRun record = new RecordedRun(root);
        Path image = directory.resolve("vm.vmimg");
        VmConfiguration configuration = chosen.root(root)
                .standardOutput(record.output)
                .trace(record.trace::add)
                .build();
        try (VirtualMachine vm = VirtualMachine.blank(configuration)) {
            vm.load(guest);
            Stop stop = vm.runInSlices(point, interlude);
            vm.save(image);
            return new Seen(stop, vm.instructions(), record.output(), record.trace, Files.readAllBytes(image));
        }
    }

    private Seen runWhole(Start guest, SavePoint point, VmConfiguration.Builder chosen) throws Exception {
        Path root = Files.createDirectories(directory.resolve("whole"));
        RecordedRun record = new RecordedRun(root);
        Path image = directory.resolve("whole.vmimg");
        VmConfiguration configuration = chosen.root(root)
                .standardOutput(record.output)
                .trace(record.trace::add)
                .build();
        try (VirtualMachine vm = VirtualMachine.blank(configuration)) {
            vm.load(guest);
            Stop stop = point == null ? vm.run() : vm.runTo(point);
            vm.save(image);
            return new Seen(stop, vm.instructions(), record.output(), record.trace, Files.readAllBytes(image));
        }
    }

    private static void assertSame(Seen sliced, Seen whole) {
        assertThat(sliced.stop()).isEqualTo(whole.stop());
        assertThat(sliced.instructions()).isEqualTo(whole.instructions());
        assertThat(sliced.output()).isEqualTo(whole.output());
        assertThat(sliced.trace()).isEqualTo(whole.trace());
        assertThat(sliced.image()).isEqualTo(whole.image());
    }

    @Test
    void aSlicedRunIsTheSameRun() throws Exception {
        Start guest = BareProgram.compile(directory, BUSY);
        Seen whole = runWhole(guest, null, VmConfiguration.builder());
        Seen sliced = run(guest, this::goOn, VmConfiguration.builder());
        assertThat(interludes).hasValueGreaterThan(3);
        assertSame(sliced, whole);
    }

    @Test
    void theLimitOfInstructionsIsExact() throws Exception {
        Start guest = BareProgram.compile(directory, BUSY);
        long all = runWhole(guest, null, VmConfiguration.builder()).instructions();
        for (long limit : new long[] {0, 1, all / 3, all / 2 + 1, all - 1}) {
            Limits limits = new Limits(limit, null, Long.MAX_VALUE);
            Seen sliced = run(guest, this::goOn, VmConfiguration.builder().limits(limits));
            assertThat(sliced.instructions()).isEqualTo(limit);
            assertSame(sliced, runWhole(guest, null, VmConfiguration.builder().limits(limits)));
        }
    }

    @Test
    void theLimitOfOutputIsExact() throws Exception {
        Start guest = BareProgram.compile(directory, BUSY);
        Limits limits = new Limits(Long.MAX_VALUE, null, 7_000_000);
        Seen sliced = run(guest, this::goOn, VmConfiguration.builder().limits(limits));
        assertThat(sliced.stop().message()).contains("--max-output");
        assertSame(sliced, runWhole(guest, null, VmConfiguration.builder().limits(limits)));
    }

    @Test
    void theTimeLimitHolds() throws Exception {
        Limits limits = new Limits(Long.MAX_VALUE, Duration.ofMillis(200), Long.MAX_VALUE);
        VmConfiguration.Builder chosen = VmConfiguration.builder().limits(limits);
        assertThat(run(BareProgram.compile(directory, SPIN), this::goOn, chosen)
                        .stop()
                        .message())
                .contains("--timeout");
        assertThat(interludes).hasValueBetween(5, 100);
        try (PipedOutputStream nobody = new PipedOutputStream()) {
            chosen.standardInput(new PipedInputStream(nobody));
            assertThat(run(BareProgram.compile(directory, ECHO), this::goOn, chosen)
                            .stop()
                            .message())
                    .contains("--timeout");
        }
    }

    @Test
    void theSlicesBeginAtTheInstruction() throws Exception {
        Start guest = BareProgram.compile(directory, BUSY);
        for (long at : new long[] {0, 1, 777_777}) {
            Seen sliced = run(guest, new SavePoint.Instructions(at), () -> false, VmConfiguration.builder());
            assertSame(sliced, runWhole(guest, new SavePoint.Instructions(at), VmConfiguration.builder()));
        }
    }

    @Test
    void theSlicesBeginAtTheSymbolAndEndNowhereElse() throws Exception {
        SavePoint main = new SavePoint.Symbol("main");
        Seen atOnce = run(TestGuests.booted("ay_caramba"), main, () -> false, VmConfiguration.builder());
        assertSame(atOnce, runWhole(TestGuests.booted("ay_caramba"), main, VmConfiguration.builder()));
        Seen through = run(TestGuests.booted("ay_caramba"), main, this::goOn, VmConfiguration.builder());
        assertThat(through.stop().reason()).isEqualTo(Stop.Reason.EXITED);
    }

    @Test
    void theSlicesBeginWhereTheGuestWouldReadItsInput() throws Exception {
        Start guest = BareProgram.compile(directory, ECHO);
        InputStream unread = new ByteArrayInputStream("xyz".getBytes());
        Seen sliced = run(
                guest,
                new SavePoint.Input(),
                () -> interludes.getAndIncrement() > 0 || unread.available() == 3,
                VmConfiguration.builder().standardInput(unread));
        assertThat(sliced.output()).isEqualTo("?xyz");
        assertThat(sliced.stop()).isEqualTo(new Stop(Stop.Reason.EXITED, 3, ""));
    }

    @Test
    void theFirstSaveReturnsAtOnceAndTheOthersAsInAnyRun() throws Exception {
        Start guest = BareProgram.compile(directory, "return (call(400) == 0) + 2 * (call(400) == -95);");
        Seen sliced = run(guest, new SavePoint.SaveCall(), this::goOn, VmConfiguration.builder());
        assertThat(sliced.stop().status()).isEqualTo(3);
        assertThat(sliced.trace()).containsExactly("SAVE OPERATION - return -95", "EXIT 3");
        assertThat(interludes).hasValueGreaterThan(0);
    }

    @Test
    void aStopBetweenSlicesIsASavePointThatNoCallReturnsFrom() throws Exception {
        Start guest = BareProgram.compile(directory, "return call(400);");
        Seen sliced = run(guest, new SavePoint.SaveCall(), () -> false, VmConfiguration.builder());
        assertThat(sliced.stop()).isEqualTo(new Stop(Stop.Reason.SAVE_POINT, 0, ""));
        assertThat(sliced.trace()).containsExactly("SAVE OPERATION");
        assertThat(restored("vm.vmimg", VmConfiguration.builder()).stop().status())
                .isZero();
    }

    private Outcome restored(String image, VmConfiguration.Builder chosen) throws Exception {
        return new Session(chosen.root(directory.resolve("root")).build()).restore(directory.resolve(image));
    }

    /** Stops at every interlude in turn, and goes on in another VM. */
    @Test
    void aGuestThatIsStoppedBetweenSlicesAgainAndAgainComesToTheSameEnd() throws Exception {
        Start guest = BareProgram.compile(directory, BUSY);
        Seen whole = runWhole(guest, null, VmConfiguration.builder());
        Path image = directory.resolve("moving.vmimg");
        RecordedRun record = new RecordedRun(directory.resolve("root"));
        VmConfiguration configuration = record.configuration().build();
        int moves = 0;
        Stop stop = null;
        while (stop == null || !stop.isEnd()) {
            try (VirtualMachine vm = VirtualMachine.blank(configuration)) {
                if (stop == null) {
                    vm.load(guest);
                } else {
                    try (VmImage saved = VmImage.read(image, null)) {
                        vm.restore(saved);
                    }
                }
                AtomicInteger left = new AtomicInteger(3);
                stop = vm.runInSlices(null, () -> left.decrementAndGet() > 0);
                moves++;
                vm.save(image);
                assertThat(stop.isEnd() ? vm.instructions() : 0).isIn(0L, whole.instructions());
            }
        }
        assertThat(moves).isGreaterThan(2);
        assertThat(stop).isEqualTo(whole.stop());
        assertThat(record.output()).isEqualTo(whole.output());
    }

    // -- waits ------------------------------------------------------------------------------------------------------

    @Test
    void aGuestThatWaitsForInputIsLookedAtAndThenGetsIt() throws Exception {
        PipedInputStream input = new PipedInputStream();
        PipedOutputStream typist = new PipedOutputStream(input);
        Interlude type = () -> {
            int n = interludes.incrementAndGet();
            if (n % 5 == 0 && n <= 15) {
                typist.write('a' + n / 5);
            } else if (n == 20) {
                typist.close();
            }
            return true;
        };
        Seen sliced = run(
                BareProgram.compile(directory, ECHO),
                type,
                VmConfiguration.builder().standardInput(input));
        Seen whole = runWhole(
                BareProgram.compile(directory, ECHO),
                null,
                VmConfiguration.builder().standardInput(new ByteArrayInputStream("bcd".getBytes())));
        assertSame(sliced, whole);
        assertThat(sliced.output()).isEqualTo("?bcd");
    }

    @Test
    void whatCameForAGuestThatIsStoppedWaitingTravelsWithIt() throws Exception {
        PipedInputStream input = new PipedInputStream();
        PipedOutputStream typist = new PipedOutputStream(input);
        Interlude typeAtTheEnd = () -> {
            if (interludes.incrementAndGet() < 5) {
                return true;
            }
            typist.write('!');
            typist.close();
            awaitReader(input);
            return false;
        };
        Seen sliced = run(
                BareProgram.compile(directory, ECHO),
                typeAtTheEnd,
                VmConfiguration.builder().standardInput(input));
        assertThat(sliced.stop().reason()).isEqualTo(Stop.Reason.SAVE_POINT);
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Outcome end = restored("vm.vmimg", VmConfiguration.builder().standardOutput(output));
        assertThat(output).hasToString("!");
        assertThat(end.status()).isEqualTo(1);
    }

    /** Until the VMM's reader has taken what there is. */
    private static void awaitReader(InputStream input) throws IOException {
        try {
            while (input.available() > 0) {
                TimeUnit.MILLISECONDS.sleep(2);
            }
            // Taken, but perhaps not yet handed over.
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void aSleepIsNoLongerForItsInterludes() throws Exception {
        long start = System.nanoTime();
        Seen sliced = run(
                BareProgram.compile(directory, SLEEPER),
                this::goOn,
                VmConfiguration.builder().clock(TimeSource.HOST));
        long milliseconds = (System.nanoTime() - start) / 1_000_000;
        assertThat(sliced.stop().status()).isEqualTo(7);
        assertThat(sliced.output()).isEqualTo("se");
        assertThat(interludes).hasValueGreaterThan(10);
        assertThat(milliseconds).isBetween(300L, 3000L);
    }

    @Test
    void aRequestToStopIsNotTakenForTheEndOfASlice() throws Exception {
        Start guest = BareProgram.compile(directory, SPIN);
        List<Stop> stops = new ArrayList<>();
        CountDownLatch running = new CountDownLatch(20);
        try (VirtualMachine vm =
                VirtualMachine.blank(VmConfiguration.builder().root(directory).build())) {
            vm.load(guest);
            Thread runner = new Thread(() -> stops.add(stopOf(vm, running)));
            runner.start();
            running.await();
            vm.requestStop();
            runner.join(10_000);
            assertThat(stops).singleElement().extracting(Stop::reason).isEqualTo(Stop.Reason.LIMIT);
            // Nothing of the slices is left behind: this run is not one.
            assertThat(vm.runTo(new SavePoint.Instructions(vm.instructions() + 30_000_000))
                            .reason())
                    .isEqualTo(Stop.Reason.SAVE_POINT);
        }
    }

    private static Stop stopOf(VirtualMachine vm, CountDownLatch running) {
        try {
            return vm.runInSlices(null, () -> {
                running.countDown();
                return true;
            });
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aRunWhoseInterludeFailsCanGoOn() throws Exception {
        Start guest = BareProgram.compile(directory, BUSY);
        Seen whole = runWhole(guest, null, VmConfiguration.builder());
        RecordedRun record = new RecordedRun(directory.resolve("root"));
        try (VirtualMachine vm = VirtualMachine.blank(record.configuration().build())) {
            vm.load(guest);
            assertThatThrownBy(() -> vm.runInSlices(null, () -> {
                        if (interludes.incrementAndGet() == 3) {
                            throw new IOException("the link is gone");
                        }
                        return true;
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("the link is gone");
            assertThat(vm.run()).isEqualTo(whole.stop());
            assertThat(vm.instructions()).isEqualTo(whole.instructions());
            assertThat(record.output()).isEqualTo(whole.output());
        }
    }
}
