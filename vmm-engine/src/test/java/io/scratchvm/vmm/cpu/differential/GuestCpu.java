package io.scratchvm.vmm.cpu.differential;

import io.scratchvm.vmm.cpu.Engine;
import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.interpreter.TestMachine;
import io.scratchvm.vmm.cpu.semantics.ExtendedState;
import io.scratchvm.vmm.cpu.state.ControlRegisters;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import java.util.List;

/** A vCPU in ring 3, and an engine that runs it in one way. */
final class GuestCpu {
    private static final long MEMORY = 4 << 20;

    /** Where the two pages of data really are: apart. */
    private static final long FIRST = 0x15_0000, SECOND = 0x15_8000;

    /** A page of the supervisor's: the host has nothing there. */
    private static final long VECTORS = 0x14_0000;

    private static final int PRESENT_WRITABLE = 3, PRESENT_WRITABLE_USER = 7;
    private static final int HLT = 0xf4;
    private static final int MOST_STEPS = 200;
    private static final long ALL_COMPONENTS = 7;

    private final String name;
    private final int stride;
    private final TestMachine machine = new TestMachine(MEMORY);
    private final Vcpu vcpu = machine.vcpu;
    private final Engine engine = machine.interpreter;

    private GuestCpu(String name, int stride) {
        this.name = name;
        this.stride = stride;
        machine.mapPage(State.PAGES, FIRST | PRESENT_WRITABLE_USER);
        machine.mapPage(State.PAGES + 0x1000, SECOND | PRESENT_WRITABLE_USER);
        machine.mapPage(VECTORS, VECTORS | PRESENT_WRITABLE);
        machine.keepOnly(State.PAGES, State.PAGES + 0x1000, State.CODE, VECTORS);
        vcpu.cr4 |= ControlRegisters.CR4_OSXMMEXCPT | ControlRegisters.CR4_OSXSAVE;
        vcpu.xcr0 = components();
        engine.reset();
    }

    /** Every engine, and every way of running it that may matter. */
    static List<GuestCpu> all() {
        return List.of(new GuestCpu("interpreter", MOST_STEPS), new GuestCpu("interpreter, single steps", 1));
    }

    /** What XCR0 may hold of x87, SSE and AVX. */
    static long components() {
        Vcpu probe = new Vcpu();
        probe.cr4 = ControlRegisters.CR4_OSXSAVE;
        try {
            ExtendedState.write(probe, 0, ALL_COMPONENTS);
        } catch (Fault noAvx) {
            return ControlRegisters.XCR0_X87 | ControlRegisters.XCR0_SSE;
        }
        return ALL_COMPONENTS;
    }

    @Override
    public String toString() {
        return name;
    }

    State execute(State before) {
        load(before);
        long end = State.CODE + before.code().length;
        Exit exit = Exit.INSTRUCTIONS;
        for (int steps = 0; exit == Exit.INSTRUCTIONS && vcpu.rip != end && steps < MOST_STEPS; steps += stride) {
            exit = engine.run(vcpu.instructions + stride);
        }
        return state(before, vcpu.rip == end ? 0 : exit == Exit.FAULT ? signal(engine.fault()) : -1);
    }

    private void load(State before) {
        for (int register = 0; register < 16; register++) {
            vcpu.gpr[register] = before.gpr(register);
        }
        vcpu.setRflags(before.rflags());
        machine.memory.write(VECTORS, before.vectors(), 0, State.VECTORS_SIZE);
        inRing(0);
        ExtendedState.restore(vcpu, machine.mmu, VECTORS, vcpu.xcr0, true);
        inRing(3);
        byte[] memory = before.memory();
        int first = (int) (State.PAGES + 0x1000 - State.WINDOW);
        machine.memory.write(FIRST + 0x1000 - first, memory, 0, first);
        machine.memory.write(SECOND, memory, first, memory.length - first);
        machine.memory.write(SECOND + 0x1000 - State.END_SIZE, new byte[State.END_SIZE], 0, State.END_SIZE);
        byte[] code = before.code();
        machine.memory.write(State.CODE + code.length, HLT, 1);
        machine.load(State.CODE, code);
    }

    private State state(State before, int signal) {
        State after = before.copy();
        for (int register = 0; register < 16; register++) {
            after.setGpr(register, vcpu.gpr[register]);
        }
        after.setRflags(vcpu.rflags());
        after.setRip(vcpu.rip);
        after.setSignal(signal);
        inRing(0);
        ExtendedState.save(vcpu, machine.mmu, VECTORS, vcpu.xcr0, true, false);
        inRing(3);
        byte[] vectors = new byte[State.VECTORS_SIZE];
        machine.memory.read(VECTORS, vectors, 0, vectors.length);
        after.setVectors(vectors);
        byte[] memory = new byte[State.WINDOW_SIZE];
        int first = (int) (State.PAGES + 0x1000 - State.WINDOW);
        machine.memory.read(FIRST + 0x1000 - first, memory, 0, first);
        machine.memory.read(SECOND, memory, first, memory.length - first);
        after.setMemory(memory);
        return after;
    }

    private void inRing(int privilege) {
        vcpu.cpl = privilege;
        machine.mmu.synchronize();
    }

    /** What Linux makes of a fault. */
    private static int signal(Fault fault) {
        return switch (fault.vector()) {
            case Fault.DE, Fault.MF, Fault.XM -> 8;
            case Fault.UD -> 4;
            case Fault.SS -> 7;
            default -> 11;
        };
    }
}
