package io.scratchvm.vmm.image;

import static io.scratchvm.vmm.cpu.state.Vcpu.*;

import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.linux.signal.SignalInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The notes that stock tools read: those of Linux's core files (linux/elfcore.h) for each thread of the process that
 * runs, in the kernel's order, and QEMU's for the vCPU. Derived from the records, never read back.
 */
final class DebuggerNotes {
    private static final int NT_PRSTATUS = 1, NT_FPREGSET = 2, NT_PRPSINFO = 3, NT_AUXV = 6;
    private static final int NT_SIGINFO = 0x5349_4749, NT_X86_XSTATE = 0x202;
    private static final int PRSTATUS_SIZE = 336, PRPSINFO_SIZE = 136;

    /** Offsets in {@code struct elf_prstatus}. */
    private static final int PR_CURSIG = 12, PR_SIGPEND = 16, PR_REG = 112, PR_FPVALID = 328;

    /** Offsets in {@code struct elf_prpsinfo}, and the sizes of its texts, a zero byte included. */
    private static final int PR_SNAME = 1,
            PR_UID = 16,
            PR_FNAME = 40,
            FNAME_SIZE = 16,
            PR_PSARGS = 56,
            PSARGS_SIZE = 80;

    private static final int[] PR_REG_GENERAL = {R15, R14, R13, R12, RBP, RBX, R11, R10, R9, R8, RAX, RCX, RDX, RSI, RDI
    };

    private final SavedProcess process;
    private final List<Note> notes = new ArrayList<>();

    private DebuggerNotes(SavedProcess process) {
        this.process = process;
    }

    static List<Note> of(MachineState state) {
        DebuggerNotes notes = new DebuggerNotes(SavedProcess.of(state));
        notes.addProcess();
        notes.add("QEMU", 0, QemuNote.payload(state.vcpu()));
        return notes.notes;
    }

    /** The first thread's notes stand around those of the process, as they do in a core that Linux writes. */
    private void addProcess() {
        for (SavedProcess.Thread thread : process.threads()) {
            boolean first = notes.isEmpty();
            SignalInfo signal = signal(thread, first);
            add("CORE", NT_PRSTATUS, prstatus(thread, signal));
            if (first) {
                add("CORE", NT_PRPSINFO, prpsinfo());
            }
            if (signal != null) {
                add("CORE", NT_SIGINFO, signal.bytes());
            }
            if (first && process.auxiliaryVector().length > 0) {
                add("CORE", NT_AUXV, process.auxiliaryVector());
            }
            add("CORE", NT_FPREGSET, FloatingPointNotes.fxsave(thread.registers()));
            if (FloatingPointNotes.isExtended(thread.registers())) {
                add("LINUX", NT_X86_XSTATE, FloatingPointNotes.xsave(thread.registers()));
            }
        }
    }

    private void add(String owner, int type, byte[] payload) {
        notes.add(new Note(owner, type, payload));
    }

    private static ByteBuffer zeros(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    // -- the process
    // ---------------------------------------------------------------------------------------------------

    private byte[] prpsinfo() {
        String name = process.program();
        ByteBuffer out = zeros(PRPSINFO_SIZE);
        out.put(PR_SNAME, (byte) 'R');
        out.position(PR_UID);
        out.putInt(process.user()).putInt(process.user());
        putNumbers(out.putInt(process.id()));
        putText(out, PR_FNAME, name.substring(name.lastIndexOf('/') + 1), FNAME_SIZE);
        putText(out, PR_PSARGS, name, PSARGS_SIZE);
        return out.array();
    }

    private void putNumbers(ByteBuffer out) {
        out.putInt(process.parent()).putInt(process.group()).putInt(process.session());
    }

    private static void putText(ByteBuffer out, int offset, String text, int size) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.put(offset, bytes, 0, Math.min(bytes.length, size - 1));
    }

    // -- a thread
    // ------------------------------------------------------------------------------------------------------

    /** The signal that it would take first, its own before the process's, which the running thread takes; or null. */
    private SignalInfo signal(SavedProcess.Thread thread, boolean running) {
        List<SignalInfo> pending = new ArrayList<>(thread.signals().pending());
        pending.addAll(running ? process.pending() : List.of());
        return pending.isEmpty() ? null : pending.get(0);
    }

    private byte[] prstatus(SavedProcess.Thread thread, SignalInfo signal) {
        ByteBuffer out = zeros(PRSTATUS_SIZE);
        long blocked = thread.signals().blocked();
        if (signal != null) {
            boolean taken = (blocked >>> signal.signal() - 1 & 1) == 0;
            out.putInt(signal.signal()).putInt(signal.code()).putInt(signal.errno());
            out.putShort(PR_CURSIG, (short) (taken ? signal.signal() : 0));
        }
        long pending = 0;
        for (SignalInfo each : thread.signals().pending()) {
            pending |= 1L << each.signal() - 1;
        }
        out.position(PR_SIGPEND);
        out.putLong(pending).putLong(blocked);
        putNumbers(out.putInt(thread.id()));
        out.putInt(PR_FPVALID, 1).position(PR_REG);
        putRegisters(out, thread.registers());
        return out.array();
    }

    /** In the system-call stub the user's registers, which SYSCALL kept in RCX, R11 and STAR; else those of now. */
    private static void putRegisters(ByteBuffer out, VcpuState cpu) {
        boolean inStub = cpu.systemCallLatch() && cpu.cpl() == 0;
        int userSelectors = (int) (cpu.star() >>> 48);
        for (int register : PR_REG_GENERAL) {
            out.putLong(cpu.gpr().get(register));
        }
        out.putLong(-1);
        out.putLong(inStub ? cpu.gpr().get(RCX) : cpu.rip());
        out.putLong(inStub ? userSelectors + 16 | 3 : selector(cpu, Segment.CS));
        out.putLong(inStub ? cpu.gpr().get(R11) : cpu.rflags());
        out.putLong(cpu.gpr().get(RSP));
        out.putLong(inStub ? userSelectors + 8 | 3 : selector(cpu, Segment.SS));
        out.putLong(cpu.segments().get(Segment.FS).base());
        out.putLong(cpu.segments().get(Segment.GS).base());
        for (int segment : new int[] {Segment.DS, Segment.ES, Segment.FS, Segment.GS}) {
            out.putLong(selector(cpu, segment));
        }
    }

    private static int selector(VcpuState cpu, int segment) {
        return cpu.segments().get(segment).selector();
    }
}
