package io.scratchvm.vmm.migration;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The transport's bytes as {@code docs/migration.md} has them, made by other code than the link's own. */
final class RawFrames {
    static final byte[] PREFACE = "VMM/mig\n".getBytes(StandardCharsets.US_ASCII);

    private RawFrames() {}

    static byte[] frame(int type, byte... payload) {
        return frame(type, payload.length, payload);
    }

    /** A frame that claims {@code length}, with the checksum of what is there. */
    static byte[] frame(int type, int length, byte... payload) {
        ByteBuffer covered = ByteBuffer.allocate(5 + payload.length);
        covered.put((byte) type).putInt(length).put(payload);
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) type).putInt(length).putInt(crc32c(covered.array())).put(payload);
        return frame.array();
    }

    /** RFC 3720, section 12.1: the polynomial 0x1EDC6F41, reflected, a bit at a time. */
    static int crc32c(byte[] bytes) {
        int crc = -1;
        for (byte next : bytes) {
            crc ^= next & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : 0x82F63B78);
            }
        }
        return ~crc;
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        List.of(parts).forEach(joined::writeBytes);
        return joined.toByteArray();
    }
}
