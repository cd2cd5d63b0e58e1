package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RSP;

import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.floatingpoint.Mxcsr;
import io.scratchvm.vmm.cpu.semantics.Segments;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.IoSpace;
import io.scratchvm.vmm.memory.Mmu;
import java.util.function.LongSupplier;

/**
 * What an instruction executes on: the vCPU, its memory, its ports and its random numbers, with the ways in which
 * operands and the stack are reached. One object a vCPU.
 *
 * <p>While an instruction executes that transfers control or {@linkplain InstructionSet#standsAlone stands alone in its
 * block}, {@code vcpu.rip} is already past it. An instruction that throws a {@link Fault} must have changed nothing, a
 * gather excepted, which goes on where it was; the engine puts {@code vcpu.rip} back.
 */
final class Execution {
    final Vcpu vcpu;
    final Mmu mmu;
    final IoSpace ports;
    final LongSupplier random;

    /** What the floating-point instruction that executes now is asked and raises. */
    final Mxcsr floatingPoint = new Mxcsr();

    /** Set by an instruction after which the VMM is to take over; only by one that stands alone in its block. */
    Exit exit;

    /** Whether the VMM, not the guest's IDT, is asked first about faults of ring 3. */
    boolean offersFaults;

    /** The instruction count at which the current run ends. */
    long until = Long.MAX_VALUE;

    /** Whether code or translations have changed since the current instruction began, if it stands alone. */
    boolean codeChanged;

    /** Made when it is first asked for: most programs do without. */
    private VexLane vexLane;

    Execution(Vcpu vcpu, Mmu mmu, IoSpace ports, LongSupplier random) {
        this.vcpu = vcpu;
        this.mmu = mmu;
        this.ports = ports;
        this.random = random;
    }

    VexLane vexLane() {
        if (vexLane == null) {
            vexLane = new VexLane();
        }
        return vexLane;
    }

    /** Whether the VMM is to see a fault that arises now, before the IDT is looked at. */
    boolean offersFault() {
        return offersFaults && vcpu.cpl == 3;
    }

    /** Tells that a port was accessed: the devices may need the VMM before the next instruction, or iteration. */
    void portAccessed() {
        if (ports.needsAttention()) {
            exit = Exit.DEVICE;
            until = 0;
        }
    }

    // -- values -------------------------------------------------------------------------------------------------------

    /** The low {@code size} bytes (1, 2, 4 or 8) of {@code value}, zero-extended. */
    static long cut(long value, int size) {
        int shift = 64 - 8 * size;
        return value << shift >>> shift;
    }

    /** The low {@code size} bytes (1, 2, 4 or 8) of {@code value}, sign-extended. */
    static long extend(long value, int size) {
        int shift = 64 - 8 * size;
        return value << shift >> shift;
    }

    /** The low {@code size} bytes of a general register, zero-extended. */
    long register(int number, int size) {
        return cut(vcpu.gpr[number], size);
    }

    /** Writes a general register: 4 bytes clear the upper half, 1 and 2 leave the rest alone. */
    void setRegister(int number, int size, long value) {
        long[] gpr = vcpu.gpr;
        gpr[number] = switch (size) {
            case 1 -> gpr[number] & ~0xffL | value & 0xff;
            case 2 -> gpr[number] & ~0xffffL | value & 0xffff;
            case 4 -> value & 0xffff_ffffL;
            default -> value;
        };
    }

    // -- operands -----------------------------------------------------------------------------------------------------

    /** Reads an operand of {@code size} bytes (1, 2, 4 or 8), zero-extended; immediates are cut to the size too. */
    long read(Operand operand, int size) {
        if (operand instanceof Operand.Register r) {
            return r.high() ? vcpu.gpr[r.number()] >>> 8 & 0xff : cut(vcpu.gpr[r.number()], size);
        }
        if (operand instanceof Operand.Memory m) {
            return mmu.read(linear(m, size, false), size);
        }
        if (operand instanceof Operand.Immediate i) {
            return cut(i.value(), size);
        }
        if (operand instanceof Operand.SegmentRegister s) {
            return vcpu.segments[s.number()].selector();
        }
        throw new IllegalArgumentException("not a readable operand: " + operand);
    }

    /** Reads an operand that is to be written: faults as the write would. */
    long readForWrite(Operand operand, int size) {
        if (operand instanceof Operand.Memory m) {
            long linear = linear(m, size, true);
            mmu.checkWrite(linear, size);
            return mmu.read(linear, size);
        }
        return read(operand, size);
    }

