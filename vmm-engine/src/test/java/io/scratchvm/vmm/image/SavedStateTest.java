package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.cpu.state.X87;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Nothing that a running VM can change is forgotten by a save: every field of a live component that can change is a
 * component of its record, or stands below with the place where it is saved or the reason why it need not be. A new field
 * makes this fail until somebody has thought about it.
 */
class SavedStateTest {
    private static final String ROOT = "io.scratchvm.vmm.";

    /** Where the VM's live parts are. What decodes and computes lives for one instruction. */
    private static final List<String> ROOMS = List.of(
            "",
            "cpu.state",
            "cpu.interpreter",
            "device",
            "memory",
            "linux",
            "linux.abi",
            "linux.file",
            "linux.fs",
            "linux.loader",
            "linux.mm",
            "linux.signal",
            "host");

    /** Live components and the records that have a component of the same name for their fields. */
    private static final Map<String, String> RECORDS = Map.ofEntries(
            Map.entry("cpu.state.Vcpu", "cpu.state.VcpuState"),
            Map.entry("cpu.state.X87", "cpu.state.VcpuState$X87State"),
            Map.entry("device.Clock", "device.ClockState"),
            Map.entry("device.Random", "device.RandomState"),
            Map.entry("device.Pic", "device.PicState"),
            Map.entry("device.Pit", "device.PitState"),
            Map.entry("device.PitChannel", "device.PitState$Channel"),
            Map.entry("device.Uart", "device.UartState"),
            Map.entry("linux.mm.AddressSpace", "linux.mm.AddressSpaceState"),
            Map.entry("linux.fs.FileNames", "linux.ProcessState"),
            Map.entry("linux.file.OpenFile", "linux.file.FilesState$OpenFileState"),
            Map.entry("linux.ProcessCalls", "linux.ProcessState"),
            Map.entry("linux.signal.Signals", "linux.ProcessState"));

