package io.scratchvm.vmm.device;

import io.scratchvm.vmm.api.RandomSource;
import io.scratchvm.vmm.host.Host;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * The guest's random numbers: the host's, or xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2021) from a fixed seed. The seeded numbers are no secret.
 */
public final class Random implements LongSupplier {
    private static final RandomState SEEDED = seeded(0x564d_4d00);

    private final RandomSource source;
    private final Host host;
    private long s0;
    private long s1;
    private long s2;
    private long s3;

    /**
     * A generator that goes on from {@code state}, or begins where that is {@link RandomState#INITIAL}. The host's numbers
     * have no state and are drawn anew.
     */
    public Random(RandomSource source, Host host, RandomState state) {
        this.source = source;
        this.host = host;
        RandomState start = state.isInitial() ? SEEDED : state;
        s0 = start.s0();
        s1 = start.s1();
        s2 = start.s2();
        s3 = start.s3();
    }

    public RandomState state() {
        return source == RandomSource.HOST ? RandomState.INITIAL : new RandomState(s0, s1, s2, s3);
    }

    /** Fills {@code to}; a seeded generator uses up one of its numbers for each eight bytes begun. */
    public void fill(byte[] to) {
        if (source == RandomSource.HOST) {
            host.random(to);
            return;
        }
        for (int i = 0; i < to.length; i += 8) {
            long number = next();
            for (int j = i; j < Math.min(to.length, i + 8); j++) {
                to[j] = (byte) (number >>> 8 * (j - i));
            }
        }
    }

    /** Eight bytes as one number. */
    @Override
    public long getAsLong() {
        if (source == RandomSource.SEEDED) {
            return next();
        }
        byte[] bytes = new byte[8];
        host.random(bytes);
        return ByteBuffer.wrap(bytes).getLong();
    }

    private long next() {
        long result = Long.rotateLeft(s1 * 5, 7) * 9;
        long t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = Long.rotateLeft(s3, 45);
        return result;
    }

    /** The state that splitmix64 makes of a seed, as the authors of xoshiro recommend. */
    static RandomState seeded(long seed) {
        long[] words = new long[4];
        for (int i = 0; i < words.length; i++) {
            seed += 0x9e37_79b9_7f4a_7c15L;
            long z = (seed ^ seed >>> 30) * 0xbf58_476d_1ce4_e5b9L;
            z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
            words[i] = z ^ z >>> 31;
        }
        return new RandomState(words[0], words[1], words[2], words[3]);
    }
}
