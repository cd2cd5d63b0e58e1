package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.OnFailure;
import io.scratchvm.vmm.api.PeerAddress;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A guest that is moved while it runs comes to the end of one that never moved. */
@Timeout(120)
class LiveMigrationTest {
    /** Writes all over 4 MiB, a line now and then; the exit status is a digest of all that it has. */
    private static final String WRITER =
            """
            long n = 4 << 20;
            unsigned long *area = (unsigned long *) call(9, 0, n, 3, 0x22, -1, 0);
            for (long i = 0; i < n / 8; i += 8) area[i] = i + 1;
            long saved = call(400);
            unsigned long x = 1;
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < 200000; i++) {
                    x = x * 6364136223846793005UL + 1442695040888963407UL;
                    area[(x >> 40) % (n / 8 / 8)] = x;
                }
                char line[2] = {'a' + (x >> 60), '\\n'};
                call(1, 1, line, 2);
            }
            unsigned long hash = saved;
            for (long i = 0; i < n / 8; i++) hash = hash * 31 + area[i];
            return (hash ^ hash >> 32) & 127;
            """;

    @TempDir
    Path directory;

    private final SavePoint save = new SavePoint.SaveCall();
    private RecordedRun source;
    private RecordedRun destination;
    private PeerAddress peer;

    @BeforeEach
    void nameTheSides() throws Exception {
        Path there = Files.createDirectory(directory.resolve("there"));
        source = new RecordedRun(directory);
        destination = new RecordedRun(there);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            peer = new PeerAddress("127.0.0.1", free.getLocalPort());
        }
    }

    private VmConfiguration sending(OnFailure onFailure, Duration maxDowntime, int maxRounds) {
        VmConfiguration.Builder builder = source.configuration();
        builder.migration()
                .peer(peer)
                .journal(directory.resolve("journal"))
                .live(true)
                .maxDowntime(maxDowntime)
                .maxRounds(maxRounds)
                .onFailure(onFailure)
                .patience(Duration.ofSeconds(20));
        return builder.build();
    }

    private CompletableFuture<Outcome> receive() {
        VmConfiguration.Builder builder = destination.configuration();
        builder.migration()
                .peer(peer)
                .journal(directory.resolve("journal there"))
                .patience(Duration.ofSeconds(20));
        Session session = new Session(builder.build());
        return CompletableFuture.supplyAsync(() -> {
            try {
                return session.receive();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private Outcome unmoved(Start guest, RecordedRun run) throws Exception {
        return new Session(run.configuration()
                        .saveImage(directory.resolve("own.vmimg"))
                        .build())
                .run(guest);
    }

    private void assertSameEnd(Start guest, Outcome end) throws Exception {
        RecordedRun whole = new RecordedRun(directory);
        assertThat(end.status()).isEqualTo(unmoved(guest, whole).status());
        assertThat(source.output() + destination.output()).isEqualTo(whole.output());
    }

    private Path image() {
        return directory.resolve("vm.vmimg");
    }

    @Test
    void aGuestThatNeverRestsIsMovedAfterTheLastRound() throws Exception {
        Start guest = BareProgram.compile(directory, WRITER.replace("ROUNDS", "60"));
        CompletableFuture<Outcome> received = receive();
        Outcome sent = new Session(sending(OnFailure.KEEP, Duration.ZERO, 3)).send(guest, save, image());
        assertThat(sent.stop()).as(sent.message()).isEqualTo(new Stop(Stop.Reason.MOVED, 0, ""));
        assertThat(sent.migration().rounds()).isEqualTo(3);
        assertThat(sent.migration().converged()).isFalse();
        assertThat(sent.migration().memoryBytes()).isGreaterThan(5 << 20);
        assertSameEnd(guest, received.get(60, TimeUnit.SECONDS));
        assertThat(source.trace).contains("VM_APP - SAVE OPERATION", "VM_APP - VM STATE SENT");
    }

    @Test
    void aGuestThatWritesLittleIsMovedWithinTheDowntime() throws Exception {
        Start guest =
                BareProgram.compile(directory, WRITER.replace("ROUNDS", "60").replace("(n / 8 / 8)", "512"));
        CompletableFuture<Outcome> received = receive();
        Outcome sent = new Session(sending(OnFailure.KEEP, Duration.ofSeconds(2), 30)).send(guest, save, image());
        assertThat(sent.stop().reason()).as(sent.message()).isEqualTo(Stop.Reason.MOVED);
        assertThat(sent.migration().converged()).isTrue();
        assertThat(sent.migration().downtime()).isPositive();
        assertSameEnd(guest, received.get(60, TimeUnit.SECONDS));
    }

    @Test
    void aGuestThatEndsFirstIsNotMoved() throws Exception {
        Start guest = BareProgram.compile(directory, WRITER.replace("ROUNDS", "5"));
        CompletableFuture<Outcome> received = receive();
        Outcome sent = new Session(sending(OnFailure.KEEP, Duration.ZERO, 1_000_000)).send(guest, save, image());
        assertThat(sent.status()).isEqualTo(125);
        assertThat(sent.message()).contains("the guest ended before it was moved");
        assertThat(image()).doesNotExist();
        assertThat(outcome(received)).contains("the guest has ended");
        assertThat(destination.output()).isEmpty();
        assertThat(source.output().lines()).hasSize(5);
    }

    private static String outcome(CompletableFuture<Outcome> received) throws Exception {
        try {
            return received.get(60, TimeUnit.SECONDS).message();
        } catch (ExecutionException e) {
            return e.getCause().toString();
        }
    }

    @Test
    void aGuestThatNobodyTakesIsKeptOrGoesOnAsTheUserSays() throws Exception {
        Start guest = BareProgram.compile(directory, WRITER.replace("ROUNDS", "20"));
        VmConfiguration.Builder hasty = sending(OnFailure.RESUME, Duration.ZERO, 4).toBuilder();
        hasty.migration().patience(Duration.ofMillis(100));
        Outcome wentOn = new Session(hasty.build()).send(guest, save, image());
        assertSameEnd(guest, wentOn);

        hasty.migration().onFailure(OnFailure.KEEP);
        source.output.reset();
        Outcome kept = new Session(hasty.build()).send(guest, save, image());
        assertThat(kept.status()).isEqualTo(125);
        assertThat(kept.message()).contains("vmm restore " + image());
        assertSameEnd(guest, new Session(source.configuration().build()).restore(image()));
    }
}
