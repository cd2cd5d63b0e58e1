package io.scratchvm.vmm.device;

/** What is saved of a {@link Random}: the four words of a seeded generator; all zero where numbers are the host's. */
public record RandomState(long s0, long s1, long s2, long s3) {
    /** Of a generator that has given nothing yet; no seeded generator comes to it. */
    public static final RandomState INITIAL = new RandomState(0, 0, 0, 0);

    boolean isInitial() {
        return (s0 | s1 | s2 | s3) == 0;
    }
}
