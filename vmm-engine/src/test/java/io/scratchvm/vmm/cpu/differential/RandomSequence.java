package io.scratchvm.vmm.cpu.differential;

import io.scratchvm.vmm.cpu.decode.Encodings.Encoded;
import io.scratchvm.vmm.cpu.decode.Encodings.Encoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A sequence for each number of a seed: every encoding in its turn, then others after it. */
final class RandomSequence {
    private static final int ATTEMPTS = 60;

    private final List<Encoding> encodings;
    private final long seed;

    RandomSequence(List<Encoding> encodings, long seed) {
        this.encodings = encodings;
        this.seed = seed;
    }

    Sequence number(long number) {
        long start = startOf(number);
        Random random = new Random(start);
        Sequence sequence = new Sequence(List.of(), RandomState.of(start));
        sequence = extended(sequence, encodings.get((int) (number % encodings.size())), random);
        for (int more = random.nextInt(4); more > 0 && sequence.hasRoom(); more--) {
            sequence = extended(sequence, encodings.get(random.nextInt(encodings.size())), random);
        }
        return sequence;
    }

    /** The seed of a number's state. */
    long startOf(long number) {
        return (seed << 40) + number;
    }

    /** With a unit of {@code encoding}, if one comes that can be. */
    private static Sequence extended(Sequence sequence, Encoding encoding, Random random) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Encoded encoded = encoding.random(random, State.CODE);
            Unit unit = encoded == null || Exclusions.concern(encoded) ? null : Arrangement.of(encoded, random);
            if (unit != null) {
                List<Unit> units = new ArrayList<>(sequence.units());
                units.add(unit);
                Sequence longer = new Sequence(units, sequence.from());
                if (DefinedFlags.suffice(longer.state())) {
                    return longer;
                }
            }
        }
        return sequence;
    }
}
