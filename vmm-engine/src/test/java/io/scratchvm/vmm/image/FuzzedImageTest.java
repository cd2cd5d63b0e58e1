package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.SavePoint;
import io.scratchvm.vmm.Stop;
import io.scratchvm.vmm.VirtualMachine;
import io.scratchvm.vmm.VmImage;
import io.scratchvm.vmm.api.FilesPolicy;
import io.scratchvm.vmm.api.Limits;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.device.ClockState;
import io.scratchvm.vmm.device.InterruptsState;
import io.scratchvm.vmm.device.RandomState;
import io.scratchvm.vmm.linux.PendingIoState;
import io.scratchvm.vmm.linux.ProcessState;
import io.scratchvm.vmm.linux.ProcessesState;
import io.scratchvm.vmm.linux.file.FilesState;
import io.scratchvm.vmm.linux.mm.AddressSpaceState;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images of real VMs in which single values were changed, sealed as they must be: reading, restoring, running and saving
 * such a VM ends as an honest one's does or with the user's error, soon, in bounded memory, and touches nothing outside of
 * the root. Seeded; {@code -Dvmm.fuzz.images=N} makes it longer, {@code -Dvmm.fuzz.seed=N} another one, {@code
 * -Dvmm.fuzz.first=N} repeats from one on.
 */
