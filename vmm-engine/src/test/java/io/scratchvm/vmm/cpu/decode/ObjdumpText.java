package io.scratchvm.vmm.cpu.decode;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * objdump's text with its habits taken out: prefixes that change nothing, a segment that is the default, {@code riz},
 * a displacement of zero, mnemonics that are other instructions' second names.
 */
final class ObjdumpText {
    private static final Pattern PREFIX = Pattern.compile("(data16|data32|addr16|addr32|rex(\\.\\w+)?|lock|repz?|repnz"
            + "|cs|ds|es|ss|fs|gs|bnd|notrack|xacquire|xrelease) (?=\\S)");
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Pattern SYMBOL = Pattern.compile(" <[^>]*>");
    private static final Pattern TARGET = Pattern.compile("^(j\\w+|call|loop\\w*) ([0-9a-f]+)$");
    private static final Pattern COMMENT = Pattern.compile("\\[[re]ip[^]]*](.*?) *# (?:0x)?([0-9a-f]+)$");
    private static final Pattern OFFSET = Pattern.compile("\\b([c-gs]s):(0x[0-9a-f]+)");
    private static final Pattern NO_INDEX = Pattern.compile("\\+?[re]iz\\*[1248]");
    private static final Pattern NEGATIVE_OFFSET = Pattern.compile("\\[-0x([0-9a-f]+)]");
    private static final Pattern SIZED = Pattern.compile(
            "^(push[af]?|pop[af]?|retf?|call|jmp|enter|leave|iret|fldenv|fnstenv|fnsave|frstor|sysret|sysexit|[sl][gi]dt)[wdq](?!\\w)");
    private static final Pattern STACK_DEFAULT = Pattern.compile("\\bss:(\\[[re]?[bs]p\\b)");
    private static final Pattern DATA_DEFAULT = Pattern.compile("\\bds:(\\[(?![re]?[bs]p\\b))");
    private static final Pattern IMPLIED = Pattern.compile("(movs|cmps|stos|lods|scas|ins|outs|xlat)\\b.*");

    static final String BAD = "(bad)";

    private ObjdumpText() {}

    /** Where objdump differs from Intel's manual and from us, and why. */
    static boolean isQuirk(Objdump.Line line, Instruction instruction, String theirs, String ours) {
        byte[] bytes = line.bytes();
        if (theirs.startsWith("rex")) {
            return true; // a REX that does not count stands on a line of its own
        }
        if (line.text().matches(".*\\block .*")) {
            return true; // does not check LOCK
        }
        if (line.text().contains("notrack")) {
            return true; // takes a DS override for the prefix of that name
        }
        return switch (instruction == null ? Operation.INVALID : instruction.operation()) {
            // Intel's manual gives no meaning to these prefixes, objdump rejects them.
            case BSF, BSR, WBINVD -> theirs.equals(BAD);
            // Joined with an x87 instruction that follows.
            case WAIT -> theirs.startsWith("f");
            // Undocumented, but in every CPU.
            case SALC -> theirs.equals(BAD);
            // Any r/m will do.
            case LFENCE, MFENCE, SFENCE -> theirs.equals(BAD);
            // Second encodings that every CPU executes.
            case FCOM, FCOMP, FXCH, FSTP -> theirs.equals(BAD);
            // A register form of PREFETCH is a NOP.
            case NOP -> theirs.equals(BAD) || theirs.matches("nop|xchg .*|rdssp.*");
            // 66 cuts the target to 16 bits outside of 64-bit code.
            case JCC, JMP, CALL, LOOP, LOOPE, LOOPNE, JRCXZ ->
                instruction.operandSize() == 2 && sameLowWord(theirs, ours);
            // The register is read as a word, whatever size objdump writes; so is a selector's.
            case MOV, LAR, LSL -> hasSelector(instruction) && bytes.length == instruction.length();
            // VEX.L means nothing to a scalar.
            case MOVSS, MOVSD -> instruction.vex() && theirs.contains("ymm");
            // REX.B makes it XCHG R8.
            case XCHG -> theirs.equals("pause");
            // REX.W wins over 66, and makes a far pointer of ten bytes.
            case MOVSXD, JMP_FAR, CALL_FAR -> instruction.operandSize() == 8 && bytes.length == instruction.length();
            case VFMADDPS, VFMADDPD, VFMADDSS, VFMADDSD, VFMSUBPS, VFMSUBPD, VFMSUBSS, VFMSUBSD ->
                hasEqual(instruction);
            case VFNMADDPS, VFNMADDPD, VFNMADDSS, VFNMADDSD, VFNMSUBPS, VFNMSUBPD, VFNMSUBSS, VFNMSUBSD ->
                hasEqual(instruction);
            case VFMADDSUBPS, VFMADDSUBPD, VFMSUBADDPS, VFMSUBADDPD -> hasEqual(instruction);
            case INVALID -> isLenient(line, theirs);
            default -> false;
        };
    }

    /** Whether the destination is two sources, so that their order cannot be told from the operands. */
    private static boolean hasEqual(Instruction i) {
        int equal = i.first().equals(i.second()) ? 1 : 0;
        equal += i.first().equals(i.third()) ? 1 : 0;
        return equal + (i.first().equals(i.fourth()) ? 1 : 0) > 1;
    }

