package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.image.CborException;
import io.scratchvm.vmm.image.RecordCodec;
import io.scratchvm.vmm.image.RecordCodec.UnknownKeys;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Payloads of frames. What is read is bounded by the payload's own length. */
final class FrameCodec {
    /** Of {@link Data}, what stands before the bytes: kind, index, offset. */
    static final int DATA_HEADER = 1 + Integer.BYTES + Long.BYTES;

    private static final int MAX_LIST = 1 << 16;
    private static final Data.Kind[] KINDS = Data.Kind.values();

    private final RecordCodec records = new RecordCodec(UnknownKeys.REFUSE, MAX_LIST);
    /** A newer version may say more in its {@code HELLO}: only then can an older one tell it what both speak. */
    private final RecordCodec greetings = new RecordCodec(UnknownKeys.SKIP, MAX_LIST);

    /** @param message any but {@link Data} */
    byte[] encode(Message message) {
        return records.encode((Record) message);
    }

    /** The message in the first {@code length} bytes of {@code buffer}, where a {@link Data} leaves its bytes. */
    Message decode(FrameType type, byte[] buffer, int length) throws ProtocolException {
        if (type == FrameType.DATA) {
            return data(buffer, length);
        }
        try {
            RecordCodec codec = type == FrameType.HELLO ? greetings : records;
            Class<? extends Record> record = type.message().asSubclass(Record.class);
            return (Message) codec.decode(record, Arrays.copyOf(buffer, length));
        } catch (CborException e) {
            throw new ProtocolException(type + " came with a payload that is none: " + e.getMessage());
        }
    }

    private static Data data(byte[] buffer, int length) throws ProtocolException {
        if (length < DATA_HEADER) {
            throw new ProtocolException("DATA of " + length + " bytes came, which is too short");
        }
        ByteBuffer payload = ByteBuffer.wrap(buffer, 0, length);
        Data.Kind kind = kind(payload.get() & 0xff);
        int index = payload.getInt();
        long offset = payload.getLong();
        long count = kind == Data.Kind.ZEROS ? zeros(payload) : payload.remaining();
        if (index < 0 || offset < 0 || count < 0 || offset + count < 0) {
            throw new ProtocolException("DATA came for a place that does not exist: " + kind + " " + index + ", offset "
                    + Long.toUnsignedString(offset) + ", length " + Long.toUnsignedString(count));
        }
        return new Data(kind, index, offset, buffer, DATA_HEADER, count);
    }

    private static Data.Kind kind(int number) throws ProtocolException {
        if (number >= KINDS.length) {
            throw new ProtocolException("DATA of kind " + number + " came, which this version does not know");
        }
        return KINDS[number];
    }

    private static long zeros(ByteBuffer payload) throws ProtocolException {
        if (payload.remaining() != Long.BYTES) {
            throw new ProtocolException("DATA of zeros came with " + payload.remaining() + " bytes for their length");
        }
        return payload.getLong();
    }

    /** What stands in the frame before the bytes of {@code data}; of zeros, all of it. */
    static byte[] dataHeader(Data data) {
        boolean zeros = data.kind() == Data.Kind.ZEROS;
        ByteBuffer header = ByteBuffer.allocate(DATA_HEADER + (zeros ? Long.BYTES : 0));
        header.put((byte) data.kind().ordinal()).putInt(data.index()).putLong(data.offset());
        if (zeros) {
            header.putLong(data.length());
        }
        return header.array();
    }
}
