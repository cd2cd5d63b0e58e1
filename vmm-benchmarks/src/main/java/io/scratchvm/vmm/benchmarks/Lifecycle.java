package io.scratchvm.vmm.benchmarks;

import io.scratchvm.vmm.SavePoint;
import io.scratchvm.vmm.Stop;
import io.scratchvm.vmm.VirtualMachine;
import io.scratchvm.vmm.VmImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How long it takes to start a VM, to save one and to restore one, by the memory that its guest has filled. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@State(Scope.Thread)
public class Lifecycle {
    private static final long MEMORY = 288L << 20;
    private static final SavePoint NEXT = new SavePoint.Instructions(1);

    @Param({"1", "256"})
    public int filledMebibytes;

    private GuestProgram guest;
    private VirtualMachine filled;
    private Path image;

    @Setup
    public void fill() throws IOException {
        guest = new GuestProgram("fill");
        image = Files.createTempFile("vmm-benchmark-", ".vmi");
        filled = guest.load(GuestProgram.configuration(MEMORY), filledMebibytes);
        filled.run();
        filled.save(image);
    }

    /** A blank VM, the program in it, and its first instruction. */
    @Benchmark
    public Stop start() throws IOException {
        try (VirtualMachine machine = guest.load(GuestProgram.configuration(MEMORY), 1)) {
            return machine.runTo(NEXT);
        }
    }

    @Benchmark
    public void save() throws IOException {
        filled.save(image);
    }

    @Benchmark
    public long restore() throws IOException {
        try (VmImage saved = VmImage.readLazily(image, null);
                VirtualMachine machine = VirtualMachine.blank(GuestProgram.configuration(MEMORY))) {
            machine.restore(saved);
            return machine.instructions();
        }
    }

    @TearDown
    public void close() throws IOException {
        filled.close();
        guest.close();
        Files.delete(image);
    }
}
