package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RBX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RCX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RDX;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.semantics.Arithmetic;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;

/** XCHG, XADD, CMPXCHG, CMPXCHG8B, CMPXCHG16B. With one vCPU, LOCK changes nothing. */
final class ExchangeInstructions {
    private ExchangeInstructions() {}

    static void execute(Execution x, Instruction i) {
        switch (i.operation()) {
            case XCHG -> exchange(x, i);
            case XADD -> exchangeAndAdd(x, i);
            case CMPXCHG -> compareAndExchange(x, i);
            case CMPXCHG8B -> compareAndExchangePair(x, (Operand.Memory) i.first(), 4);
            default -> compareAndExchangePair(x, (Operand.Memory) i.first(), 8);
        }
    }

    /** The memory operand, whichever it is, is written first: that alone may fault. */
    private static void exchange(Execution x, Instruction i) {
        int size = i.operandSize();
        boolean memorySecond = i.second() instanceof Operand.Memory;
        Operand first = memorySecond ? i.second() : i.first();
        Operand second = memorySecond ? i.first() : i.second();
        long a = x.readForWrite(first, size);
        long b = x.read(second, size);
        x.write(first, size, b);
        x.write(second, size, a);
    }

    private static void exchangeAndAdd(Execution x, Instruction i) {
        int size = i.operandSize();
        long a = x.readForWrite(i.first(), size);
        long b = x.read(i.second(), size);
        long sum = Arithmetic.add(x.vcpu.flags, Flags.shift(size), a, b);
        if (i.first() instanceof Operand.Memory) {
            x.write(i.first(), size, sum);
            x.write(i.second(), size, a);
        } else {
            // Of XADD with one register twice, the sum stays.
            x.write(i.second(), size, a);
            x.write(i.first(), size, sum);
        }
    }

    /**
     * Memory is written, with its old value, when the comparison fails too; a register destination is not, so the
     * upper half of a 4-byte one stays.
     */
    private static void compareAndExchange(Execution x, Instruction i) {
        int size = i.operandSize();
        long destination = x.readForWrite(i.first(), size);
        long source = x.read(i.second(), size);
        long accumulator = x.register(RAX, size);
        Arithmetic.subtract(x.vcpu.flags, Flags.shift(size), accumulator, destination);
        if (accumulator == destination) {
            x.write(i.first(), size, source);
            return;
        }
        if (i.first() instanceof Operand.Memory) {
            x.write(i.first(), size, destination);
        }
        x.setRegister(RAX, size, destination);
    }

    /** {@code half} 4: EDX:EAX, ECX:EBX; 8: RDX:RAX, RCX:RBX. */
    private static void compareAndExchangePair(Execution x, Operand.Memory m, int half) {
        long linear = x.linear(m, 2 * half, true);
        if (half == 8 && (linear & 15) != 0) {
            throw Fault.gp(0);
        }
        x.mmu.checkWrite(linear, 2 * half);
        long low = x.mmu.read(linear, half);
        long high = x.mmu.read(linear + half, half);
        boolean equal = low == x.register(RAX, half) && high == x.register(RDX, half);
        x.mmu.write(linear, equal ? x.vcpu.gpr[RBX] : low, half);
        x.mmu.write(linear + half, equal ? x.vcpu.gpr[RCX] : high, half);
        if (!equal) {
            x.setRegister(RAX, half, low);
            x.setRegister(RDX, half, high);
        }
        Flags flags = x.vcpu.flags;
        flags.set(flags.status() & ~Flags.ZF | (equal ? Flags.ZF : 0));
    }
}
