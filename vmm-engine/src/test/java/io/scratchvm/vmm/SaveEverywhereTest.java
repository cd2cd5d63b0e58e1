package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.FilesPolicy;
import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A VM that is saved and restored again and again comes to the same end as one that nobody interrupted. */
@Timeout(300)
class SaveEverywhereTest {
    /** Has something in every part of the state that a program without a C library can reach. */
    private static final String BUSY =
            """
            static char out[256]; static long at; static unsigned char data[4096];
            #define show(value) do { unsigned long v = (unsigned long) (value); at = 17; out[16] = '\\n'; \\
                for (int i = 15; i >= 0; i--, v >>= 4) out[i] = "0123456789abcdef"[v & 15]; \\
                call(1, 1, out, at); } while (0)
            call(95, 027);                                          /* umask */
            call(83, "sub", 0777);
            call(80, "sub");                                        /* chdir */
            long log = call(2, "log", 0102 | 02000, 0666);          /* O_APPEND */
            long file = call(2, "file", 0102, 0777);
            long same = call(32, file);                             /* dup shares the offset */
            long apart = call(2, "file", 0, 0);
            call(72, same, 2, 1);                                   /* FD_CLOEXEC */
            call(1, file, "0123456789abcdefghij", 20);
            call(8, file, 3, 0);
            show(call(0, same, data, 4)); show(data[0]); show(call(8, file, 0, 1));
            show(call(0, apart, data, 6)); show(data[5]);
            show(call(8, 33, file, 0, 0));
            call(33, file, 100); show(call(3, file)); file = 100;
            show(call(72, same, 1, 0)); show(call(72, log, 3, 0));
            call(158, 0x1002, data + 64);                           /* FS base */
            call(158, 0x1001, data + 128);                          /* GS base */
            *(long *) (data + 64) = 77; *(long *) (data + 128) = 88;
            long mask[2] = {0x0f0f, 0}; call(14, 0, mask, 0, 8);    /* signals: mask, action, stack */
            long action[4] = {0x1234, 0x04000000, 0x5678, 1}; call(13, 10, action, 0, 8);
            long stack[3] = {(long) data, 0, 4096}; call(131, stack, 0);
            long heap = call(12, 0); call(12, heap + 10000); *(volatile long *) (heap + 9000) = 5;
            char *area = (char *) call(9, 0, 1 << 18, 3, 0x22, -1, 0);
            char *lazy = (char *) call(9, 0, 1 << 18, 3, 0x4022, -1, 0);
            char *mapped = (char *) call(9, 0, 4096, 1, 2, file, 0);
            call(10, area + 8192, 4096, 1);
            unsigned long hash = 14695981039346656037UL;
            long dir = call(2, ".", 0200000, 0);
            for (int round = 0; round < 6; round++) {
                long n = call(217, dir, data + 1024, 40); show(n);  /* one entry at a time */
                for (long i = 0; i < n; i++) if (i < 8 || i > 15) hash = (hash ^ data[1024 + i]) * 1099511628211UL;
                char line[4] = {'a' + round, '\\n'};
                call(8, log, 0, 0); call(1, log, line, 2);
                long parts[6] = {(long) "one", 3, (long) "+two", 4, (long) line, 2};
                show(call(20, 1, parts, 3));                        /* writev */
                show(call(0, 0, data, 3)); show(data[0]);           /* standard input, in pieces */
                call(318, data, 16, 0); show(*(long *) data);       /* getrandom */
                long t[2]; call(228, 1, t); show(t[1] / 100000);    /* clock */
                long nap[2] = {0, 5000000}; call(35, nap, 0);
                area[round * 4096 * 3] = round; lazy[round * 8192] = round;
                for (int i = 0; i < 40; i++) __asm__ volatile("movq %0, %%xmm12; paddq %%xmm12, %%xmm13" : : "r"(hash + i));
                call(12, heap + 10000 + round * 4096);
                char from[1000], *to = from, *s = data; long c = 900;
                __asm__ volatile("cld; rep movsb" : "+S"(s), "+D"(to), "+c"(c) : : "memory");
                for (int i = 0; i < 900; i++) hash = (hash ^ from[i]) * 31;
                hash += mapped[round];
            }
            long fs, gs; __asm__("mov %%fs:0, %0" : "=r"(fs)); __asm__("mov %%gs:0, %0" : "=r"(gs)); show(fs); show(gs);
            long old[8]; call(14, 0, 0, old, 8); show(old[0]);
            call(13, 10, 0, old, 8); show(old[0]); show(old[3]);
            call(131, 0, old); show(old[2]);
            show(*(volatile long *) (heap + 9000)); show(call(12, 0) - heap);
            long sum; __asm__ volatile("movq %%xmm13, %0" : "=r"(sum)); show(sum); show(hash);
            show(call(79, data, 100)); show(data[1]);               /* getcwd */
            call(82, "log", "renamed"); call(1, log, "end", 3);
            long made = call(2, "made", 0101, 0777); call(1, made, "x", 1);
            call(3, made); call(74, log);
            return 9;
            """;

