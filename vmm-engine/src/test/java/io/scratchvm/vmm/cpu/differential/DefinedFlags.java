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

/** Which status flags the SDM defines as a sequence goes on. */
final class DefinedFlags {
    private int defined = STATUS;

    private DefinedFlags() {}

    /** After the instructions of {@code code} that begin before {@code end}. */
    static int after(byte[] code, int end) {
        DefinedFlags flags = new DefinedFlags();
        flags.takeAll(code, end);
        return flags.defined;
    }

    /** Whether no instruction of {@code code} looks at an undefined flag. */
    static boolean suffice(byte[] code) {
        return new DefinedFlags().takeAll(code, code.length);
    }

    private boolean takeAll(byte[] code, int end) {
        boolean suffice = true;
        for (int at = 0; at < end; ) {
            Instruction i = Decoder.decode(code, at, code.length, at, 64);
            suffice &= defined == STATUS || !looksAtFlags(i);
            defined = (defined | written(i)) & ~undefined(i);
            at += i.length();
        }
        return suffice;
    }

    private static boolean looksAtFlags(Instruction i) {
        return switch (i.operation()) {
            case ADC, SBB, RCL, RCR, SETCC, CMOVCC, CMC, LAHF, ADCX, ADOX, JCC, LOOPE, LOOPNE, PUSHF -> true;
            default -> i.operation().name().startsWith("FCMOV");
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
