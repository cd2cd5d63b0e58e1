package io.scratchvm.vmm.cpu.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.decode.Decoder;
import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.Operand;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Runs instructions on vector registers on the host's CPU and in the interpreter, and compares all that they may change:
 * vector and general registers, MXCSR, flags, memory, signals.
 */
final class VectorComparison {
    private static final int SIGILL = 4, SIGFPE = 8, SIGSEGV = 11;

    private final HostCpu host;
    private final TestMachine machine = new TestMachine();
    private final Vcpu vcpu = machine.vcpu;

    VectorComparison(HostCpu host) {
        this.host = host;
        vcpu.cr4 |= ControlRegisters.CR4_OSXMMEXCPT | ControlRegisters.CR4_OSXSAVE;
        vcpu.xcr0 = 7;
    }

    /** Compares after so many {@code instructions} from each state; names one difference for each sequence of operations. */
    void compare(List<HostCpu.State> before, int instructions) throws Exception {
        assertThat(before).isNotEmpty();
        List<HostCpu.State> after = host.execute(before);
        assertThat(after).hasSameSizeAs(before);
        List<String> differences = new ArrayList<>();
        Set<String> differing = new HashSet<>();
        for (int n = 0; n < before.size(); n++) {
            String difference = difference(before.get(n), after.get(n), instructions);
            if (!difference.isEmpty() && differing.add(operations(before.get(n)))) {
                differences.add(describe(before.get(n)) + ": " + difference);
            }
        }
        assertThat(differences).isEmpty();
    }

    /** What is not as on the host; empty if all is. */
    private String difference(HostCpu.State before, HostCpu.State after, int instructions) {
        int signal = run(before, instructions);
        StringBuilder text = new StringBuilder();
        differ(text, "signal", signal, after.signal());
        for (int n = 0; n < 32; n++) {
            differ(text, "xmm" + n / 2 + "." + n % 2, vcpu.xmm[n], after.xmm()[n]);
            differ(text, "ymm" + n / 2 + "." + n % 2, vcpu.ymm[n], after.ymm()[n]);
        }
        for (int n = 0; n < 16; n++) {
            differ(text, "register " + n, vcpu.gpr[n], after.gpr()[n]);
        }
        differ(text, "mxcsr", vcpu.mxcsr, after.mxcsr());
        if (signal == 0) {
            differ(text, "flags", vcpu.rflags() & Flags.STATUS, after.rflags() & Flags.STATUS);
        }
        byte[] memory = new byte[256];
        machine.memory.read(HostCpu.MEMORY, memory, 0, 256);
        if (!Arrays.equals(memory, after.memory())) {
            text.append("memory ").append(HexFormat.of().formatHex(memory)).append(" not ");
            text.append(HexFormat.of().formatHex(after.memory()));
        }
        return text.toString();
    }

    /** The signal that it ends with, or 0. */
    private int run(HostCpu.State before, int instructions) {
        System.arraycopy(before.gpr(), 0, vcpu.gpr, 0, 16);
        System.arraycopy(before.xmm(), 0, vcpu.xmm, 0, 32);
        System.arraycopy(before.ymm(), 0, vcpu.ymm, 0, 32);
        vcpu.setRflags(before.rflags());
        vcpu.mxcsr = before.mxcsr();
        machine.memory.write(HostCpu.MEMORY, before.memory(), 0, 256);
        machine.load(HostCpu.CODE, before.code());
        Exit exit = machine.interpreter.run(vcpu.instructions + instructions);
        return exit == Exit.INSTRUCTIONS
                ? 0
                : signal(machine.interpreter.fault().vector());
    }

    private static int signal(int vector) {
        return vector == Fault.XM ? SIGFPE : vector == Fault.UD ? SIGILL : SIGSEGV;
    }

    private static void differ(StringBuilder text, String what, long is, long shouldBe) {
        if (is != shouldBe) {
            text.append(what).append(' ').append(Long.toHexString(is));
            text.append(" not ").append(Long.toHexString(shouldBe)).append(", ");
        }
    }

    // -- in words -----------------------------------------------------------------------------------------------------

    private static List<Instruction> instructions(HostCpu.State state) {
        List<Instruction> instructions = new ArrayList<>();
        byte[] code = state.code();
        for (int at = 0; at < code.length; ) {
            Instruction i = Decoder.decode(code, at, code.length, HostCpu.CODE + at, 64);
            instructions.add(i);
            at += i.length();
        }
        return instructions;
    }

    private static String operations(HostCpu.State state) {
        return instructions(state).stream().map(Instruction::operation).toList().toString();
    }

    private static String describe(HostCpu.State before) {
        StringBuilder text = new StringBuilder(HexFormat.of().formatHex(before.code()));
        for (Instruction i : instructions(before)) {
            text.append("; ").append(i.operation());
            for (Operand operand : new Operand[] {i.first(), i.second(), i.third(), i.fourth()}) {
                text.append(operand == null ? "" : " " + operand(operand, before));
            }
        }
        return text.append(" mxcsr ")
                .append(Integer.toHexString(before.mxcsr()))
                .toString();
    }

    private static String operand(Operand operand, HostCpu.State before) {
        if (operand instanceof Operand.Xmm || operand instanceof Operand.Ymm) {
            int n = 2 * VexOperands.number(operand);
            return operand + "=" + Long.toHexString(before.ymm()[n + 1]) + ":" + Long.toHexString(before.ymm()[n]) + ":"
                    + Long.toHexString(before.xmm()[n + 1]) + ":" + Long.toHexString(before.xmm()[n]);
        }
        if (operand instanceof Operand.Memory m) {
            int at = (int) (before.gpr()[Vcpu.RDI] - HostCpu.MEMORY);
            return m + "=" + HexFormat.of().formatHex(before.memory(), at, at + 32);
        }
        return String.valueOf(operand);
    }
}
