package io.scratchvm.vmm.migration;

/**
 * A piece of an image or file; the one frame that is not CBOR, so that a megabyte is not copied more often than it must.
 *
 * @param index the file's, in the image's open files; 0 for the other kinds
 * @param offset in the head or the file; of memory, the guest-physical address
 * @param buffer holds the bytes from {@code start} on; valid until the next frame is received
 * @param length of the bytes; of {@link Kind#ZEROS}, of the memory that is zero
 */
record Data(Kind kind, int index, long offset, byte[] buffer, int start, long length) implements Message {
    /** The most bytes in one frame. */
    static final int MAX = 1 << 18;

    /** What the bytes are of; the ordinal is the number on the wire. */
    enum Kind {
        HEAD,
        MEMORY,
        ZEROS,
        FILE
    }
}
