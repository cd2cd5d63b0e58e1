package io.scratchvm.vmm;

import io.scratchvm.vmm.image.ImageComparison;

/** What two saved VMs differ in: see {@link VmImage#diff}. */
public final class VmDifference {
    private final ImageComparison comparison;

    VmDifference(ImageComparison comparison) {
        this.comparison = comparison;
    }

    /** Whether they are the same VM at the same point of its life. */
    public boolean isEmpty() {
        return comparison.isEmpty();
    }

    /** What differs, for a person, several lines. */
    public String describe() {
        return comparison.text();
    }

    /** What differs, as one JSON object. */
    public String toJson() {
        return comparison.json();
    }
}