    /** Writes the low {@code size} bytes of {@code value} to a general register or to memory. */
    void write(Operand operand, int size, long value) {
        if (operand instanceof Operand.Register r) {
            if (r.high()) {
                vcpu.gpr[r.number()] = vcpu.gpr[r.number()] & ~0xff00L | (value & 0xff) << 8;
            } else {
                setRegister(r.number(), size, value);
            }
        } else if (operand instanceof Operand.Memory m) {
            mmu.write(linear(m, size, true), value, size);
        } else {
            throw new IllegalArgumentException("not a writable operand: " + operand);
        }
    }

    /** Faults exactly as {@link #write} would, and writes nothing. */
    void checkWrite(Operand operand, int size) {
        if (operand instanceof Operand.Memory m) {
            mmu.checkWrite(linear(m, size, true), size);
        }
    }

    // -- addresses ----------------------------------------------------------------------------------------------------

    /** The effective address: the offset in the segment, cut to the address size. */
    long effective(Operand.Memory m) {
        long address = m.displacement();
        if (m.base() >= 0) {
            address += vcpu.gpr[m.base()];
        }
        if (m.index() >= 0) {
            address += vcpu.gpr[m.index()] * m.scale();
        }
        return cut(address, m.addressSize());
    }

    /** The linear address of {@code size} bytes of a memory operand, after the segment's checks. */
    long linear(Operand.Memory m, int size, boolean write) {
        return linear(m.segment(), effective(m), size, write);
    }

    /**
     * The linear address of {@code size} bytes at {@code offset} in a segment, after the segment's checks (Intel SDM
     * volume 3, sections 5.3 to 5.5).
     *
     * @throws Fault #GP(0), or #SS(0) for the stack segment
     */
    long linear(int segment, long offset, int size, boolean write) {
        Segment s = vcpu.segments[segment];
        if (vcpu.mode64()) {
            if (segment == Segment.SS && !(Vcpu.isCanonical(offset) && Vcpu.isCanonical(offset + size - 1))) {
                throw Fault.of(Fault.SS, 0);
            }
            return segment >= Segment.FS ? s.base() + offset : offset;
        }
        if (!allows(s, write) || !Segments.contains(s, offset, size)) {
            throw Fault.of(segment == Segment.SS ? Fault.SS : Fault.GP, 0);
        }
        return s.base() + offset & 0xffff_ffffL;
    }

    private boolean allows(Segment s, boolean write) {
        if (!vcpu.protectedMode() || vcpu.virtual8086()) {
            return true;
        }
        return write
                ? !s.isCode() && (s.attributes() & Segment.WRITABLE) != 0
                : !s.isCode() || (s.attributes() & Segment.READABLE) != 0;
    }

    // -- the stack ----------------------------------------------------------------------------------------------------

    /** Bytes of the stack pointer in use: 8 in 64-bit mode, else 4 or 2 by SS.B. */
    int stackSize() {
        return vcpu.mode64() ? 8 : vcpu.segments[Segment.SS].isBig() ? 4 : 2;
    }

    /** Moves the stack pointer by {@code bytes}, in the bits that {@link #stackSize} says. */
    void moveStack(long bytes) {
        setStackPointer(vcpu.gpr[RSP] + bytes);
    }

    /** Sets the stack pointer, in the bits that {@link #stackSize} says. */
    void setStackPointer(long value) {
        setRegister(RSP, stackSize(), value);
    }

    /** The linear address of {@code size} bytes at {@code distance} from the stack pointer. */
    long stack(long distance, int size, boolean write) {
        return linear(Segment.SS, cut(vcpu.gpr[RSP] + distance, stackSize()), size, write);
    }

    /** Pushes {@code size} bytes; the stack pointer moves after the write. */
    void push(int size, long value) {
        mmu.write(stack(-size, size, true), value, size);
        moveStack(-size);
    }

    /** Pops {@code size} bytes, zero-extended. */
    long pop(int size) {
        long value = mmu.read(stack(0, size, false), size);
        moveStack(size);
        return value;
    }

    // -- control ------------------------------------------------------------------------------------------------------

    /**
     * An offset in CS that control may go to.
     *
     * @return {@code offset} cut to {@code size} bytes
     * @throws Fault #GP(0) where it is not canonical or beyond the segment's limit
     */
    long checkTarget(long offset, int size) {
        long target = cut(offset, size);
        boolean valid = vcpu.mode64() ? Vcpu.isCanonical(target) : target <= vcpu.segments[Segment.CS].limit();
        if (!valid) {
            throw Fault.gp(0);
        }
        return target;
    }

    /** A near jump: {@code offset} is cut to {@code size} bytes and checked. */
    void jump(long offset, int size) {
        vcpu.rip = checkTarget(offset, size);
    }
}
