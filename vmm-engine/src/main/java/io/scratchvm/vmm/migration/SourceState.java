package io.scratchvm.vmm.migration;

/**
 * What a source must not forget.
 *
 * @param image the image's file; of a live migration, where the image would be written if the VM were taken back
 * @param staged of a VM whose head and memory lie beside the journal and not in {@code image}, the memory's size; else 0
 * @param peer where the destination was last
 * @param destination which one the VM was committed to, as that called itself; empty before
 * @param reason why the migration was aborted; empty while it was not
 */
record SourceState(Phase phase, String image, long staged, String peer, String destination, String reason) {
    enum Phase {
        SAVING,
        OFFERED,
        COMMITTED,
        MOVED,
        ABORTED
    }

    static SourceState saving(String image, long staged, String peer) {
        return new SourceState(Phase.SAVING, image, staged, peer, "", "");
    }

    SourceState with(Phase next) {
        return new SourceState(next, image, staged, peer, destination, reason);
    }

    SourceState committed(String to) {
        return new SourceState(Phase.COMMITTED, image, staged, peer, to, reason);
    }

    SourceState aborted(String why) {
        return new SourceState(Phase.ABORTED, image, staged, peer, destination, why);
    }
}
