package io.scratchvm.vmm.cpu.differential;

import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.X87;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** What of two states after the same sequence differs and must not. */
final class Difference {
    private static final int ST_SIZE = 10;
    private static final int ALL_CODES = X87.C3 | X87.C2 | X87.C1 | X87.C0;

    private final List<String> found = new ArrayList<>();

    private Difference() {}

    /** A line for each; none where the states agree. */
    static List<String> between(State before, State expected, State actual) {
        Difference difference = new Difference();
        difference.add("signal", expected.signal(), actual.signal());
        difference.add("RIP", expected.rip(), actual.rip());
        for (int register = 0; register < 16; register++) {
            difference.add(State.REGISTERS[register], expected.gpr(register), actual.gpr(register));
        }
        DefinedFlags defined = DefinedFlags.after(before, expected.rip());
        int flags = Flags.DF | defined.flags();
        difference.add("RFLAGS", expected.rflags() & flags, actual.rflags() & flags);
        int status = ~ALL_CODES | defined.codes();
        int word = State.STATUS_WORD;
        difference.add("x87 status word", expected.vectorWord(word) & status, actual.vectorWord(word) & status);
        difference.vectors(before.vector(State.COMPONENTS), expected, actual);
        difference.add("memory", expected.memory(), actual.memory());
        return difference.found;
    }

    private void vectors(long components, State expected, State actual) {
        add("x87 control word", expected.vectorWord(State.CONTROL_WORD), actual.vectorWord(State.CONTROL_WORD));
        add("x87 tags", expected.vectorWord(State.TAGS), actual.vectorWord(State.TAGS));
        add("MXCSR", expected.mxcsr(), actual.mxcsr());
        byte[] wanted = expected.vectors();
        byte[] given = actual.vectors();
        for (int n = 0; n < 8; n++) {
            add("ST" + n, wanted, given, State.ST + 16 * n, ST_SIZE);
        }
        for (int n = 0; n < 16; n++) {
            add("XMM" + n, wanted, given, State.XMM + 16 * n, 16);
            if ((components & 4) != 0) {
                add("upper half of YMM" + n, wanted, given, State.YMM + 16 * n, 16);
            }
        }
    }

    private void add(String what, byte[] wanted, byte[] given, int at, int size) {
        add(what, Arrays.copyOfRange(wanted, at, at + size), Arrays.copyOfRange(given, at, at + size));
    }

    private void add(String what, byte[] wanted, byte[] given) {
        if (!Arrays.equals(wanted, given)) {
            HexFormat hex = HexFormat.of();
            found.add(what + ": " + hex.formatHex(wanted) + ", but here " + hex.formatHex(given));
        }
    }

    private void add(String what, long wanted, long given) {
        if (wanted != given) {
            found.add(what + ": " + Long.toHexString(wanted) + ", but here " + Long.toHexString(given));
        }
    }
}
