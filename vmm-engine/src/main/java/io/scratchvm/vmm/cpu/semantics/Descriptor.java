package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.Segment.*;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.memory.Mmu;

/**
 * A segment, system or gate descriptor as it lies in the GDT, LDT or IDT (Intel SDM volume 3, sections 3.4.5, 3.5 and
 * 6.11).
 *
 * @param selector what named it
 * @param address linear address of its first byte
 * @param bits its eight bytes
 */
record Descriptor(int selector, long address, long bits) {
    /** System types (SDM volume 3, table 3-2); in long mode {@code *_32} stand for the 64-bit ones. */
    static final int LDT = 2,
            TSS_16_AVAILABLE = 1,
            TSS_16_BUSY = 3,
            CALL_GATE_16 = 4,
            TASK_GATE = 5,
            TSS_32_AVAILABLE = 9,
            TSS_32_BUSY = 11,
            CALL_GATE_32 = 12;

    /** Makes an available TSS type a busy one. */
    static final int BUSY = 2;

    private static final int DEFAULT_AND_LONG = BIG | LONG;

    /** Access rights in {@link Segment}'s layout. */
    int attributes() {
        return (int) (bits >>> 40) & 0xf0ff;
    }

    int type() {
        return attributes() & TYPE;
    }

    boolean isSystem() {
        return (attributes() & CODE_OR_DATA) == 0;
    }

    boolean isCode() {
        return (attributes() & (CODE_OR_DATA | CODE)) == (CODE_OR_DATA | CODE);
    }

    boolean isConforming() {
        return isCode() && (attributes() & CONFORMING) != 0;
    }

    boolean isReadable() {
        return !isSystem() && (!isCode() || (attributes() & READABLE) != 0);
    }

    boolean isWritableData() {
        return !isSystem() && !isCode() && (attributes() & WRITABLE) != 0;
    }

    boolean isPresent() {
        return (attributes() & PRESENT) != 0;
    }

    /** L and D both set: reserved. */
    boolean isBothLongAndBig() {
        return (attributes() & DEFAULT_AND_LONG) == DEFAULT_AND_LONG;
    }

    /** 64-bit code. */
    boolean isLongCode() {
        return isCode() && (attributes() & DEFAULT_AND_LONG) == LONG;
    }

    int dpl() {
        return attributes() >> DPL_SHIFT & 3;
    }

    int rpl() {
        return selector & 3;
    }

    long base() {
        return bits >>> 16 & 0xff_ffff | bits >>> 56 << 24;
    }

    long limit() {
        long limit = bits & 0xffff | bits >>> 32 & 0xf_0000;
        return (attributes() & GRANULAR) == 0 ? limit : limit << 12 | 0xfff;
    }

    /** Of a gate: the low 32 bits of the entry point; the upper 16 count only in 32-bit and 64-bit gates. */
    long gateOffset() {
        return bits & 0xffff | bits >>> 32 & 0xffff_0000L;
    }

    int gateSelector() {
        return (int) (bits >>> 16) & 0xffff;
    }

    /** The segment register that loading this descriptor gives, under another RPL. */
    Segment segment(int rpl) {
        return new Segment(selector & ~3 | rpl, base(), limit(), attributes() | ACCESSED);
    }

    /** Sets the accessed bit in the table, as every load of a code or data segment does. */
    void markAccessed(Mmu mmu) {
        if ((attributes() & ACCESSED) == 0) {
            mmu.writeSystem(address + 5, bits >>> 40 & 0xff | ACCESSED, 1);
        }
    }

    /** {@code vector} with this descriptor's selector as error code. */
    Fault fault(int vector) {
        return Fault.of(vector, selector & 0xfffc);
    }
}
