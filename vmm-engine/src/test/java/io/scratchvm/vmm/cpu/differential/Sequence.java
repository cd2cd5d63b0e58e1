package io.scratchvm.vmm.cpu.differential;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Units one after the other, and the state that they start from. */
record Sequence(List<Unit> units, State from) {
    /** Where the code begins in that it includes. */
    State state() {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        State state = from.copy();
        for (Unit unit : units) {
            if (code.size() == 0) {
                long next = State.CODE
                        + (unit.returns() ? 5 : 0)
                        + unit.code().length
                        + unit.skipped().size();
                for (Unit.Register register : unit.registers()) {
                    boolean isNext = register.value() == Unit.Register.NEXT;
                    state.setGpr(register.number(), isNext ? next : register.value());
                }
            }
            unit.append(code, code.size() == 0);
        }
        state.setCode(code.toByteArray());
        return state;
    }

    /** The most that a sequence can be long with another unit. */
    boolean hasRoom() {
        return state().code().length + 15 + 4 + 5 + 40 <= State.MOST_CODE;
    }

    Sequence without(int unit) {
        List<Unit> fewer = new ArrayList<>(units);
        fewer.remove(unit);
        return new Sequence(fewer, from);
    }

    Sequence with(State other) {
        return new Sequence(units, other);
    }
}
