package io.scratchvm.vmm.cpu.differential;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Makes a sequence on which a guest and the host differ smaller, as long as they do: instructions, then the state. */
final class Shrinker {
    private final NativeCpu host;
    private final GuestCpu guest;

    Shrinker(NativeCpu host, GuestCpu guest) {
        this.host = host;
        this.guest = guest;
    }

    Sequence shrink(Sequence sequence) throws IOException, InterruptedException {
        Sequence least = sequence;
        while (true) {
            Sequence smaller = firstThatDiffers(shorter(least));
            if (smaller == null) {
                return simplified(least);
            }
            least = smaller;
        }
    }

    private static List<Sequence> shorter(Sequence sequence) {
        List<Sequence> shorter = new ArrayList<>();
        for (int unit = 0; unit < sequence.units().size() && sequence.units().size() > 1; unit++) {
            shorter.add(sequence.without(unit));
        }
        return shorter;
    }

    /** With as many words of the state cleared, and control words as usual, as can be. */
    private Sequence simplified(Sequence sequence) throws IOException, InterruptedException {
        Sequence least = sequence;
        for (int size = State.WORDS; size > 0; size /= 2) {
            for (int word = 0; word < State.WORDS; word += size) {
                State simpler = least.from().copy();
                if (simpler.clear(word, Math.min(word + size, State.WORDS))) {
                    Sequence candidate = firstThatDiffers(List.of(least.with(simpler)));
                    least = candidate != null ? candidate : least;
                }
            }
        }
        return least;
    }

    private Sequence firstThatDiffers(List<Sequence> candidates) throws IOException, InterruptedException {
        List<Sequence> sound = new ArrayList<>();
        List<State> before = new ArrayList<>();
        for (Sequence candidate : candidates) {
            State state = candidate.state();
            if (DefinedFlags.suffice(state)) {
                sound.add(candidate);
                before.add(state);
            }
        }
        List<State> after = host.execute(before);
        for (int n = 0; n < sound.size(); n++) {
            State actual = guest.execute(before.get(n));
            if (!Difference.between(before.get(n), after.get(n), actual).isEmpty()) {
                return sound.get(n);
            }
        }
        return null;
    }
}
