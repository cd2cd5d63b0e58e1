package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** VMs share nothing, so any number of them can live in one JVM; and any thread may stop one, at any time. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyMachinesTest {
    private static final String WORK =
            "unsigned long h = 1; char t[17]; for (int i = 0; i < 60000; i++) h = h * 6364136223846793005UL + (h >> 33);"
                    + "long f = call(2, \"own\", 0102, 0644); call(1, f, &h, 8); call(318, &h, 8, 0); call(1, 1, &h, 8);"
                    + "call(400); call(228, 1, t); call(1, 1, t, 16); return 5;";

    @TempDir
    Path directory;

    private record Result(Stop stop, long instructions, List<Byte> output) {}

    @Test
    void inFourThreadsComeToTheSameEnd() throws Exception {
        Start program = BareProgram.compile(directory, WORK);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Result>> results = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                Path root = Files.createDirectory(directory.resolve("root" + i));
                results.add(threads.submit(() -> saveAndRestore(program, root)));
            }
            Result first = results.get(0).get();
            assertThat(first.stop).isEqualTo(new Stop(Stop.Reason.EXITED, 5, ""));
            for (Future<Result> result : results) {
                assertThat(result.get()).isEqualTo(first);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Result saveAndRestore(Start program, Path root) throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        VmConfiguration configuration =
                VmConfiguration.builder().root(root).standardOutput(output).build();
        Path image = root.resolve("vm.vmimg");
        try (VirtualMachine vm = VirtualMachine.blank(configuration)) {
            vm.load(program);
            assertThat(vm.runTo(new SavePoint.SaveCall()).reason()).isEqualTo(Stop.Reason.SAVE);
            vm.save(image);
        }
        try (VmImage saved = VmImage.read(image, null);
                VirtualMachine vm = VirtualMachine.blank(configuration)) {
            vm.restore(saved);
            Stop stop = vm.run();
            List<Byte> bytes = new ArrayList<>();
            for (byte b : output.toByteArray()) {
                bytes.add(b);
            }
            return new Result(stop, vm.instructions(), bytes);
        }
    }

    @Test
    void stopWheneverTheyAreAskedTo() throws Exception {
        Start program = BareProgram.compile(directory, "for (;;) call(39);");
        Random random = new Random(1);
        for (int i = 0; i < 50; i++) {
            Session session = new Session(VmConfiguration.builder()
                    .root(directory)
                    .standardOutput(OutputStream.nullOutputStream())
                    .build());
            Thread stopper = stopAfter(session, random.nextInt(2_000_000));
            Stop stop = session.run(program).stop();
            stopper.join();
            assertThat(stop.reason()).isEqualTo(Stop.Reason.LIMIT);
            assertThat(stop.message()).startsWith("stopped by request");
        }
    }

    private static Thread stopAfter(Session session, int nanoseconds) {
        Thread stopper = new Thread(() -> {
            long end = System.nanoTime() + nanoseconds;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            session.requestStop();
        });
        stopper.start();
        return stopper;
    }

    @Test
    void goOnAfterAStopAsIfThereHadBeenNone() throws Exception {
        Start program = BareProgram.compile(
                directory, "long n = 0; for (long i = 0; i < 300000; i++) n += i ^ n; call(1, 1, &n, 8); return 3;");
        long whole = instructions(program);
        try (VirtualMachine vm = VirtualMachine.blank(VmConfiguration.builder()
                .root(directory)
                .standardOutput(OutputStream.nullOutputStream())
                .build())) {
            vm.load(program);
            Stop stop;
            do {
                Thread stopper = new Thread(vm::requestStop);
                stopper.start();
                stop = vm.run();
                stopper.join();
            } while (stop.reason() == Stop.Reason.LIMIT);
            assertThat(stop.status()).isEqualTo(3);
            assertThat(vm.instructions()).isEqualTo(whole);
        }
    }

    private long instructions(Start program) throws Exception {
        try (VirtualMachine vm = VirtualMachine.blank(VmConfiguration.builder()
                .root(directory)
                .standardOutput(OutputStream.nullOutputStream())
                .build())) {
            vm.load(program);
            vm.run();
            return vm.instructions();
        }
    }
}
