package io.scratchvm.vmm.migration;

/**
 * What a destination must not forget.
 *
 * @param destination what tells this destination from any other of the same VM
 * @param root the directory of the guest's files
 * @param memorySize guest memory in bytes
 * @param shared whether the open files do not travel, since both sides see the same ones
 * @param known whether the source has heard that the VM runs
 * @param status the guest's exit status, once it has ended
 * @param reason why the migration was given up; empty while it was not
 */
record DestinationState(
        Phase phase,
        String destination,
        String root,
        long memorySize,
        boolean shared,
        boolean known,
        int status,
        String reason) {
    enum Phase {
        RECEIVING,
        PREPARED,
        RUNNING,
        ENDED,
        ABORTED
    }

    static DestinationState receiving(String destination, String root, long memorySize, boolean shared) {
        return new DestinationState(Phase.RECEIVING, destination, root, memorySize, shared, false, 0, "");
    }

    DestinationState with(Phase next) {
        return new DestinationState(next, destination, root, memorySize, shared, known, status, reason);
    }

    DestinationState heard() {
        return new DestinationState(phase, destination, root, memorySize, shared, true, status, reason);
    }

    DestinationState ended(int exitStatus) {
        return new DestinationState(Phase.ENDED, destination, root, memorySize, shared, known, exitStatus, reason);
    }

    DestinationState aborted(String why) {
        return new DestinationState(Phase.ABORTED, destination, root, memorySize, shared, known, status, why);
    }
}
