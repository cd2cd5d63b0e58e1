package io.scratchvm.vmm.image;

import io.scratchvm.vmm.api.VmmException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The last note: it covers every byte before the memory runs, and through {@link MemoryMap}'s digests the runs too.
 *
 * @param keyed whether {@code checksum} is HMAC-SHA-256 (RFC 2104) with a key, which authenticates, or plain SHA-256,
 *     which finds damage only
 * @param length of the file in bytes
 * @param checksum of the bytes before the memory runs, its own 32 taken as zero
 */
public record Seal(boolean keyed, long length, byte[] checksum) {
    static final int CHECKSUM_SIZE = 32;

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The checksum of {@code head}, in which the place of the checksum itself is zero; {@code key} may be null. */
    static byte[] checksum(byte[] head, byte[] key) {
        if (key == null) {
            return sha256().digest(head);
        }
        if (key.length == 0) {
            throw new VmmException("the key for images is empty; name a file with bytes in it");
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(head);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
        }
    }

    /** The UUID of the image whose head is {@code head}, in which the places of the UUID and the checksum are zero. */
    static byte[] uuid(byte[] head) {
        byte[] uuid = Arrays.copyOf(sha256().digest(head), Manifest.UUID_SIZE);
        uuid[6] = (byte) (uuid[6] & 0x0f | 0x80);
        uuid[8] = (byte) (uuid[8] & 0x3f | 0x80);
        return uuid;
    }
}
