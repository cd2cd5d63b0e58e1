package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.PeerAddress;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest that is moved to an empty root goes on with its open files as if it had stayed. */
@Timeout(120)
class MovedGuestFilesTest {
    /** Has a file open in every way that it can be, and works in a directory without one. */
    private static final String OPENER =
            """
            static char data[64];
            call(95, 027);                                  /* umask */
            call(83, "sub", 0777); call(80, "sub");         /* mkdir, chdir */
            long log = call(2, "log", 02101, 0200);         /* O_APPEND, O_WRONLY, unreadable once closed */
            long file = call(2, "d\u043e\u043a\u0443\u043c\u0435\u043d\u0442 \ud83d\udc27", 0102, 0400);
            long same = call(32, file);                     /* dup shares the offset */
            long again = call(2, "d\u043e\u043a\u0443\u043c\u0435\u043d\u0442 \ud83d\udc27", 0, 0);
            long input = call(2, "../input", 0, 0);
            long gone = call(2, "gone", 0102, 0600);
            call(1, gone, "has no name", 11); call(87, "gone"); call(8, gone, 0, 0);
            long directory = call(2, ".", 0200000, 0);
            call(83, "empty", 0777); call(80, "empty");
            for (int round = 0; round < 4; round++) {
                if (round == SAVE) call(400);
                char line[2] = {'a' + round, '\\n'};
                call(1, log, line, 2);
                call(1, round & 1 ? file : same, "0123456789", 10);
                call(1, 1, data, call(0, again, data, 7));
                call(1, 1, data, call(0, input, data, 3));
                call(1, 1, data, call(0, gone, data, 2));
            }
            long made = call(2, "made", 0101, 0666); call(1, made, "x", 1);
            long beside = call(257, directory, "beside", 0101, 0666);
            call(1, beside, data, call(79, data, 64) - 1);   /* getcwd */
            return beside;
            """;

    @TempDir
    Path directory;

    private RecordedRun run(String name) throws IOException {
        Path root = Files.createDirectory(directory.resolve(name));
        return new RecordedRun(root);
    }

    private static Map<String, String> files(Path root) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.toList()) {
                files.put(root.relativize(file).toString(), Files.isRegularFile(file) ? Files.readString(file) : "");
            }
        }
        return files;
    }

    private VmConfiguration moving(RecordedRun run, String journal, int port) {
        VmConfiguration.Builder builder = run.configuration();
        builder.migration()
                .peer(new PeerAddress("127.0.0.1", port))
                .journal(directory.resolve(journal))
                .patience(Duration.ofSeconds(30));
        return builder.build();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static CompletableFuture<Outcome> receive(VmConfiguration configuration) {
        Session session = new Session(configuration);
        return CompletableFuture.supplyAsync(() -> {
            try {
                return session.receive();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void goesOnWithItsFiles(int round) throws Exception {
        Start guest = BareProgram.compile(directory, OPENER.replace("SAVE", Integer.toString(round)));
        RecordedRun whole = run("whole");
        RecordedRun source = run("source");
        RecordedRun destination = run("destination");
        for (String root : new String[] {"whole", "source"}) {
            Files.writeString(directory.resolve(root).resolve("input"), "what the guest only reads");
        }
        Path image = directory.resolve("vm.vmimg");
        Outcome stayed = new Session(whole.configuration()
                        .saveImage(directory.resolve("own.vmimg"))
                        .build())
                .run(guest);

        int port = freePort();
        CompletableFuture<Outcome> received = receive(moving(destination, "journal there", port));
        Outcome sent = new Session(moving(source, "journal", port)).send(guest, new SavePoint.SaveCall(), image);

        assertThat(sent.stop().reason()).as(sent.message()).isEqualTo(Stop.Reason.MOVED);
        assertThat(received.get(60, TimeUnit.SECONDS).status()).isEqualTo(stayed.status());
        assertThat(source.output() + destination.output()).isEqualTo(whole.output());
        assertThat(files(directory.resolve("destination"))).isEqualTo(files(directory.resolve("whole")));
        assertThat(directory.resolve("journal there")).isDirectoryNotContaining("glob:**.{files,replaced}");
    }
}
