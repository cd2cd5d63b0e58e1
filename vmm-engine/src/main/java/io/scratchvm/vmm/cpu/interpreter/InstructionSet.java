package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Instruction.Repeat;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.state.Fault;

/** Which family executes an operation, and how operations sit in blocks. One row an operation. */
final class InstructionSet {
    private InstructionSet() {}

    /**
     * Executes {@code i}.
     *
     * @throws Fault having changed nothing
     */
    static void execute(Execution x, Instruction i) {
        switch (i.operation()) {
            case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, INC, DEC, NEG, NOT -> AluInstructions.execute(x, i);
            case ROL, ROR, RCL, RCR, SHL, SHR, SAR, SHLD, SHRD -> ShiftInstructions.execute(x, i);
            case MUL, IMUL, DIV, IDIV -> MultiplyDivideInstructions.execute(x, i);
            case BT, BTS, BTR, BTC, BSF, BSR, POPCNT, BSWAP -> BitInstructions.execute(x, i);
            case LZCNT, TZCNT, ANDN, BEXTR, BLSI, BLSMSK, BLSR, BZHI -> BitManipulationInstructions.execute(x, i);
            case MULX, PDEP, PEXT, RORX, SARX, SHLX, SHRX -> BitManipulationInstructions.execute(x, i);
            case ADCX, ADOX, CRC32, MOVBE -> BitManipulationInstructions.execute(x, i);
            case DAA, DAS, AAA, AAS, AAM, AAD -> DecimalInstructions.execute(x, i);
            case MOV, MOVZX, MOVSX, MOVSXD, LEA, CMOVCC, SETCC, XLAT, CBW, CWD -> MoveInstructions.execute(x, i);
            case XCHG, XADD, CMPXCHG, CMPXCHG8B, CMPXCHG16B -> ExchangeInstructions.execute(x, i);
            case PUSH, POP, PUSHA, POPA, ENTER, LEAVE -> StackInstructions.execute(x, i);
            case CLC, STC, CMC, CLD, STD, SALC, LAHF, SAHF, PUSHF, POPF -> FlagInstructions.execute(x, i);
            case MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS -> StringInstructions.execute(x, i);
            case JMP, JCC, JRCXZ, LOOP, LOOPE, LOOPNE, CALL, RET, BOUND -> BranchInstructions.execute(x, i);
            case NOP, PAUSE, PREFETCH, LFENCE, SFENCE, MFENCE -> {}
            case IN, OUT -> IoInstructions.execute(x, i);
            case JMP_FAR, CALL_FAR, RET_FAR, IRET, INT, INT3, INT1, INTO -> FarTransferInstructions.execute(x, i);
            case SYSCALL, SYSRET, SYSENTER, SYSEXIT -> FarTransferInstructions.execute(x, i);
            case LDS, LES, LFS, LGS, LSS, LGDT, LIDT, SGDT, SIDT, SWAPGS -> SegmentInstructions.execute(x, i);
            case RDFSBASE, RDGSBASE, WRFSBASE, WRGSBASE -> SegmentInstructions.execute(x, i);
            case LLDT, LTR, SLDT, STR, LAR, LSL, VERR, VERW, ARPL -> SegmentInstructions.execute(x, i);
            case CLI, STI, HLT, VMCALL, WAIT, LMSW, SMSW, CLTS -> SystemInstructions.execute(x, i);
            case INVD, WBINVD, INVLPG, CLFLUSH, CLFLUSHOPT, RDMSR, WRMSR -> SystemInstructions.execute(x, i);
            case RDTSC, RDTSCP, RDPMC, RDPID, CPUID, RDRAND, RDSEED -> SystemInstructions.execute(x, i);
            case FXSAVE, FXRSTOR, LDMXCSR, STMXCSR -> SystemInstructions.execute(x, i);
            case XSAVE, XSAVEOPT, XRSTOR, XGETBV, XSETBV -> ExtendedStateInstructions.execute(x, i);
            default -> executeFloatingPoint(x, i);
        }
    }

    private static void executeFloatingPoint(Execution x, Instruction i) {
        if (i.operation().isVector() && i.vex()) {
            VexOperation.of(i).execute(x);
        } else if (i.operation().isVector()) {
            SseInstructions.execute(x, i);
        } else if (i.operation().isX87()) {
            X87Instructions.execute(x, i);
        } else {
            throw Fault.ud();
        }
    }

    /** Whether control may go elsewhere than to the next instruction: the end of a block. */
    static boolean endsBlock(Instruction i) {
        return switch (i.operation()) {
            case JMP, JCC, JRCXZ, LOOP, LOOPE, LOOPNE, CALL, RET -> true;
            default -> standsAlone(i);
        };
    }

    /**
     * Whether {@code i} must be the only one of its block: because it reads the instruction count, changes what
     * instructions after it mean, may leave to the VMM, or counts more than one.
     */
    static boolean standsAlone(Instruction i) {
        return switch (i.operation()) {
            case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, INC, DEC, NEG, NOT -> false;
            case ROL, ROR, RCL, RCR, SHL, SHR, SAR, SHLD, SHRD -> false;
            case MUL, IMUL, DIV, IDIV -> false;
            case BT, BTS, BTR, BTC, BSF, BSR, POPCNT, BSWAP -> false;
            case LZCNT, TZCNT, ANDN, BEXTR, BLSI, BLSMSK, BLSR, BZHI -> false;
            case MULX, PDEP, PEXT, RORX, SARX, SHLX, SHRX, ADCX, ADOX, CRC32, MOVBE -> false;
            case DAA, DAS, AAA, AAS, AAM, AAD -> false;
            case MOV, POP ->
                isSpecial(i.first()) || isSpecial(i.second()) && !(i.second() instanceof Operand.SegmentRegister);
            case MOVZX, MOVSX, MOVSXD, LEA, CMOVCC, SETCC, XLAT, CBW, CWD -> false;
            case XCHG, XADD, CMPXCHG, CMPXCHG8B, CMPXCHG16B -> false;
            case PUSH, PUSHA, POPA, ENTER, LEAVE -> false;
            case CLC, STC, CMC, CLD, STD, SALC, LAHF, SAHF, PUSHF -> false;
            case MOVS, CMPS, STOS, LODS, SCAS -> i.repeat() != Repeat.NONE;
            case JMP, JCC, JRCXZ, LOOP, LOOPE, LOOPNE, CALL, RET, BOUND -> false;
            case NOP, PAUSE, PREFETCH, LFENCE, SFENCE, MFENCE -> false;
            default -> !i.operation().isVector() && !i.operation().isX87();
        };
    }

    private static boolean isSpecial(Operand operand) {
        return operand instanceof Operand.SegmentRegister
                || operand instanceof Operand.ControlRegister
                || operand instanceof Operand.DebugRegister;
    }
}
