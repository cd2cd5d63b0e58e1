package io.scratchvm.vmm.memory;

/** The I/O address space: 65,536 ports (Intel SDM volume 1, chapter 19). */
public interface IoSpace {
    /**
     * IN.
     *
     * @param port 0 to 0xffff
     * @param size 1, 2 or 4 bytes
     * @return the value, zero-extended; all ones where nothing answers
     */
    int read(int port, int size);

    /** OUT; where nothing listens, nothing happens. */
    void write(int port, int size, int value);

    /**
     * Asked after each access: whether the VMM is to look at the devices before the next instruction, because one wants
     * an interrupt, has a new next event or has ended the VM.
     */
    default boolean needsAttention() {
        return false;
    }
}
