package io.scratchvm.vmm.benchmarks;

import io.scratchvm.vmm.SavePoint;
import io.scratchvm.vmm.Stop;
import io.scratchvm.vmm.VirtualMachine;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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

/** How many instructions a guest executes: {@code instructions} a microsecond are MIPS. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@State(Scope.Thread)
public class GuestSpeed {
    private static final long SLICE = 10_000_000;

    @Param({"sieve", "crc32", "sha256", "sort", "chase", "bytecode", "strings", "rep", "nbody", "fib", "syscalls"})
    public String program;

    private GuestProgram guest;
    private VirtualMachine machine;

    /** What JMH divides by the time. */
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    @State(Scope.Thread)
    public static class Retired {
        public long instructions;
    }

    @Setup
    public void load() throws IOException {
        guest = new GuestProgram(program);
        machine = guest.load(GuestProgram.configuration(32 << 20), Long.MAX_VALUE);
    }

    @Benchmark
    public Stop run(Retired retired) throws IOException {
        long before = machine.instructions();
        Stop stop = machine.runTo(new SavePoint.Instructions(before + SLICE));
        retired.instructions += machine.instructions() - before;
        return stop;
    }

    @TearDown
    public void close() throws IOException {
        machine.close();
        guest.close();
    }
}