    private static final String INPUT = "some input for the guest to read, a few bytes at a time";

    @TempDir
    Path directory;

    private Start program;

    @BeforeEach
    void compile() throws Exception {
        program = BareProgram.compile(directory, BUSY);
    }

    /** What a run leaves behind. */
    private record End(Stop stop, String output, Map<String, String> files) {}

    /** A VM's surroundings: they outlive its restores. */
    private final class World {
        final Path root;
        final ByteArrayOutputStream output = new ByteArrayOutputStream();
        final InputStream input = new ByteArrayInputStream(INPUT.getBytes());

        World(String name) throws IOException {
            root = Files.createDirectory(directory.resolve(name));
        }

        VmConfiguration configuration() {
            return VmConfiguration.builder()
                    .root(root)
                    .standardInput(input)
                    .standardOutput(output)
                    .files(FilesPolicy.FAIL)
                    .build();
        }

        VirtualMachine loaded() throws IOException {
            VirtualMachine vm = VirtualMachine.blank(configuration());
            vm.load(program);
            return vm;
        }

        End end(Stop stop) throws IOException {
            Map<String, String> files = new TreeMap<>();
            try (Stream<Path> all = Files.walk(root)) {
                for (Path file : all.toList()) {
                    String content = Files.isRegularFile(file) ? Files.readString(file) : "";
                    String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
                    files.put(root.relativize(file).toString(), permissions + " " + content);
                }
            }
            return new End(stop, output.toString(), files);
        }
    }

    private End uninterrupted() throws IOException {
        World world = new World("uninterrupted");
        try (VirtualMachine vm = world.loaded()) {
            return world.end(vm.run());
        }
    }

    @Test
    void theProgramDoesWhatItIsFor() throws IOException {
        End end = uninterrupted();
        assertThat(end.stop).isEqualTo(new Stop(Stop.Reason.EXITED, 9, ""));
        assertThat(end.files.keySet()).containsExactly("", "sub", "sub/file", "sub/made", "sub/renamed");
        assertThat(end.files.get("sub/renamed")).isEqualTo("rw-r----- a\nb\nc\nd\ne\nf\nend");
        assertThat(end.output).contains("one+twof").doesNotContain("fffffffffffffff2");
    }

    @Test
    void everyFewInstructionsOneAfterTheOther() throws IOException {
        End expected = uninterrupted();
        World world = new World("interrupted");
        Path image = directory.resolve("vm.vmimg");
        VirtualMachine vm = world.loaded();
        try {
            Stop stop = vm.runTo(new SavePoint.Instructions(37));
            while (stop.reason() == Stop.Reason.SAVE_POINT) {
                vm.save(image);
                vm.close();
                vm = VirtualMachine.blank(world.configuration());
                try (VmImage saved = VmImage.read(image, null)) {
                    vm.restore(saved);
                }
                stop = vm.runTo(new SavePoint.Instructions(vm.instructions() + 37));
            }
            assertThat(world.end(stop)).isEqualTo(expected);
        } finally {
            vm.close();
        }
    }

    @Test
    void aFailedSaveLeavesTheMachineAsItWas() throws IOException {
        End expected = uninterrupted();
        World world = new World("refused");
        Path nowhere = directory.resolve("missing/vm.vmimg");
        try (VirtualMachine vm = world.loaded()) {
            Stop stop = vm.runTo(new SavePoint.Instructions(500));
            while (stop.reason() == Stop.Reason.SAVE_POINT) {
                org.assertj.core.api.Assertions.assertThatThrownBy(() -> vm.save(nowhere))
                        .isInstanceOf(IOException.class);
                stop = vm.runTo(new SavePoint.Instructions(vm.instructions() + 500));
            }
            assertThat(world.end(stop)).isEqualTo(expected);
        }
    }
}