    /** Class, fields, and why no record has a component of that name. */
    private static final String ELSEWHERE =
            """
            ArrivedVm machine: the VM itself
            Figures names quoted values: the host's side of a report
            Machine saveCallPending: the answer of SAVE, written to the saved registers
            RunLoop savePoint slices sliceEnd: the run request's own
            ProgressLine latest start moved now: the host's side of a report
            ProgressLog line said: the same
            Session running stopRequested: the host's side of a command
            Slices end announced closed: the host's side of a sliced run
            VirtualMachine machine: the VM itself
            Watchdog expired: the host's side of a time limit
            Watchdog closed: the same
            cpu.state.Flags operation a b result: VcpuState.rflags, materialised
            cpu.state.Vcpu systemFlags: VcpuState.rflags
            cpu.interpreter.Block steps distances left generation nextInBucket: derived from memory
            cpu.interpreter.BlockCache buckets byPage modes instructions generation mode running: derived from memory
            cpu.interpreter.BlockDecoder code steps distances breakpoint breaks: lives while a block is decoded
            cpu.interpreter.Execution exit until codeChanged offersFaults: the run request's own
            cpu.interpreter.Execution vexLane: lives for one instruction
            cpu.interpreter.VexLane a b c result control exceptions fault: lives for one instruction
            cpu.interpreter.VexLanes instructions: derived from memory
            cpu.interpreter.Interpreter stopRequested: set anew for every run
            cpu.interpreter.Interpreter fault systemCall shutDown: how the last run ended; saves are made between runs
            cpu.interpreter.Interpreter breaks breakpoint breakpointExempt awaitsWindow careful: set anew for every run
            device.Console input head tail: ConsoleState.readAhead
            device.Console arrivals: counted anew; Watched.news
            device.Console ended: found again by the next look
            device.EndPorts end: ends the run that it happened in
            device.Pit counters: PitState.channels
            device.Ports retimed: a note to the VMM, which looks at every entry
            device.Uart nextLook: the next multiple of its period
            device.Console limitReached outputTrouble: ends the run that it happened in
            device.OutputLimit left: a limit of one run
            device.Timeline all: the same for every machine
            linux.file.Descriptors process: whose it is
            linux.file.EventFile count arrivals departures: EventFileState; Watched.news
            linux.file.TimerFile expiry interval readExpirations: TimerFileState
            linux.file.SignalFile mask: SignalFileState
            linux.file.Epoll items: EpollState.items
            linux.file.EpollItem events data arrivals departures: Watched
            linux.file.FileLocks held: SpecialFilesState.locks
            linux.file.OpenFile anonymous: SpecialFilesState
            linux.file.Pipe arrivals departures: counted anew; Watched.news
            linux.signal.PendingSignals arrivals: counted anew; Watched.news
            linux.file.SpecialFilesRules watched files left tables outer inner: lives while a record is checked
            linux.PollCalls$AnyReady interests: lives while a call waits
            linux.Task lock attributes ran: TaskState
            linux.CpuTime endedThreads children: ProcessEntry.cpuTime
            linux.Scheduler resumedAt: TaskState.cpuTime of the running one
            linux.file.Descriptors table closeOnExec: FilesState.descriptors
            linux.file.FileRestorer reopened: lives while files are reopened
            linux.file.FileRestorer$Reopened path now fixed change: lives while files are reopened
            linux.file.FileSaver deleted room: lives while files are saved
            linux.file.FilesStateRules files named numbers: lives while a record is checked
            linux.mm.Frames used free: AddressSpaceState.frames
            linux.loader.InitialStack auxiliaryVector: lives while a program is loaded; Setup.auxiliaryVector
            linux.loader.Vdso stringsEnd: lives while the page is made
            linux.loader.LoadedFile digest elf: Setup.guestFiles
            linux.loader.MultibootStart bytes start end: lives while a kernel is loaded
            linux.file.OpenFile descriptors: counted from FilesState.descriptors
            linux.mm.Regions byStart: AddressSpaceState.regions
            linux.signal.PendingSignals queue set: SignalsState.pending and SignalsState.threadPending
            linux.signal.IntervalTimers timers: SignalsState.timers
            linux.signal.ThreadSignals blocked stack: ProcessState.blockedSignals and ProcessState.signalStack
            linux.signal.ThreadSignals suspended maskAfterwards trap: SignalsState
            linux.Scheduler endOfWait stopAtInput reader: the run request's own
            linux.ExecCalls$Budget left: lives while a program is loaded
            linux.mm.ForkedPages enough firstFree page: lives while a process forks
            linux.mm.Frames sharers: counted from the page tables
            linux.Scheduler tasks current turnEnd: ProcessesState.tasks, running and turnEnd
            linux.Scheduler ended: says who is next while a task ends
            linux.FutexWait key ticket: FutexWaitState
            linux.LinuxProcess memoryCalls: the same for every process
            linux.LinuxProcess space program: ProcessEntry.addressSpace, memory and program
            linux.LinuxProcess niceness: SchedulingState
            linux.LinuxProcess auxiliaryVector: ProcessEntry.auxiliaryVector
            linux.LinuxProcess symbols: of its program
            linux.LinuxProcess tasks: ProcessesState.tasks
            linux.file.OpenFile pipe: PipeState.readEnd and writeEnd
            linux.file.Pipe reset: SocketState
            linux.file.Socket incoming outgoing: PipeState.readEnd and writeEnd
            linux.file.OpenFiles all: FilesState.files
            linux.file.Descriptors limit: ProcessState.limits
            linux.ResourceLimits changed: ProcessState.limits
            linux.file.OpenFiles pages: the same for every machine
            linux.mm.FileMappings files spaces: the same for every machine
            linux.mm.FileMappings cached descriptions: AddressSpaceState.regions, and its page tables
            linux.file.Pipe bytes head count read written: PipeState
            linux.PipeTransfers buffer: scratch
            linux.Processes byId nextId: ProcessesState.processes and nextId
            linux.ProcessesRestorer programs: lives while processes are restored
            linux.ProcessesSaver programs owners room: lives while processes are saved
            linux.Relations parent group session exitSignal executed status firstStatus: ProcessEntry
            linux.SystemCallTable families owners: the same for every process
            linux.Task futex transferred vforkChild: TaskState
            linux.loader.Symbols modules source: of the guest's files, which Setup.guestFiles names
            linux.Task clearChildTid robustList: ProcessState
            linux.Task pending: PendingIoState.call
            linux.Task wait: found out anew by the call, which is issued again
            linux.Task registers: TaskState.registers
            linux.Task deadline: TaskState; of the only task PendingIoState.call, which sleeps anew
            linux.TransferCalls buffer: scratch
            linux.abi.UserMemory faults: of the current task's process
            memory.Mmu tlb user checkAlignment seenCr0 seenCr3 seenCr4 seenEfer codeObserver: derived from the vCPU
            memory.PageWalk physical writable user executable dirty: the outcome of the last walk
            memory.PhysicalMemory chunks: the memory runs
            memory.PhysicalMemory observer source epoch tableAddresses markedTables: derived
            memory.PhysicalMemory$Chunk bytes: the memory runs
            memory.PhysicalMemory$Chunk lastWrite codeLines tables: derived
            memory.Tlb readTags reportedTags reportedPages writeTags readWindows writeWindows readOffsets writeOffsets: derived from the page tables
            host.GuestPath names: immutable
            host.InputPump reading arrived given ended failure: the host's side of standard input
            host.PathResolver$Walk ahead here status links namesDirectory: lives while a path is resolved
            """;

