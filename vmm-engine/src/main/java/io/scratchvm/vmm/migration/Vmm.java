package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import java.util.ArrayList;
import java.util.List;

/**
 * What one VMM tells another of itself.
 *
 * @param name with its version
 * @param cpuFeatures that it can show a guest, by their names in {@code /proc/cpuinfo}
 */
public record Vmm(String name, List<String> cpuFeatures) {
    /** The most guest memory that is accepted where the user does not say. */
    private static final long DEFAULT_MEMORY = 256L << 20;

    /** @throws VmmException if a VM like the one offered cannot run here, or the user does not want it */
    void requireUsable(Message.Offer offer, VmConfiguration configuration) {
        long most = configuration.memorySize().orElse(DEFAULT_MEMORY);
        if (offer.memorySize() <= 0 || offer.memorySize() % 4096 != 0 || offer.memorySize() > most) {
            throw new VmmException("the VM has " + Long.toUnsignedString(offer.memorySize())
                    + " bytes of memory, and the destination accepts " + most + "; allow more there with --memory");
        }
        List<String> missing = new ArrayList<>(offer.cpuFeatures());
        missing.removeAll(cpuFeatures);
        if (!missing.isEmpty()) {
            throw new VmmException("the VM was shown CPU features that the destination does not have: "
                    + String.join(", ", missing) + "; use the source's version of vmm there");
        }
        if (offer.keyed() && configuration.imageKey() == null) {
            throw new VmmException(
                    "the VM's image is sealed with a key that the destination was not given; give it there with --key");
        }
        if (!offer.keyed() && configuration.imageKey() != null) {
            throw new VmmException(
                    "the destination takes only images sealed with a key (--key); give it to the source");
        }
    }
}
