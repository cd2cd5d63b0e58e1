package io.scratchvm.vmm.migration;

/** How fast the rounds of a live copy are, and how long the guest would stand for what is left. */
final class Pace {
    /** A round that says how fast bytes go, and not only how long a word takes. */
    private static final long TELLING = 1 << 20;

    /** Digests are computed here for the head, and there to check it. */
    private static final int DIGESTS = 2;

    /**
     * The waits like a round's that are to come: for the last round to be on disk, for what is wanted, for the VM to be
     * prepared, for the decision to be on disk and for the guest to run.
     */
    private static final int WAITS = 4;

    private double nanosPerByte = Double.POSITIVE_INFINITY;
    private double nanosPerMegabyte;
    private double wait = Double.POSITIVE_INFINITY;

    /**
     * What a round took.
     *
     * @param bytes of memory that were sent
     * @param sending nanoseconds until the last of them was sent
     * @param waiting nanoseconds from then on until they were on disk at the destination
     * @param megabytes that had changed and were digested
     * @param digesting nanoseconds for that, here
     */
    record Round(long bytes, long sending, long waiting, int megabytes, long digesting) {}

    void add(Round round) {
        boolean first = Double.isInfinite(nanosPerByte);
        if (first || round.bytes >= TELLING) {
            nanosPerByte = Math.min(nanosPerByte, (double) round.sending / Math.max(round.bytes, TELLING));
        }
        if (round.megabytes > 0) {
            nanosPerMegabyte = (double) round.digesting / round.megabytes;
        }
        wait = Math.min(wait, Math.max(0, round.waiting - round.megabytes * nanosPerMegabyte));
    }

    /**
     * Nanoseconds that the guest is expected to stand.
     *
     * @param bytes of memory that are left to send
     * @param megabytes that they lie in, which have to be digested anew
     */
    long downtime(long bytes, int megabytes) {
        return (long) (bytes * nanosPerByte + DIGESTS * megabytes * nanosPerMegabyte + WAITS * wait);
    }
}
