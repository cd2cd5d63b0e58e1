package io.scratchvm.vmm;

/** What a session does at the moment. */
interface Stoppable {
    /** Makes it end soon. From any thread. */
    void requestStop();
}
