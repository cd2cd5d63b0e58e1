package io.scratchvm.vmm.cpu.differential;

import io.scratchvm.vmm.cpu.decode.Encodings.Encoded;
import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;

/** What cannot be compared with a real CPU under a real kernel; {@code docs/compatibility.md} lists it. */
final class Exclusions {
    private Exclusions() {}

    static boolean concern(Operation operation) {
        return isApproximate(operation) || isItsOwn(operation) || isKernels(operation) || hasItsOwnTest(operation);
    }

    /** The SDM bounds the error; every CPU chooses its own result. */
    private static boolean isApproximate(Operation operation) {
        return switch (operation) {
            case RCPPS, RCPSS, RSQRTPS, RSQRTSS -> true;
            case F2XM1, FYL2X, FYL2XP1, FPTAN, FPATAN, FSIN, FCOS, FSINCOS -> true;
            default -> false;
        };
    }

    /** Every CPU, moment or maker has its own. */
    private static boolean isItsOwn(Operation operation) {
        return switch (operation) {
            case CPUID, RDTSC, RDTSCP, RDPMC, RDRAND, RDSEED, RDPID, VMCALL, XGETBV -> true;
            // MXCSR of AMD's CPUs has a bit more.
            case LDMXCSR -> true;
            default -> false;
        };
    }

    /** The kernel below would answer, or its tables decide. */
    private static boolean isKernels(Operation operation) {
        return switch (operation) {
            case SYSCALL, SYSRET, SYSENTER, SYSEXIT, INT, INT1, INT3, INTO, IRET -> true;
            case JMP_FAR, CALL_FAR, RET_FAR, LDS, LES, LFS, LGS, LSS, LAR, LSL, VERR, VERW, ARPL -> true;
            case SGDT, SIDT, SLDT, STR, SMSW, RDFSBASE, RDGSBASE, WRFSBASE, WRGSBASE -> true;
            default -> false;
        };
    }

    /** The addresses of gathers are in vectors. POPF may set TF and AC, for which handlers would be needed; the formats of saved states are the CPU's own. */
    private static boolean hasItsOwnTest(Operation operation) {
        return switch (operation) {
            case POPF, FXSAVE, FXRSTOR, FNSTENV, FNSAVE, FLDENV, FRSTOR, XSAVE, XSAVEOPT, XRSTOR, XSETBV -> true;
            case VPGATHERDD, VPGATHERDQ, VPGATHERQD, VPGATHERQQ -> true;
            case VGATHERDPS, VGATHERDPD, VGATHERQPS, VGATHERQPD -> true;
            default -> false;
        };
    }

    static boolean concern(Encoded encoded) {
        Instruction i = encoded.instruction();
        for (Operand operand : new Operand[] {i.first(), i.second(), i.third()}) {
            if (operand instanceof Operand.SegmentRegister) {
                return true;
            }
        }
        // D9 D8 to DF, which the SDM does not have, check nothing on AMD's CPUs.
        boolean unchecked = i.operation() == Operation.FSTP
                && (encoded.bytes()[encoded.modRm()] & 0xf8) == 0xd8
                && encoded.bytes()[encoded.modRm() - 1] == (byte) 0xd9;
        // 0F 0D of a register is #UD on AMD's CPUs.
        return unchecked || i.operation() == Operation.NOP && i.first() instanceof Operand.Register;
    }
}
