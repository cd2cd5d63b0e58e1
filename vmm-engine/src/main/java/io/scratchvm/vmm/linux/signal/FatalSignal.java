package io.scratchvm.vmm.linux.signal;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.loader.Symbols;
import io.scratchvm.vmm.linux.mm.AddressSpace;
import io.scratchvm.vmm.linux.mm.Region;
import io.scratchvm.vmm.memory.Mmu;

/**
 * The signal that ends a program for a fault that nobody resolved, as Linux would send it.
 *
 * @param number the signal's number (signal(7))
 * @param message one line for a person: the signal, the fault, where, the bytes there and the nearest symbol
 */
public record FatalSignal(int number, String message) {
    static final int SIGBUS = 7;
    private static final int SIGILL = 4, SIGTRAP = 5, SIGFPE = 8, SIGKILL = 9, SIGSEGV = 11;
    private static final int REAL_TIME = 32;
    private static final int SHOWN_BYTES = 8;

    /** Of the signals 1 to 31 on x86-64. */
    private static final String[] NAMES = {
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS"
    };

    /** Bits of a page fault's error code (Intel SDM volume 3, figure 4-12). */
    private static final int PROTECTION_VIOLATION = 1, WRITE_ACCESS = 2, FETCH = 16;

    /** What a shell reports for a program that ended so. */
    public int status() {
        return 128 + number;
    }

    /** The signal for a fault that {@code space} could not {@linkplain AddressSpace#resolve resolve}. */
    public static FatalSignal of(Fault fault, Vcpu vcpu, Mmu mmu, AddressSpace space, Symbols symbols) {
        boolean memoryUsedUp = space.lacksMemory(fault);
        int number = memoryUsedUp ? SIGKILL : number(fault, space);
        String why = memoryUsedUp ? "guest memory is used up; give more with --memory" : describe(fault, space);
        return new FatalSignal(
                number,
                name(number) + ": " + why + "; " + fault.getMessage() + place(vcpu, symbols) + ", bytes "
                        + bytes(vcpu.rip, mmu));
    }

    /** A signal that was sent, not a fault's; the program was to go on at {@code vcpu.rip}. */
    public static FatalSignal sent(int number, Vcpu vcpu, Symbols symbols) {
        return new FatalSignal(number, name(number) + ": sent to the program" + place(vcpu, symbols));
    }

    private static String place(Vcpu vcpu, Symbols symbols) {
        String symbol = symbols.describe(vcpu.rip);
        return ", RIP 0x" + Long.toHexString(vcpu.rip) + (symbol.isEmpty() ? "" : " (" + symbol + ")");
    }

    private static int number(Fault fault, AddressSpace space) {
        boolean pastEnd = fault.vector() == Fault.PF && space.isPastEndOfFile(fault);
        return pastEnd ? SIGBUS : number(fault.vector());
    }

    /** Linux's arch/x86/kernel/traps.c, by exception. */
    static int number(int vector) {
        return switch (vector) {
            case Fault.DE, Fault.MF, Fault.XM -> SIGFPE;
            case Fault.DB, Fault.BP -> SIGTRAP;
            case Fault.UD -> SIGILL;
            case Fault.NP, Fault.SS, Fault.AC, Fault.MC -> SIGBUS;
            default -> SIGSEGV;
        };
    }

    /** The name in signal(7); of a real-time signal, its place in their range. */
    public static String name(int number) {
        return number < REAL_TIME ? "SIG" + NAMES[number - 1] : "SIGRTMIN+" + (number - REAL_TIME);
    }

    private static String describe(Fault fault, AddressSpace space) {
        return switch (fault.vector()) {
            case Fault.PF -> pageFault(fault, space);
            case Fault.DE -> "division by zero, or its quotient does not fit";
            case Fault.UD -> "an instruction that this CPU does not have";
            case Fault.BP -> "a breakpoint instruction";
            case Fault.MF, Fault.XM -> "a floating-point exception that is not masked";
            case Fault.GP ->
                fault.isNonCanonical()
                        ? "an address that is not canonical"
                        : "an access or instruction that ring 3 may not use";
            case Fault.AC -> "a misaligned access";
            default -> "an exception";
        };
    }

    private static String pageFault(Fault fault, AddressSpace space) {
        int code = fault.errorCode();
        String access = (code & WRITE_ACCESS) != 0 ? "write to" : (code & FETCH) != 0 ? "execution of" : "read of";
        Region region = fault.address() < 0 ? null : space.regionAt(fault.address());
        if (space.isPastEndOfFile(fault)) {
            return access + " a page past the end of the mapped file";
        }
        String what = (code & PROTECTION_VIOLATION) != 0 || region != null
                ? "a page that does not allow it"
                : "an address that is not mapped";
        return access + " " + what;
    }

    private static String bytes(long rip, Mmu mmu) {
        StringBuilder bytes = new StringBuilder();
        try {
            for (int i = 0; i < SHOWN_BYTES; i++) {
                bytes.append(i == 0 ? "" : " ").append("%02x".formatted(mmu.readAs(rip + i, 1, true)));
            }
        } catch (Fault unreadable) {
            bytes.append(bytes.isEmpty() ? "unreadable" : " ...");
        }
        return bytes.toString();
    }
}