    @Test
    void everyFieldThatCanChangeIsSavedOrAccountedFor() throws Exception {
        Set<String> forgotten = changeable();
        forgotten.removeAll(accounted());
        assertThat(forgotten).as("fields that no save knows").isEmpty();
        Set<String> gone = accounted();
        gone.removeAll(changeable());
        assertThat(gone).as("fields accounted for that are no more").isEmpty();
    }

    private static Set<String> changeable() throws Exception {
        Set<String> fields = new TreeSet<>();
        for (String room : ROOMS) {
            for (Class<?> type : classes(room)) {
                for (Field field : type.getDeclaredFields()) {
                    if (canChange(field) && !type.isRecord() && !type.isEnum()) {
                        fields.add(type.getName().substring(ROOT.length()) + " " + field.getName());
                    }
                }
            }
        }
        return fields;
    }

    private static boolean canChange(Field field) {
        Class<?> type = field.getType();
        boolean container = type.isArray()
                || Collection.class.isAssignableFrom(type)
                || Map.class.isAssignableFrom(type)
                || type == BitSet.class;
        return !Modifier.isStatic(field.getModifiers())
                && !field.isSynthetic()
                && (container || !Modifier.isFinal(field.getModifiers()));
    }

    private static List<Class<?>> classes(String room) throws Exception {
        URI classes =
                Vcpu.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        Path folder = Path.of(classes).resolve((ROOT + room).replace('.', '/'));
        List<Class<?>> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.startsWith("package-info")) {
                    String simple = name.substring(0, name.length() - ".class".length());
                    found.add(Class.forName(ROOT + (room.isEmpty() ? "" : room + ".") + simple));
                }
            }
        }
        return found;
    }

    private static Set<String> accounted() throws Exception {
        Set<String> fields = new TreeSet<>();
        for (String line : ELSEWHERE.lines().toList()) {
            String[] words = line.substring(0, line.indexOf(':')).split(" ");
            Arrays.stream(words).skip(1).forEach(field -> fields.add(words[0] + " " + field));
        }
        for (Map.Entry<String, String> entry : RECORDS.entrySet()) {
            Set<String> components = components(entry.getValue());
            for (Field field : Class.forName(ROOT + entry.getKey()).getDeclaredFields()) {
                if (canChange(field) && components.contains(field.getName())) {
                    fields.add(entry.getKey() + " " + field.getName());
                }
            }
        }
        return fields;
    }

    private static Set<String> components(String record) throws ClassNotFoundException {
        return Arrays.stream(Class.forName(ROOT + record).getRecordComponents())
                .map(RecordComponent::getName)
                .collect(Collectors.toSet());
    }

    /** Sets every field of a vCPU to a value of its own, and follows each through record, note and restore. */
    @Test
    void everyFieldOfTheVcpuComesBack() throws Exception {
        Vcpu before = new Vcpu();
        fill(before, 1);
        fill(before.x87, 1000);
        before.setRflags(Flags.CF | Flags.AF | Flags.OF | Flags.DF | Flags.IF);
        RecordCodec codec = new RecordCodec();
        Vcpu after = new Vcpu();
        codec.decode(VcpuState.class, codec.encode(VcpuState.of(before))).restore(after);
        assertThat(after.rflags()).isEqualTo(before.rflags());
        assertThat(after).usingRecursiveComparison().ignoringFields("flags").isEqualTo(before);
        assertThat(after).usingRecursiveComparison().ignoringFields("flags").isNotEqualTo(new Vcpu());
    }

    private static void fill(Object live, int seed) throws IOException, IllegalAccessException {
        for (Field field : live.getClass().getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())
                    && field.getType() != Flags.class
                    && field.getType() != X87.class) {
                field.setAccessible(true);
                seed += 100;
                if (field.getType().isArray()) {
                    fillArray(field.get(live), seed);
                } else if (!field.getName().equals("systemFlags")) {
                    field.set(live, value(field.getType(), seed));
                }
            }
        }
    }

    private static void fillArray(Object array, int seed) {
        for (int i = 0; i < Array.getLength(array); i++) {
            Array.set(array, i, value(array.getClass().getComponentType(), seed + i));
        }
    }

    private static Object value(Class<?> type, int seed) {
        if (type == long.class) {
            return -seed * 0x1_0000_0001L;
        }
        if (type == int.class) {
            return seed;
        }
        if (type == boolean.class) {
            return true;
        }
        if (type == Segment.class) {
            return new Segment(seed, seed * 7L, seed * 11L, seed * 13);
        }
        return new io.scratchvm.vmm.cpu.state.DescriptorTable(seed * 17L, seed);
    }
}
