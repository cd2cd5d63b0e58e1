package io.scratchvm.vmm.linux.signal;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.abi.Structure;
import java.util.List;

/**
 * What is told of a signal: siginfo_t (sigaction(2)), as far as Linux keeps it while the signal is pending.
 *
 * @param signal 1 to 64
 * @param errno si_errno
 * @param code si_code: who or what sent it
 * @param fields the 32 bytes that differ by the code, as four words
 */
public record SignalInfo(int signal, int errno, int code, List<Long> fields) {
    /** Values of {@code code} for SIGCHLD. */
    public static final int CLD_EXITED = 1, CLD_KILLED = 2;

    /** The same of those that somebody sends: kill(2), the kernel, sigqueue(3), tkill(2). */
    public static final int SI_USER = 0, SI_KERNEL = 0x80, SI_QUEUE = -1, SI_TIMER = -2, SI_TKILL = -6;

    /** Bytes of siginfo_t, of which Linux leaves those after {@link #KEPT} zero. */
    public static final int SIZE = 128, KEPT = 48;

    private static final int FIELDS = 4, FIELDS_AT = 16;

    public SignalInfo {
        fields = List.copyOf(fields);
        if (signal < 1 || signal > Signals.MAX || fields.size() != FIELDS) {
            throw new VmmException("signal " + signal + " with " + fields.size() + " words of information is none");
        }
    }

    /** What the fields tell. */
    public enum Kind {
        /** A fault's address. */
        FAULT,
        /** A timer's number, overruns and value. */
        TIMER,
        /** A child's number, user and status. */
        CHILD,
        /** Who sent it. */
        SENT,
        /** Who sent it, and a value. */
        QUEUED
    }

    private static final long FAULTS = Signals.bit(Signals.SIGILL)
            | Signals.bit(Signals.SIGTRAP)
            | Signals.bit(Signals.SIGBUS)
            | Signals.bit(Signals.SIGFPE)
            | Signals.bit(Signals.SIGSEGV);

    /** As Linux finds it out. */
    public Kind kind() {
        if (code > SI_USER && code < SI_KERNEL) {
            return (Signals.bit(signal) & FAULTS) != 0
                    ? Kind.FAULT
                    : signal == Signals.SIGCHLD ? Kind.CHILD : Kind.SENT;
        }
        return code == SI_TIMER ? Kind.TIMER : code < 0 ? Kind.QUEUED : Kind.SENT;
    }

    /** Sent by the kernel, of its own accord. */
    public static SignalInfo byKernel(int signal) {
        return new SignalInfo(signal, 0, SI_KERNEL, List.of(0L, 0L, 0L, 0L));
    }

    /** Sent by a process. */
    public static SignalInfo byProcess(int signal, int code, int process) {
        return new SignalInfo(signal, 0, code, List.of(process | (long) Identity.USER << 32, 0L, 0L, 0L));
    }

    /**
     * Of a child's end.
     *
     * @param status as wait(2) tells it
     */
    public static SignalInfo byChild(int signal, int child, int status) {
        int killer = status & 0x7f;
        int code = killer == 0 ? CLD_EXITED : CLD_KILLED;
        long shown = killer == 0 ? status >> 8 & 0xff : killer;
        return new SignalInfo(signal, 0, code, List.of(child | (long) Identity.USER << 32, shown, 0L, 0L));
    }

    /** Of an instruction's fault; {@code address} is si_addr. */
    static SignalInfo byFault(int signal, int code, long address) {
        return new SignalInfo(signal, 0, code, List.of(address, 0L, 0L, 0L));
    }

    /** As a program wrote it, but for the signal's number, which is {@code signal}. */
    public static SignalInfo of(int signal, byte[] bytes) {
        Structure in = Structure.of(bytes);
        return new SignalInfo(
                signal,
                in.getInt(4),
                in.getInt(8),
                List.of(in.getLong(16), in.getLong(24), in.getLong(32), in.getLong(40)));
    }

    /** siginfo_t. */
    public byte[] bytes() {
        Structure out = new Structure(SIZE).putInt(0, signal).putInt(4, errno).putInt(8, code);
        for (int i = 0; i < FIELDS; i++) {
            out.putLong(FIELDS_AT + 8 * i, fields.get(i));
        }
        return out.bytes();
    }
}
