package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.Nullable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/**
 * What an image says of itself.
 *
 * @param major format version; a reader refuses those that are newer than its own
 * @param minor format version; a newer one adds only what an older reader may ignore
 * @param writer the version of the VMM that wrote it
 * @param uuid RFC 9562 version 8, from the digest of everything else in the image, 16 bytes
 * @param parent the UUID of the image that the saved VM was restored from, if it was
 * @param generation 1 for a VM that was never restored, else its parent's + 1
 * @param memorySize guest physical memory in bytes
 * @param instructions retired since the VM was created
 * @param cpuFeatures the CPU features that the guest was shown, by their names in {@code /proc/cpuinfo}
 * @param setup how the guest was started
 */
public record Manifest(
        int major,
        int minor,
        String writer,
        byte[] uuid,
        @Nullable byte[] parent,
        long generation,
        long memorySize,
        long instructions,
        List<String> cpuFeatures,
        Setup setup) {
    /** The version of the format that this code writes. */
    public static final int MAJOR = 1, MINOR = 3;

    static final int UUID_SIZE = 16;

    /** The place of the VM that was saved here in its chain of saves. */
    public Lineage lineage() {
        return new Lineage(uuid, generation);
    }

    /** The UUID as text. */
    public String uuidText() {
        return text(uuid);
    }

    /** The parent's UUID as text, or null. */
    public String parentText() {
        return parent == null ? null : text(parent);
    }

    private static String text(byte[] uuid) {
        ByteBuffer halves = ByteBuffer.wrap(uuid);
        return new UUID(halves.getLong(), halves.getLong()).toString();
    }
}
