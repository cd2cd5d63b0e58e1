package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RDX;

import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.semantics.BitManipulation;
import io.scratchvm.vmm.cpu.semantics.Bits;
import io.scratchvm.vmm.cpu.semantics.Checksum;
import io.scratchvm.vmm.cpu.semantics.MultiplyDivide;
import io.scratchvm.vmm.cpu.semantics.Privilege;
import io.scratchvm.vmm.cpu.state.Flags;

/** LZCNT, BMI1, BMI2, ADX, CRC32, MOVBE. */
final class BitManipulationInstructions {
    private BitManipulationInstructions() {}

    static void execute(Execution x, Instruction i) {
        int size = i.operandSize();
        Flags flags = x.vcpu.flags;
        switch (i.operation()) {
            case LZCNT -> x.write(i.first(), size, BitManipulation.leadingZeros(flags, size, second(x, i)));
            case TZCNT -> x.write(i.first(), size, BitManipulation.trailingZeros(flags, size, second(x, i)));
            case ADCX -> x.write(i.first(), size, addWithFlag(x, i, Flags.CF));
            case ADOX -> x.write(i.first(), size, addWithFlag(x, i, Flags.OF));
            case CRC32 -> x.write(i.first(), 4, Checksum.add(x.read(i.first(), 4), second(x, i), size));
            case MOVBE -> x.write(i.first(), size, Bits.reverseBytes(second(x, i), size));
            default -> executeVex(x, i);
        }
    }

    private static void executeVex(Execution x, Instruction i) {
        Privilege.requireVex(x.vcpu);
        int size = i.operandSize();
        Flags flags = x.vcpu.flags;
        long a = second(x, i);
        switch (i.operation()) {
            case BLSI -> x.write(i.first(), size, BitManipulation.lowest(flags, size, a));
            case BLSR -> x.write(i.first(), size, BitManipulation.withoutLowest(flags, size, a));
            case BLSMSK -> x.write(i.first(), size, BitManipulation.throughLowest(flags, size, a));
            case MULX -> multiply(x, i);
            default -> x.write(i.first(), size, compute(flags, i, a, x.read(i.third(), size)));
        }
    }

    private static long compute(Flags flags, Instruction i, long a, long b) {
        int size = i.operandSize();
        int count = (int) b & 8 * size - 1;
        return switch (i.operation()) {
            case ANDN -> BitManipulation.andNot(flags, size, a, b);
            case BEXTR -> BitManipulation.extract(flags, a, b);
            case BZHI -> BitManipulation.zeroHigh(flags, size, a, b);
            case PDEP -> BitManipulation.deposit(a, b);
            case PEXT -> BitManipulation.gather(a, b);
            case RORX -> BitManipulation.rotateRight(size, a, count);
            case SARX -> Execution.extend(a, size) >> count;
            case SHLX -> a << count;
            default -> a >>> count;
        };
    }

    private static long second(Execution x, Instruction i) {
        return x.read(i.second(), i.operandSize());
    }

    private static long addWithFlag(Execution x, Instruction i, int flag) {
        int size = i.operandSize();
        return BitManipulation.addWithFlag(x.vcpu.flags, size, x.read(i.first(), size), second(x, i), flag);
    }

    /** The upper half is written last: it stays where both go to one register. */
    private static void multiply(Execution x, Instruction i) {
        int size = i.operandSize();
        long a = x.register(RDX, size);
        long b = x.read(i.third(), size);
        long low = a * b;
        x.write(i.second(), size, low);
        x.write(i.first(), size, size == 8 ? MultiplyDivide.unsignedHigh(a, b) : low >>> 32);
    }
}
