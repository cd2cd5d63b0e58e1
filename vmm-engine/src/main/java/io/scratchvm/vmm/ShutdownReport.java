package io.scratchvm.vmm;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.loader.Symbols;
import io.scratchvm.vmm.memory.Mmu;

/** What a person is told about a triple fault: the first fault, where it was, the bytes there, and the mode. */
final class ShutdownReport {
    private static final int SHOWN_BYTES = 8;

    private ShutdownReport() {}

    /** Of a reset that the guest asked for by writing to a port. */
    static String ofReset(int port, Vcpu vcpu) {
        return "the guest reset the machine (port 0x" + Integer.toHexString(port) + "), RIP 0x"
                + Long.toHexString(vcpu.rip)
                + "; no firmware is there to start it again. End a guest by the exit port, 0xf4, or power off, 0x604";
    }

    static String of(Fault first, Vcpu vcpu, Mmu mmu, Symbols symbols) {
        long linear = linear(vcpu);
        String symbol = symbols.describe(linear);
        return "triple fault: first " + first.getMessage()
                + ", RIP 0x" + Long.toHexString(vcpu.rip) + (symbol.isEmpty() ? "" : " (" + symbol + ")")
                + ", bytes " + bytes(linear, mmu)
                + ", " + mode(vcpu);
    }

    private static long linear(Vcpu vcpu) {
        return vcpu.mode64() ? vcpu.rip : vcpu.segments[Segment.CS].base() + vcpu.rip & 0xffff_ffffL;
    }

    private static String bytes(long linear, Mmu mmu) {
        StringBuilder bytes = new StringBuilder();
        try {
            for (int i = 0; i < SHOWN_BYTES; i++) {
                int value = (int) mmu.readSystem(linear + i, 1);
                bytes.append(i == 0 ? "" : " ")
                        .append(Character.forDigit(value >> 4, 16))
                        .append(Character.forDigit(value & 15, 16));
            }
        } catch (Fault unreadable) {
            bytes.append(bytes.isEmpty() ? "unreadable" : " ...");
        }
        return bytes.toString();
    }

    private static String mode(Vcpu vcpu) {
        if (!vcpu.protectedMode()) {
            return "real mode";
        }
        if (vcpu.virtual8086()) {
            return "virtual-8086 mode";
        }
        String name = vcpu.mode64() ? "64-bit" : vcpu.longMode() ? "compatibility" : "protected";
        return name + " mode, " + vcpu.codeSize() + "-bit code, ring " + vcpu.cpl;
    }
}
