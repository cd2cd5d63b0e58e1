package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.CR4_DE;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;

/** MOV to and from DR0 to DR7 (Intel SDM volume 3, section 17.2). They are kept; breakpoints in them do not fire. */
public final class DebugRegisters {
    private static final int DR6 = 6, DR7 = 7;
    private static final long DR6_SETTABLE = 0xe00f, DR6_ONES = 0xffff_0ff0L, DR6_BD = 1 << 13, DR6_BS = 1 << 14;
    private static final long DR7_SETTABLE = 0xffff_23ffL, DR7_ONES = 0x400, DR7_GD = 1 << 13;

    private DebugRegisters() {}

    /** MOV from a debug register, 0 to 7. */
    public static long read(Vcpu vcpu, int number) {
        return vcpu.dr[accessible(vcpu, number)];
    }

    /** MOV to a debug register, 0 to 7. */
    public static void write(Vcpu vcpu, int number, long value) {
        int register = accessible(vcpu, number);
        if (register >= DR6 && value >>> 32 != 0) {
            throw Fault.gp(0);
        }
        vcpu.dr[register] = switch (register) {
            case DR6 -> value & DR6_SETTABLE | DR6_ONES;
            case DR7 -> value & DR7_SETTABLE | DR7_ONES;
            default -> value;
        };
    }

    private static int accessible(Vcpu vcpu, int number) {
        boolean alias = number == 4 || number == 5;
        if (number > 7 || alias && (vcpu.cr4 & CR4_DE) != 0) {
            throw Fault.ud();
        }
        Privilege.requireKernel(vcpu);
        if ((vcpu.dr[DR7] & DR7_GD) != 0) {
            vcpu.dr[DR6] |= DR6_BD;
            throw Fault.of(Fault.DB);
        }
        return alias ? number + 2 : number;
    }

    /** The trap after an instruction that began with RFLAGS.TF set: records its cause and gives the #DB. */
    public static Fault singleStep(Vcpu vcpu) {
        vcpu.dr[DR6] |= DR6_BS;
        return Fault.of(Fault.DB);
    }

    /** Entering the #DB handler opens the debug registers to it. */
    static void disarmGeneralDetect(Vcpu vcpu) {
        vcpu.dr[DR7] &= ~DR7_GD;
    }
}
