package io.scratchvm.vmm;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.cpu.semantics.CpuFeature;
import io.scratchvm.vmm.elf.ProgramHeader;
import io.scratchvm.vmm.image.Setup;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.loader.DirectStart;
import io.scratchvm.vmm.linux.loader.FlatStart;
import io.scratchvm.vmm.linux.loader.Loaded;
import io.scratchvm.vmm.linux.loader.LoadedFile;
import io.scratchvm.vmm.linux.loader.MultibootStart;
import io.scratchvm.vmm.linux.loader.ProgramArguments;
import io.scratchvm.vmm.linux.loader.RealModeBoot;
import io.scratchvm.vmm.linux.loader.StartForm;
import io.scratchvm.vmm.linux.loader.Symbols;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Brings a guest's files into blank hardware, by the ways to start of {@link Start}. */
final class GuestLoader {
    /** The number that the VMM's own guests make SAVE with. */
    static final int DEFAULT_SAVE_CALL = 400;

    private static final int RANDOM_BYTES = 16;

    private GuestLoader() {}

    /**
     * Loads a guest; the vCPU stands before its first instruction.
     *
     * @throws io.scratchvm.vmm.api.VmmException if a file cannot be used
     */
    static Loaded load(Start start, Hardware hardware) throws IOException {
        if (start instanceof Start.Boot boot) {
            LoadedFile bootFile = LoadedFile.read(boot.boot());
            return RealModeBoot.load(bootFile, LoadedFile.read(boot.app()), hardware.vcpu, hardware.mmu);
        }
        if (start instanceof Start.Flat flat) {
            return FlatStart.load(LoadedFile.read(flat.file()), flat.address(), hardware.vcpu, hardware.mmu);
        }
        if (start instanceof Start.Multiboot multiboot) {
            LoadedFile kernel = LoadedFile.read(multiboot.kernel());
            return MultibootStart.load(kernel, multiboot.commandLine(), hardware.vcpu, hardware.memory);
        }
        Start.Program program = (Start.Program) start;
        LoadedFile file = LoadedFile.read(program.program());
        return DirectStart.load(file, arguments(program, hardware), hardware.vcpu, hardware.mmu);
    }

    private static ProgramArguments arguments(Start.Program program, Hardware hardware) {
        List<String> arguments = new ArrayList<>();
        arguments.add(program.program().toString());
        arguments.addAll(program.arguments());
        List<String> environment = new ArrayList<>();
        program.environment().forEach((name, value) -> environment.add(name + "=" + value));
        byte[] random = new byte[RANDOM_BYTES];
        hardware.random.fill(random);
        return new ProgramArguments(arguments, environment, random, processorFeatures(), Identity.USER, Identity.GROUP);
    }

    /** EDX of CPUID's leaf 1. */
    static long processorFeatures() {
        return CpuFeature.mask(CpuFeature.Leaf.BASIC_EDX) & 0xffff_ffffL;
    }

    /** The program that a saved guest was started as, if it is still where it was. */
    static LoadedFile program(Setup setup) throws IOException {
        return find(setup.guestFiles().get(0));
    }

    /** The symbols of the files that a saved guest was started from, if they are still where they were. */
    static Symbols symbols(Setup setup) {
        return Symbols.whenAsked(() -> {
            Symbols symbols = Symbols.NONE;
            for (Setup.GuestFile file : setup.guestFiles()) {
                LoadedFile found = find(file);
                if (setup.start() == StartForm.PROGRAM) {
                    symbols = DirectStart.symbols(found);
                } else if (found.isElf()) {
                    symbols = symbols.with(found, 0);
                }
            }
            return symbols;
        });
    }

    /** A file under the name that it had, if it is the same to the byte. */
    private static LoadedFile find(Setup.GuestFile file) throws IOException {
        Path path = Path.of(file.path());
        if (Files.isRegularFile(path)) {
            LoadedFile found = LoadedFile.read(path);
            if (Arrays.equals(found.sha256(), file.sha256())) {
                return found;
            }
        }
        throw new NoSuchFileException(file.path());
    }

    /** What is to be remembered of the start, but the guest's files: their digests take time, and only a save needs them. */
    static Setup setup(Loaded loaded, Start start, VmConfiguration configuration) {
        Hardware.Devices devices = Hardware.RESET.with(configuration);
        return new Setup(
                loaded.form(),
                loaded.stub(),
                configuration.saveCall().orElse(DEFAULT_SAVE_CALL),
                configuration.firstDescriptor().orElse(start.defaultFirstDescriptor()),
                devices.timeSource(),
                devices.randomSource(),
                loaded.auxiliaryVector(),
                List.of());
    }

    /** The files that the guest was loaded from, with their digests. */
    static List<Setup.GuestFile> guestFiles(Loaded loaded) throws IOException {
        List<Setup.GuestFile> files = new ArrayList<>();
        for (LoadedFile file : loaded.files()) {
            files.add(new Setup.GuestFile(file.name(), file.sha256(), ranges(file, loaded)));
        }
        return files;
    }

    private static List<Setup.Range> ranges(LoadedFile file, Loaded loaded) throws IOException {
        List<Setup.Range> ranges = new ArrayList<>();
        switch (loaded.form()) {
            case FLAT -> ranges.add(new Setup.Range(loaded.entry(), file.size()));
            case BOOT -> addSegments(ranges, file, 0);
            case MULTIBOOT -> {
                if (file.isElf()) {
                    addSegments(ranges, file, 0);
                }
            }
            case PROGRAM ->
                addSegments(ranges, file, loaded.entry() - file.elf().header().entry());
        }
        return ranges;
    }

    private static void addSegments(List<Setup.Range> ranges, LoadedFile file, long bias) throws IOException {
        for (ProgramHeader segment : file.elf().programHeaders(ProgramHeader.PT_LOAD)) {
            ranges.add(new Setup.Range(segment.virtualAddress() + bias, segment.fileSize()));
        }
    }
}
