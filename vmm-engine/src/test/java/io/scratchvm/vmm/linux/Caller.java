package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.RandomSource;
import io.scratchvm.vmm.api.TimeSource;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.device.ClockState;
import io.scratchvm.vmm.device.Console;
import io.scratchvm.vmm.device.OutputLimit;
import io.scratchvm.vmm.device.Random;
import io.scratchvm.vmm.device.RandomState;
import io.scratchvm.vmm.host.DirectoryHost;
import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.UserFaults;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.linux.file.Descriptors;
import io.scratchvm.vmm.linux.loader.LoadedFile;
import io.scratchvm.vmm.linux.loader.Symbols;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A process without a program: the test makes its system calls. Memory is not paged: addresses are physical. */
final class Caller {
    static final int OPEN = 2, READ = 0, WRITE = 1, CLOSE = 3, LSEEK = 8;
    static final long PATH = 0x1000, SECOND_PATH = 0x3000, BUFFER = 0x10000, STRUCTURE = 0x6000;
    static final long MEMORY = 1 << 20;

    final Vcpu vcpu = new Vcpu();
    final Mmu mmu = new Mmu(vcpu, new PhysicalMemory(MEMORY));
    final List<String> trace = new ArrayList<>();
    final ByteArrayOutputStream output = new ByteArrayOutputStream();
    final ByteArrayOutputStream error = new ByteArrayOutputStream();
    final Console console;
    final Kernel kernel;
    final LinuxProcess process;
    volatile boolean stop;

    /** What may be chosen. */
    static final class Setting {
        Path root;
        InputStream input = new ByteArrayInputStream(new byte[0]);
        OutputStream output;
        int first = 8;
        long outputLimit = Long.MAX_VALUE;
        TimeSource time = TimeSource.VIRTUAL;
        RandomSource random = RandomSource.SEEDED;
        ProcessState state = ProcessState.INITIAL;
        UserFaults faults = UserFaults.NONE;

        Setting(Path root) {
            this.root = root;
        }
    }

    Caller(Path root) throws IOException {
        this(new Setting(root));
    }

    Caller(Setting setting) throws IOException {
        this(setting, Descriptors.standard(setting.first));
    }

    Caller(Setting setting, Descriptors descriptors) throws IOException {
        OutputStream out = setting.output == null ? output : setting.output;
        Host host = new DirectoryHost(setting.root, setting.input, out, error);
        OutputLimit limit = new OutputLimit(setting.outputLimit);
        console = new Console(host, limit);
        Clock clock = new Clock(setting.time, host, ClockState.INITIAL);
        UserMemory memory = new UserMemory(mmu, UserFaults.NONE);
        ProcessEnvironment environment = new ProcessEnvironment(
                vcpu,
                memory,
                host,
                console,
                clock,
                new Random(setting.random, host, RandomState.INITIAL),
                limit,
                trace::add,
                () -> stop,
                new Scheduler(vcpu, mmu, memory, clock, () -> stop));
        kernel = new Kernel(
                environment,
                new KernelState(Map.of(Identity.PROCESS, descriptors), setting.state, null, null),
                new KernelSetup(400, 0, () -> LoadedFile.of("program", new byte[0]), Symbols.NONE, () -> {}));
        process = kernel.initialProcess();
        memory.offerFaultsTo(setting.faults);
    }

    Outcome outcome(long number, long... arguments) {
        int[] registers = {Vcpu.RDI, Vcpu.RSI, Vcpu.RDX, Vcpu.R10, Vcpu.R8, Vcpu.R9};
        vcpu.gpr[Vcpu.RAX] = number;
        for (int i = 0; i < registers.length; i++) {
            vcpu.gpr[registers[i]] = i < arguments.length ? arguments[i] : 0;
        }
        return kernel.systemCall();
    }

    /** Makes a call that returns. */
    long call(long number, long... arguments) {
        Outcome outcome = outcome(number, arguments);
        if (outcome.kind() != Outcome.Kind.CONTINUE) {
            throw new AssertionError("call " + number + ": " + outcome);
        }
        return vcpu.gpr[Vcpu.RAX];
    }

    /** Turns paging on: the first MiB is mapped identically for the program, but for page 0 and the one at {@code hole}. */
    void page(long hole) {
        long tables = 0xf_0000;
        PhysicalMemory memory = mmu.physical();
        for (int level = 0; level < 3; level++) {
            memory.write(tables + level * 0x1000L, tables + (level + 1) * 0x1000L | 7, 8);
        }
        for (long page = 0; page < MEMORY; page += 0x1000) {
            memory.write(tables + 0x3000 + page / 0x1000 * 8, page == 0 || page == hole ? 0 : page | 7, 8);
        }
        vcpu.cr3 = tables;
        vcpu.cr4 |= ControlRegisters.CR4_PAE;
        vcpu.efer |= ControlRegisters.EFER_LME | ControlRegisters.EFER_LMA;
        vcpu.cr0 |= ControlRegisters.CR0_PE | ControlRegisters.CR0_PG;
        mmu.synchronize();
    }

    long path(String path) {
        return string(PATH, path);
    }

    long string(long address, String text) {
        byte[] bytes = (text + "\0").getBytes(StandardCharsets.UTF_8);
        mmu.writeUser(address, bytes, 0, bytes.length);
        return address;
    }

    void put(byte[] bytes) {
        mmu.writeUser(BUFFER, bytes, 0, bytes.length);
    }

    byte[] get(long address, int length) {
        byte[] bytes = new byte[length];
        mmu.readUser(address, bytes, 0, length);
        return bytes;
    }

    String text(int length) {
        return new String(get(BUFFER, length), StandardCharsets.UTF_8);
    }

    long open(String path, int flags, int mode) {
        return call(OPEN, path(path), flags, mode);
    }

    long write(long descriptor, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        put(bytes);
        return call(WRITE, descriptor, BUFFER, bytes.length);
    }

    long read(long descriptor, long count) {
        return call(READ, descriptor, BUFFER, count);
    }
}
