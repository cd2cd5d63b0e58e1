package io.scratchvm.vmm.cpu.differential;

import static io.scratchvm.vmm.cpu.state.Flags.AF;
import static io.scratchvm.vmm.cpu.state.Flags.CF;
import static io.scratchvm.vmm.cpu.state.Flags.OF;
import static io.scratchvm.vmm.cpu.state.Flags.PF;
import static io.scratchvm.vmm.cpu.state.Flags.SF;
import static io.scratchvm.vmm.cpu.state.Flags.STATUS;
import static io.scratchvm.vmm.cpu.state.Flags.ZF;

import io.scratchvm.vmm.cpu.decode.Decoder;
import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.decode.Operation;
import io.scratchvm.vmm.cpu.state.X87;

/**
 * Which status flags and x87 condition codes are defined as a sequence goes on: by the SDM, and by AMD's CPUs, which do
 * not follow it in a few of the x87's.
 */
final class DefinedFlags {
    private static final int X87_CODES = X87.C3 | X87.C2 | X87.C1 | X87.C0;

    /** The exceptions that may stop a comparison; what AMD's CPUs set then and the SDM leaves. */
    private static final int STOPPING = X87.IE | X87.DE;

    /** Whether a comparison of x87 numbers may be stopped. */
    private boolean mayStop;

    private int flags = STATUS;
    private int codes = X87_CODES;
    private boolean suffice = true;

    private DefinedFlags(State before) {
        mayStop = (before.vectorWord(State.CONTROL_WORD) & STOPPING) != STOPPING;
    }

    /** After the instructions that begin before {@code end}. */
    static DefinedFlags after(State before, long end) {
        DefinedFlags defined = new DefinedFlags(before);
        byte[] code = before.code();
        for (int at = 0; at < end - State.CODE; ) {
            Instruction i = Decoder.decode(code, at, code.length, at, 64);
            defined.take(i);
            at += i.length();
        }
        return defined;
    }

    /** Whether no instruction looks at an undefined one. */
    static boolean suffice(State before) {
        return after(before, State.CODE + before.code().length).suffice;
    }

    int flags() {
        return flags;
    }

    /** Of the x87 status word. */
    int codes() {
        return codes;
    }

    private void take(Instruction i) {
        suffice &= flags == STATUS || !looksAtFlags(i);
        suffice &= codes == X87_CODES || i.operation() != Operation.FNSTSW;
        mayStop |= i.operation() == Operation.FLDCW;
        flags = (flags | written(i)) & ~undefined(i) & ~(mayStop && isComparisonToFlags(i) ? STATUS : 0);
        codes &= ~undefinedCodes(i);
    }

    private static boolean isComparisonToFlags(Instruction i) {
        return switch (i.operation()) {
            case FCOMI, FCOMIP, FUCOMI, FUCOMIP -> true;
            default -> false;
        };
    }

    private int undefinedCodes(Instruction i) {
        return switch (i.operation()) {
            case FFREE, FFREEP, FCOMI, FCOMIP, FUCOMI, FUCOMIP -> X87.C1;
            case FCOM, FCOMP, FCOMPP, FUCOM, FUCOMP, FUCOMPP, FICOM, FICOMP, FTST -> mayStop ? X87_CODES & ~X87.C1 : 0;
            case FPREM, FPREM1 -> X87_CODES & ~X87.C1;
            default -> 0;
        };
    }

    private static boolean looksAtFlags(Instruction i) {
        return switch (i.operation()) {
            case ADC, SBB, RCL, RCR, SETCC, CMOVCC, CMC, LAHF, ADCX, ADOX, JCC, LOOPE, LOOPNE, PUSHF -> true;
            case FCMOVB, FCMOVE, FCMOVBE, FCMOVU, FCMOVNB, FCMOVNE, FCMOVNBE, FCMOVNU -> true;
            default -> false;
        };
    }

    private static int written(Instruction i) {
        return switch (i.operation()) {
            case ADD, ADC, SUB, SBB, CMP, NEG, XADD, CMPXCHG, POPCNT -> STATUS;
            case AND, OR, XOR, TEST -> STATUS & ~AF;
            case INC, DEC -> STATUS & ~CF;
            case SAHF -> STATUS & ~OF;
            case LZCNT, TZCNT -> CF | ZF;
            case ANDN, BLSI, BLSMSK, BLSR, BZHI -> STATUS & ~(AF | PF);
            case BEXTR -> CF | ZF | OF;
            case CLC, STC, CMC, BT, BTS, BTR, BTC -> CF;
            case MUL, IMUL -> CF | OF;
            case PTEST, COMISS, COMISD, UCOMISS, UCOMISD -> STATUS;
            case PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM -> STATUS;
            default -> 0;
        };
    }

    private static int undefined(Instruction i) {
        return switch (i.operation()) {
            case AND, OR, XOR, TEST -> AF;
            case LZCNT, TZCNT -> STATUS & ~(CF | ZF);
            case ANDN, BLSI, BLSMSK, BLSR, BZHI -> AF | PF;
            case BEXTR -> AF | PF | SF;
            case ROL, ROR, RCL, RCR -> isByOne(i) ? 0 : OF;
            case SHL, SHR, SAR -> AF | (isByOne(i) ? 0 : OF | (i.operandSize() < 4 ? CF : 0));
            case SHLD, SHRD -> AF | OF;
            case MUL, IMUL -> SF | ZF | AF | PF;
            case DIV, IDIV -> STATUS;
            case BT, BTS, BTR, BTC -> OF | SF | AF | PF;
            case BSF, BSR -> STATUS & ~ZF;
            default -> 0;
        };
    }

    private static boolean isByOne(Instruction i) {
        return i.second() instanceof Operand.Immediate count && count.value() == 1;
    }
}
