package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;

/**
 * What the meaning of code bytes at an offset depends on, besides the bytes and their translation.
 *
 * @param base CS base; 0 in 64-bit mode
 * @param limit CS limit; -1 in 64-bit mode
 * @param size 16, 32 or 64
 * @param user whether fetches have user rights
 */
record CodeMode(long base, long limit, int size, boolean user) {
    static CodeMode of(Vcpu vcpu) {
        Segment cs = vcpu.segments[Segment.CS];
        int size = vcpu.codeSize();
        return size == 64
                ? new CodeMode(0, -1, 64, vcpu.cpl == 3)
                : new CodeMode(cs.base(), cs.limit(), size, vcpu.cpl == 3);
    }

    boolean matches(Vcpu vcpu) {
        if (user != (vcpu.cpl == 3) || size != vcpu.codeSize()) {
            return false;
        }
        Segment cs = vcpu.segments[Segment.CS];
        return size == 64 || base == cs.base() && limit == cs.limit();
    }

    /** The linear address of an offset in CS. */
    long linear(long offset) {
        return size == 64 ? offset : base + offset & 0xffff_ffffL;
    }

    /** An offset past the end of an instruction, cut as the instruction pointer is. */
    long wrap(long offset) {
        return size == 64 ? offset : offset & 0xffff_ffffL;
    }

    /** How many bytes from {@code offset} on lie within the limit; at most {@code most}. */
    int within(long offset, int most) {
        return size == 64 ? most : (int) Math.max(0, Math.min(most, limit - offset + 1));
    }
}