@Timeout(value = 30, unit = java.util.concurrent.TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzedImageTest {
    private static final int IMAGES = Integer.getInteger("vmm.fuzz.images", 150);
    private static final int FIRST = Integer.getInteger("vmm.fuzz.first", 0);
    private static final long SEED = Long.getLong("vmm.fuzz.seed", 1);
    private static final Limits LIMITS = new Limits(30_000, Duration.ofSeconds(2), 100_000);
    private static final long MOST_SECONDS = 5;
    private static final long MOST_BYTES = 300L << 20;

    private static final Map<NoteType, Class<? extends Record>> RECORDS = new TreeMap<>(Map.ofEntries(
            Map.entry(NoteType.MANIFEST, Manifest.class),
            Map.entry(NoteType.VCPU, VcpuState.class),
            Map.entry(NoteType.MEMORY, MemoryMap.class),
            Map.entry(NoteType.FILES, FilesState.class),
            Map.entry(NoteType.PENDING_IO, PendingIoState.class),
            Map.entry(NoteType.PROCESS, ProcessState.class),
            Map.entry(NoteType.ADDRESS_SPACE, AddressSpaceState.class),
            Map.entry(NoteType.DEVICES, DevicesState.class),
            Map.entry(NoteType.CLOCK, ClockState.class),
            Map.entry(NoteType.RANDOM, RandomState.class),
            Map.entry(NoteType.INTERRUPTS, InterruptsState.class),
            Map.entry(NoteType.PROCESSES, ProcessesState.class)));

    /** A guest of real mode that programs interrupt controller, timer and UART, and halts again and again. */
    private static final String TICKING = "c7062000307c" // mov word [8 * 4], 0x7c30
            + "b011e620b008e621b004e621b001e621b0fee621" // the first 8259A: vectors from 8, IRQ 0 alone
            + "b034e643b064e640b000e640" // channel 0: every 100 ticks
            + "baf903b001ee" // an interrupt for received data
            + "fbf4ebfc" // sti; hlt; again
            + "b020e620cf"; // end of interrupt; iret

    private static final String BUSY_PROGRAM =
            """
            static long call(long n, long a, long b, long c, long d, long e, long f) {
                register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
                long result;
                __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                    : "rcx", "r11", "memory");
                return result;
            }
            static char buffer[70000];
            void _start(void) {
                long kept = call(2, (long) "kept", 2, 0, 0, 0, 0);
                long gone = call(2, (long) "gone", 0102, 0600, 0, 0, 0);
                long root = call(2, (long) ".", 0200000, 0, 0, 0, 0);
                call(1, gone, (long) "deleted", 7, 0, 0, 0);
                call(87, (long) "gone", 0, 0, 0, 0, 0);
                call(32, kept, 0, 0, 0, 0, 0);
                call(0, kept, (long) buffer, 3, 0, 0, 0);
                long heap = call(12, 0, 0, 0, 0, 0, 0);
                call(12, heap + 20000, 0, 0, 0, 0, 0);
                long area = call(9, 0, 1 << 20, 3, 0x4022, -1, 0);
                *(volatile long *) (area + 5000) = 7;
                call(400, 0, 0, 0, 0, 0, 0);
                for (long i = 0; i < 40; i++) {
                    call(0, kept, (long) buffer, 10, 0, 0, 0);
                    call(1, kept, (long) "w", 1, 0, 0, 0);
                    call(217, root, (long) buffer, 600, 0, 0, 0);
                    long more = call(9, 0, 40960 + 4096 * i, 3, i & 1 ? 0x22 : 0x4022, -1, 0);
                    if (more > 0) { *(volatile long *) (more + 8000) = i; call(25, more, 40960, 81920, 1, 0, 0); }
                    call(10, area, 8192 + 4096 * i, i & 3, 0, 0, 0);
                    call(28, area, 1 << 20, 4, 0, 0, 0);
                    call(11, area + (1 << 19), 4096 * i, 0, 0, 0, 0);
                    call(12, heap + 4096 * i, 0, 0, 0, 0, 0);
                    call(257, -100, (long) "../made", 0102, 0600, 0, 0);
                    call(228, i & 7, (long) buffer, 0, 0, 0, 0);
                    call(318, (long) buffer, 30, 0, 0, 0, 0);
                    call(35, (long) (long[2]) {0, 5}, 0, 0, 0, 0, 0);
                    call(0, 0, (long) buffer, 5, 0, 0, 0);
                }
                call(231, 7, 0, 0, 0, 0, 0);
            }
            """;

    /** Processes, threads and pipes in the middle of what they do to each other. */
    private static final String FAMILY_PROGRAM = BUSY_PROGRAM.substring(0, BUSY_PROGRAM.indexOf("static char buffer"))
            + """
            static int word; static int ends[2]; static char stack[8192], line[70000];
            static void worker(void) {
                for (;;) { call(202, (long) &word, 0, 0, (long) (long[2]) {0, 5000}, 0, 0); call(24, 0, 0, 0, 0, 0, 0); word ^= 1; }
            }
            static void child(long n) {
                long shared = call(9, 0, 8192, 3, 0x21, -1, 0);
                for (long i = 0; i < 30; i++) {
                    call(0, ends[0], (long) line, 100 * n, 0, 0, 0);
                    *(volatile long *) (shared + 8 * i) = i;
                    if (call(57, 0, 0, 0, 0, 0, 0) == 0) { call(1, ends[1], (long) line, 9, 0, 0, 0); call(60, n, 0, 0, 0, 0, 0); }
                    call(61, -1, 0, 0, 0, 0, 0);
                    call(62, 1000 + i, 0, 0, 0, 0, 0);
                }
                call(231, n, 0, 0, 0, 0, 0);
            }
            void _start(void) {
                call(22, (long) ends, 0, 0, 0, 0, 0);
                long result, top = (long) (stack + 8000);
                *(long *) top = (long) worker;
                __asm__ volatile("syscall; test %%rax, %%rax; jnz 1f; pop %%rax; call *%%rax; 1:"
                    : "=a"(result) : "a"(56), "D"(0x50f00), "S"(top), "d"(0) : "rcx", "r11", "memory");
                for (long n = 1; n < 4; n++) if (call(57, 0, 0, 0, 0, 0, 0) == 0) child(n);
                if (call(57, 0, 0, 0, 0, 0, 0) == 0) call(231, 1, 0, 0, 0, 0, 0);
                call(1, ends[1], (long) line, 777, 0, 0, 0);
                call(35, (long) (long[2]) {0, 2000000}, 0, 0, 0, 0, 0);
                call(400, 0, 0, 0, 0, 0, 0);
                for (long i = 0; i < 40; i++) {
                    call(1, ends[1], (long) line, i * 300, 0, 0, 0);
                    call(61, -1, 0, 1, 0, 0, 0);
                    call(202, (long) &word, 1, 1, 0, 0, 0);
                    call(0, ends[0], (long) line, 50, 0, 0, 0);
                }
                call(231, 7, 0, 0, 0, 0, 0);
            }
            """;

    @TempDir
    Path directory;

    /** An honest image, and what was under the guest's root when it was saved. */
    private record Sample(String name, byte[] image, Path root, Map<String, byte[]> files) {}

    @Test
    void endsAsAnHonestOneOrIsRefused() throws Exception {
        List<Sample> samples = samples();
        Files.writeString(directory.resolve("secret"), "secret");
        int refused = 0;
        List<Throwable> failures = new ArrayList<>();
        for (int i = FIRST; i < FIRST + IMAGES; i++) {
            Random random = new Random(SEED * 1_000_003 + i);
            Sample sample = samples.get(random.nextInt(samples.size()));
            List<String> story = new ArrayList<>(List.of(sample.name, "image " + i));
            try {
                refused += ends(sample, random, story) ? 0 : 1;
            } catch (AssertionError e) {
                failures.add(e);
                putBack(sample);
            }
        }
        if (!failures.isEmpty()) {
            AssertionError all = new AssertionError(failures.size() + " of " + IMAGES + " images; the first: "
                    + failures.get(0).getMessage());
            failures.forEach(all::addSuppressed);
            throw all;
        }
        if (IMAGES >= 100) {
            assertThat(refused).isBetween(IMAGES / 10, IMAGES * 9 / 10);
        }
        assertThat(directory.resolve("secret")).hasContent("secret");
        assertThat(directory.resolve("made")).doesNotExist();
    }

    private boolean ends(Sample sample, Random random, List<String> story) throws Exception {
        Path image = directory.resolve("forged.vmimg");
        byte[] forged = forge(sample, random, story);
        if (forged == null) {
            return false;
        }
        Files.write(image, forged);
        long allocated = allocated();
        long start = System.nanoTime();
        boolean ended = false;
        try {
            ended = useAll(image, sample, random, story);
        } catch (VmmException | IOException e) {
            assertThat(e.getMessage()).as(story.toString()).isNotBlank().doesNotContain("\n");
            story.add(e.toString());
        } catch (Throwable e) {
            throw new AssertionError(story.toString(), e);
        }
        assertThat((System.nanoTime() - start) / 1_000_000_000)
                .as("seconds: " + story)
                .isLessThan(MOST_SECONDS);
        assertThat(allocated() - allocated).as("allocated: " + story).isLessThan(MOST_BYTES);
        if (!story.contains("restored")) {
            assertThat(files(sample.root).keySet()).as(story.toString()).isEqualTo(sample.files.keySet());
            files(sample.root)
                    .forEach((name, bytes) ->
                            assertThat(bytes).as(name + " " + story).isEqualTo(sample.files.get(name)));
        }
        putBack(sample);
        return ended;
    }

    /** Everything that can be done with an image; whether the guest ended by itself or by a limit. */
    private boolean useAll(Path image, Sample sample, Random random, List<String> story) throws IOException {
        VmConfiguration configuration = VmConfiguration.builder()
                .root(sample.root)
                .standardInput(new ByteArrayInputStream(new byte[100]))
                .standardOutput(OutputStream.nullOutputStream())
                .standardError(OutputStream.nullOutputStream())
                .limits(LIMITS)
                .files(FilesPolicy.values()[random.nextInt(FilesPolicy.values().length)])
                .build();
        story.add(configuration.files().name());
        try (VmImage saved = random.nextBoolean() ? VmImage.read(image, null) : VmImage.readLazily(image, null);
                VirtualMachine vm = VirtualMachine.blank(configuration)) {
            saved.describe();
            saved.toJson();
            vm.restore(saved);
            story.add("restored");
            Stop stop = vm.run();
            assertThat(stop.message()).doesNotContain("\n");
            vm.save(directory.resolve("again.vmimg"));
            return true;
        }
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    // -- forging -----------------------------------------------------------------------------------------------------

    /** Null where the change leaves nothing that could be sealed. */
    private static byte[] forge(Sample sample, Random random, List<String> story) throws Exception {
        try {
            return forged(sample, random, story);
        } catch (CborException unsealable) {
            return null;
        }
    }

    private static byte[] forged(Sample sample, Random random, List<String> story) throws Exception {
        byte[] image = sample.image;
        if (random.nextInt(3) == 0) {
            image = changeMemory(image, random, story);
            if (random.nextBoolean()) {
                return image;
            }
        }
        Forger forger = new Forger(image);
        RecordMutator mutator = new RecordMutator(random);
        List<NoteType> types = new ArrayList<>(RECORDS.keySet());
        types.removeIf(type -> !forger.has(type));
        if (types.contains(NoteType.PROCESSES) && random.nextBoolean()) {
            types.removeIf(type -> type != NoteType.PROCESSES);
        }
        NoteType type = types.get(random.nextInt(types.size()));
        change(forger, type, RECORDS.get(type), mutator, 1 + random.nextInt(3), story);
        return forger.forge();
    }

    private static <T extends Record> void change(
            Forger forger, NoteType type, Class<T> record, RecordMutator mutator, int times, List<String> story) {
        forger.change(type, record, state -> {
            T changed = state;
            for (int i = 0; i < times; i++) {
                changed = mutator.mutate(changed);
            }
            String text = changed.toString();
            story.add(text.substring(0, Math.min(text.length(), 3000)));
            return changed;
        });
    }

    /** Words of guest memory, page tables above all: what looks like an entry becomes another one. */
    private static byte[] changeMemory(byte[] good, Random random, List<String> story) throws Exception {
        byte[] image = good.clone();
        Forger forger = new Forger(image);
        int length = forger.memoryLength();
        int start = image.length - length;
        List<Integer> entries = new ArrayList<>();
        java.nio.ByteBuffer words = java.nio.ByteBuffer.wrap(image).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        for (int at = start; at < image.length; at += 8) {
            long word = words.getLong(at);
            if ((word & 1) != 0 && (word & 0x000f_ffff_0000_0f00L) == 0) {
                entries.add(at);
            }
        }
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            boolean table = !entries.isEmpty() && random.nextInt(4) != 0;
            int at = table ? entries.get(random.nextInt(entries.size())) : start + random.nextInt(length / 8) * 8;
            long old = words.getLong(at);
            long target = words.getLong(entries.isEmpty() ? at : entries.get(random.nextInt(entries.size())));
            words.putLong(at, random.nextBoolean() ? target : new RecordMutator(random).number(old));
            story.add("memory+" + Integer.toHexString(at - start) + "=" + Long.toHexString(words.getLong(at)));
        }
        return new Forger(image)
                .change(NoteType.MEMORY, MemoryMap.class, map -> digested(map, image, start))
                .forge();
    }

    private static MemoryMap digested(MemoryMap map, byte[] image, int start) {
        List<MemoryMap.Run> runs = new ArrayList<>();
        int at = start;
        for (MemoryMap.Run run : map.runs()) {
            byte[] bytes = Arrays.copyOfRange(image, at, at + (int) run.length());
            runs.add(new MemoryMap.Run(run.address(), run.length(), sha256(bytes)));
            at += (int) run.length();
        }
        return new MemoryMap(runs);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    // -- samples -----------------------------------------------------------------------------------------------------

    private List<Sample> samples() throws Exception {
        List<Sample> samples = new ArrayList<>();
        Start boot = new Start.Boot(resource("lab/boot.elf"), resource("lab/app.elf"));
        samples.add(sample("lab", boot, new SavePoint.SaveCall()));
        samples.add(sample("lab in real mode", boot, new SavePoint.Instructions(3)));
        Path flat = directory.resolve("flat.bin");
        // mov dx, 0x3f8; mov al, 'x'; out dx, al; in al, dx; jmp to the mov al
        Files.write(flat, new byte[] {
            (byte) 0xba, (byte) 0xf8, 3, (byte) 0xb0, 'x', (byte) 0xee, (byte) 0xec, (byte) 0xeb, (byte) 0xfa
        });
        samples.add(sample("flat", new Start.Flat(flat, 0x7c00), new SavePoint.Instructions(20)));
        Path ticking =
                Files.write(directory.resolve("ticking.bin"), HexFormat.of().parseHex(TICKING));
        samples.add(sample("ticking", new Start.Flat(ticking, 0x7c00), new SavePoint.Instructions(40)));
        if (HostTools.has("gcc")) {
            Start program = compiled("busy", BUSY_PROGRAM);
            samples.add(sample("busy", program, new SavePoint.SaveCall()));
            samples.add(sample("busy reading", program, new SavePoint.Input()));
            samples.add(sample("family", compiled("family", FAMILY_PROGRAM), new SavePoint.SaveCall()));
        }
        return samples;
    }

    private Start compiled(String name, String source) throws Exception {
        Files.writeString(directory.resolve(name + ".c"), source);
        HostTools.run(
                directory, "gcc", "-O1", "-w", "-nostdlib", "-static", "-fno-stack-protector", "-o", name, name + ".c");
        return new Start.Program(directory.resolve(name), List.of());
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(FuzzedImageTest.class.getResource("/" + name).toURI());
    }

    private Sample sample(String name, Start start, SavePoint point) throws IOException {
        Path root = Files.createDirectory(directory.resolve("root of " + name));
        Files.writeString(root.resolve("kept"), "what was there before");
        Files.createSymbolicLink(root.resolve("link"), Path.of(".."));
        VmConfiguration configuration = VmConfiguration.builder()
                .root(root)
                .standardInput(new ByteArrayInputStream(new byte[3]))
                .standardOutput(OutputStream.nullOutputStream())
                .standardError(OutputStream.nullOutputStream())
                .build();
        Path image = directory.resolve(name + ".vmimg");
        try (VirtualMachine vm = VirtualMachine.blank(configuration)) {
            vm.load(start);
            vm.runTo(point);
            vm.save(image);
        }
        return new Sample(name, Files.readAllBytes(image), root, files(root));
    }

    private static Map<String, byte[]> files(Path root) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.toList()) {
                String name = root.relativize(file).toString();
                files.put(
                        name,
                        Files.isRegularFile(file) && !Files.isSymbolicLink(file) ? Files.readAllBytes(file) : null);
            }
        }
        return files;
    }

    private static void putBack(Sample sample) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(sample.root)) {
            all = new ArrayList<>(walk.toList());
        }
        java.util.Collections.reverse(all);
        for (Path file : all) {
            byte[] bytes = sample.files.get(sample.root.relativize(file).toString());
            if (!sample.files.containsKey(sample.root.relativize(file).toString())) {
                Files.delete(file);
            } else if (bytes != null) {
                Files.write(file, bytes);
            }
        }
    }
}
