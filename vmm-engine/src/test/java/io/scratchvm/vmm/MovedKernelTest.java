package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.PeerAddress;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A kernel that is moved while timer and UART interrupt it: none is lost, none comes twice, and each at its instruction. */
@Timeout(120)
class MovedKernelTest {
    /**
     * Writes all over 4 MiB. The timer's handler queues a byte that depends on what was written so far, the UART's sends it
     * once the transmitter is empty; the exit status is a digest of what was sent and when.
     */
    private static final String CODE =
            """
            enum { WORDS = 1 << 20, TICKS = 250 };
            static u32 *const area = (u32 *) 0x400000;
            static u32 idt[512], gdt[6] = {0, 0, 0xffff, 0xcf9a00, 0xffff, 0xcf9200};
            static volatile u32 ticks, sent, written, digest;
            static char queue[TICKS];
            struct pointer { unsigned short limit; u32 base; } __attribute__((packed));
            static u32 next(u32 x) { return x * 1664525 + 1013904223; }
            __attribute__((interrupt)) void tick(void *frame) {
                (void) frame;
                if (ticks < TICKS) queue[ticks++] = 'a' + (written >> 3) % 26;
                out(0x3f9, 2);
                out(0x20, 0x20);
            }
            __attribute__((interrupt)) void empty(void *frame) {
                (void) frame;
                while (!(in(0x3fa) & 1)) {
                    if (sent == ticks) out(0x3f9, 0);
                    else { digest = (digest ^ written) * 16777619 + queue[sent]; put(queue[sent++]); }
                }
                out(0x20, 0x20);
            }
            static void gate(int vector, void (*handler)(void *)) {
                idt[2 * vector] = 8 << 16 | ((u32) handler & 0xffff);
                idt[2 * vector + 1] = ((u32) handler & 0xffff0000) | 0x8e00;
            }
            void kernel(u32 magic, u32 *information) {
                struct pointer interrupts = {sizeof idt - 1, (u32) idt}, segments = {sizeof gdt - 1, (u32) gdt};
                u32 result = 400, x = 1;
                (void) magic; (void) information;
                __asm__ volatile("lgdt %0; lidt %1" : : "m"(segments), "m"(interrupts));
                gate(0x20, tick); gate(0x24, empty);
                out(0x20, 0x11); out(0x21, 0x20); out(0x21, 4); out(0x21, 1); out(0x21, 0xee);
                out(0x43, 0x34); out(0x40, 119); out(0x40, 0);
                __asm__ volatile("vmcall; sti" : "+a"(result) : : "memory");
                while (sent < TICKS) {
                    x = next(x);
                    area[(x >> 8) % WORDS] += x;
                    written++;
                }
                out(0xf4, (digest ^ digest >> 8 ^ digest >> 16 ^ result) & 127);
            }
            """;

    @TempDir
    Path directory;

    @Test
    void itsInterruptsGoOnAtTheOtherSide() throws Exception {
        Start kernel = TestKernels.started(TestKernels.ofC(directory, CODE, 0x10_0000, 0x10_0000));
        RecordedRun source = new RecordedRun(directory);
        RecordedRun destination = new RecordedRun(Files.createDirectory(directory.resolve("there")));
        PeerAddress peer = freePeer();
        CompletableFuture<Outcome> received = receive(moving(destination, peer, "journal there"));
        VmConfiguration.Builder sending = moving(source, peer, "journal");
        sending.migration().live(true).maxDowntime(Duration.ZERO).maxRounds(3);
        Outcome sent =
                new Session(sending.build()).send(kernel, new SavePoint.SaveCall(), directory.resolve("vm.vmimg"));
        assertThat(sent.stop()).as(sent.message()).isEqualTo(new Stop(Stop.Reason.MOVED, 0, ""));
        Outcome end = received.get(60, TimeUnit.SECONDS);

        RecordedRun whole = new RecordedRun(directory);
        Outcome unmoved = new Session(whole.configuration("")
                        .saveImage(directory.resolve("own.vmimg"))
                        .build())
                .run(kernel);
        assertThat(source.output() + destination.output()).hasSize(250).isEqualTo(whole.output());
        assertThat(source.output()).isNotEmpty();
        assertThat(destination.output()).isNotEmpty();
        assertThat(end.status()).isEqualTo(unmoved.status());
    }

    private static PeerAddress freePeer() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new PeerAddress("127.0.0.1", free.getLocalPort());
        }
    }

    private VmConfiguration.Builder moving(RecordedRun run, PeerAddress peer, String journal) {
        VmConfiguration.Builder builder = run.configuration("");
        builder.migration().peer(peer).journal(directory.resolve(journal)).patience(Duration.ofSeconds(20));
        return builder;
    }

    private static CompletableFuture<Outcome> receive(VmConfiguration.Builder configuration) {
        Session session = new Session(configuration.build());
        return CompletableFuture.supplyAsync(() -> {
            try {
                return session.receive();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
