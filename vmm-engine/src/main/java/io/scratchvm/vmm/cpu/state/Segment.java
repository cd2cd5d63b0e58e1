package io.scratchvm.vmm.cpu.state;

import java.util.List;

/**
 * A segment register with its hidden part (Intel SDM volume 3, section 3.4.3). Immutable: loading a segment register
 * replaces it.
 *
 * @param selector the visible part, 0 to 0xffff
 * @param base linear base address
 * @param limit last valid offset in bytes, granularity applied, as an unsigned 32-bit value
 * @param attributes descriptor bits 40-47 and 52-55 as VMX's access rights (SDM volume 3, table 25-2): type 0-3, S 4,
 *     DPL 5-6, P 7, AVL 12, L 13, D/B 14, G 15; bit 16 set where the register is unusable (null selector)
 */
public record Segment(int selector, long base, long limit, int attributes) {
    /** Indexes of the six segment registers in the order of their encoding. */
    public static final int ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5;

    /** Their names, by index. */
    public static final List<String> NAMES = List.of("es", "cs", "ss", "ds", "fs", "gs");

    /** Access-rights bits. */
    public static final int TYPE = 0xf,
            ACCESSED = 1,
            WRITABLE = 2,
            READABLE = 2,
            EXPAND_DOWN = 4,
            CONFORMING = 4,
            CODE = 8,
            CODE_OR_DATA = 1 << 4,
            DPL_SHIFT = 5,
            PRESENT = 1 << 7,
            LONG = 1 << 13,
            BIG = 1 << 14,
            GRANULAR = 1 << 15,
            UNUSABLE = 1 << 16;

    /** What a null selector loads outside of real mode. */
    public static Segment unusable(int selector) {
        return new Segment(selector, 0, 0, UNUSABLE);
    }

    /** What a load in real mode gives: base selector * 16, limit 64 KiB, read/write, accessed. */
    public static Segment real(int selector) {
        return new Segment(selector, (long) selector << 4, 0xffff, PRESENT | CODE_OR_DATA | WRITABLE | ACCESSED);
    }

    /** The flat 64-bit code segment of privilege {@code dpl} (0 to 3). */
    public static Segment flatCode64(int selector, int dpl) {
        return new Segment(
                selector,
                0,
                0xffff_ffffL,
                GRANULAR | LONG | PRESENT | CODE_OR_DATA | CODE | READABLE | ACCESSED | dpl << DPL_SHIFT);
    }

    /** The flat 32-bit code segment of privilege {@code dpl} (0 to 3). */
    public static Segment flatCode32(int selector, int dpl) {
        return new Segment(
                selector,
                0,
                0xffff_ffffL,
                GRANULAR | BIG | PRESENT | CODE_OR_DATA | CODE | READABLE | ACCESSED | dpl << DPL_SHIFT);
    }

    /** The flat data segment of privilege {@code dpl} (0 to 3). */
    public static Segment flatData(int selector, int dpl) {
        return new Segment(
                selector,
                0,
                0xffff_ffffL,
                GRANULAR | BIG | PRESENT | CODE_OR_DATA | WRITABLE | ACCESSED | dpl << DPL_SHIFT);
    }

    public int dpl() {
        return attributes >> DPL_SHIFT & 3;
    }

    public int rpl() {
        return selector & 3;
    }

    public boolean isUnusable() {
        return (attributes & UNUSABLE) != 0;
    }

    public boolean isCode() {
        return (attributes & (CODE_OR_DATA | CODE)) == (CODE_OR_DATA | CODE);
    }

    /** L: 64-bit code. */
    public boolean isLong() {
        return (attributes & LONG) != 0;
    }

    /** D/B: 32-bit default size or stack. */
    public boolean isBig() {
        return (attributes & BIG) != 0;
    }
}
