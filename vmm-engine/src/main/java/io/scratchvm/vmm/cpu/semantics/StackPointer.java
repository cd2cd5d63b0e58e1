package io.scratchvm.vmm.cpu.semantics;

import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;

/**
 * A place on a stack.
 *
 * @param segment SS
 * @param offset RSP, ESP or SP; what is above its width does not count
 * @param flat 64-bit mode: no base, no limit
 */
record StackPointer(Segment segment, long offset, boolean flat) {
    static StackPointer current(Vcpu vcpu) {
        return new StackPointer(vcpu.segments[Segment.SS], vcpu.gpr[Vcpu.RSP], vcpu.mode64());
    }

    private long mask() {
        return flat ? -1 : segment.isBig() ? 0xffff_ffffL : 0xffff;
    }

    /** The offset {@code bytes} further down. */
    long below(int bytes) {
        return offset - bytes & mask();
    }

    boolean contains(long at, int size) {
        return flat ? Vcpu.isCanonical(at) && Vcpu.isCanonical(at + size - 1) : Segments.contains(segment, at, size);
    }

    long linear(long at) {
        return flat ? at : segment.base() + at & 0xffff_ffffL;
    }

    /** {@code rsp} with as many bits replaced by those of {@code at} as the stack's size says. */
    long merge(long rsp, long at) {
        boolean word = !flat && !segment.isBig();
        return word ? rsp & ~0xffffL | at & 0xffff : at & mask();
    }
}
