package io.scratchvm.vmm.linux.abi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A C structure as it lies in memory: little-endian fields at offsets in bytes, zero where nothing was put. */
public final class Structure {
    private final ByteBuffer buffer;

    public Structure(int size) {
        this(new byte[size]);
    }

    private Structure(byte[] bytes) {
        buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    public static Structure of(byte[] bytes) {
        return new Structure(bytes);
    }

    public byte[] bytes() {
        return buffer.array();
    }

    public Structure putShort(int offset, int value) {
        buffer.putShort(offset, (short) value);
        return this;
    }

    public Structure putInt(int offset, int value) {
        buffer.putInt(offset, value);
        return this;
    }

    public Structure putLong(int offset, long value) {
        buffer.putLong(offset, value);
        return this;
    }

    public Structure putBytes(int offset, byte[] bytes) {
        buffer.put(offset, bytes);
        return this;
    }

    /** Puts ASCII text and leaves what follows it zero. */
    public Structure putText(int offset, String text) {
        for (int i = 0; i < text.length(); i++) {
            buffer.put(offset + i, (byte) text.charAt(i));
        }
        return this;
    }

    public int getShort(int offset) {
        return buffer.getShort(offset);
    }

    public int getInt(int offset) {
        return buffer.getInt(offset);
    }

    public long getLong(int offset) {
        return buffer.getLong(offset);
    }
}