    /** What objdump shows and Intel's manual does not have. */
    private static boolean isLenient(Objdump.Line line, String theirs) {
        boolean noSuchRegister = theirs.matches("mov .*(\\b[cdt]r\\d+|\\?).*|mov cs,.*");
        boolean only64 = theirs.matches("sysret|syscall|swapgs|(rd|wr)[fg]sbase .*");
        boolean withMandatoryPrefix = theirs.matches("(ldmxcsr|stmxcsr|fxsave|fxrstor)(64)? .*|xgetbv|xsetbv")
                || theirs.contains("mm") && line.text().matches("(.* )?rep(n?z)? .*");
        boolean evex = line.bytes()[0] == 0x62 && theirs.startsWith("v");
        return noSuchRegister || only64 || withMandatoryPrefix || evex || isLenientWithVex(line, theirs);
    }

    /** A prefix before VEX, or one in it that the instruction does not have. */
    private static boolean isLenientWithVex(Objdump.Line line, String theirs) {
        int first = line.bytes()[0] & 0xff;
        return theirs.equals("vzeroupper") || theirs.startsWith("v") && first != 0xc4 && first != 0xc5;
    }

    private static boolean hasSelector(Instruction instruction) {
        return instruction.first() instanceof Operand.SegmentRegister || instruction.operation() != Operation.MOV;
    }

    private static boolean sameLowWord(String theirs, String ours) {
        long target = Long.parseUnsignedLong(theirs.substring(theirs.indexOf(" 0x") + 3), 16);
        return ours.endsWith(" 0x" + Long.toHexString(target & 0xffff));
    }

    static String plain(String text) {
        String plain = mnemonic(withoutPrefixes(
                SYMBOL.matcher(SPACES.matcher(text).replaceAll(" ")).replaceFirst("")));
        plain = TARGET.matcher(plain).replaceFirst("$1 0x$2");
        if (plain.contains("(bad)")) {
            return "(bad)";
        }
        plain = COMMENT.matcher(plain).replaceFirst("[0x$2]$1");
        if (IMPLIED.matcher(plain).matches()) {
            return plain;
        }
        if (!plain.matches("(jmp|call) 0x.*")) {
            plain = OFFSET.matcher(plain).replaceFirst("$1:[$2]");
        }
        plain = NO_INDEX.matcher(plain).replaceFirst("").replace("[+", "[");
        plain = plain.replace("+0x0]", "]").replace("[]", "[0x0]");
        plain = NEGATIVE_OFFSET.matcher(plain).replaceFirst(ObjdumpText::unsigned);
        plain = plain.replace("[0xffffffff", "[0x");
        if (plain.matches("mov ((\\w\\w:)?\\[0x.*|(al|e?ax|rax),(\\w\\w:)?\\[0x.*)")) {
            plain = plain.replaceFirst("((\\w\\w:)?\\[)", pointer(plain) + "$1");
        }
        plain = STACK_DEFAULT.matcher(plain).replaceFirst("$1");
        return DATA_DEFAULT.matcher(plain).replaceFirst("$1").replace("st(0)", "st");
    }

    private static String unsigned(MatchResult match) {
        return "[0x" + Integer.toHexString(-Integer.parseUnsignedInt(match.group(1), 16)) + "]";
    }

    /** objdump leaves the size out of the forms of MOV with an offset, where the register says it. */
    private static String pointer(String mov) {
        if (mov.matches(".*\\bal\\b.*")) {
            return "BYTE PTR ";
        }
        return mov.contains("eax") ? "DWORD PTR " : mov.contains("rax") ? "QWORD PTR " : "WORD PTR ";
    }

    private static String withoutPrefixes(String text) {
        String rest = text;
        while (PREFIX.matcher(rest).lookingAt()) {
            rest = rest.substring(rest.indexOf(' ') + 1);
        }
        return rest;
    }

    private static String mnemonic(String text) {
        int end = text.indexOf(' ');
        String mnemonic = end < 0 ? text : text.substring(0, end);
        String operands = end < 0 ? "" : text.substring(end);
        return switch (mnemonic) {
            case "ud0", "ud1" -> "ud" + operands;
            case "movabs", "movnti" -> "mov" + operands;
            case "cmpxchg16b" -> text.replace("OWORD", "XMMWORD");
            case "pcmpestrmq", "pcmpestriq" -> mnemonic.substring(0, 9) + operands;
            case "fwait" -> "wait";
            case "fneni(8087", "fndisi(8087", "fnsetpm(287" -> mnemonic.substring(0, mnemonic.indexOf('('));
            case "prefetcht0", "prefetcht1", "prefetcht2", "prefetchnta", "prefetchw", "prefetchwt1" ->
                "prefetch" + operands;
            case "wbnoinvd" -> "wbinvd";
            case "cldemote", "bndldx", "bndstx", "bndcl", "bndcu", "bndcn", "bndmk", "bndmov" -> "nop";
            case "endbr32", "endbr64" -> "nop";
            case "lss", "lfs", "lgs", "les", "lds" ->
                text.replace("FWORD", "FAR").replace("DWORD", "FAR");
            case "rol", "ror", "rcl", "rcr", "shl", "shr", "sar" -> text.replaceFirst(",1( *#|$)", ",0x1$1");
            default -> SIZED.matcher(text).replaceFirst("$1");
        };
    }
}
