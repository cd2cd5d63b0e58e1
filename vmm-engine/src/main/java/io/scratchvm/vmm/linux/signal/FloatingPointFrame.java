package io.scratchvm.vmm.linux.signal;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.CR4_OSXSAVE;
import static io.scratchvm.vmm.cpu.state.ControlRegisters.XCR0_SSE;
import static io.scratchvm.vmm.cpu.state.ControlRegisters.XCR0_X87;

import io.scratchvm.vmm.cpu.semantics.ExtendedState;
import io.scratchvm.vmm.cpu.semantics.FloatingPointState;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import io.scratchvm.vmm.linux.abi.UserMemory;
import io.scratchvm.vmm.memory.Mmu;

/**
 * The part of a signal frame that holds the floating-point registers (asm/sigcontext.h, struct _xstate): what XSAVE stores,
 * between two magic numbers by which programs know that it is not FXSAVE's alone.
 */
final class FloatingPointFrame {
    static final int ALIGNMENT = 64;

    /** FXSAVE's part, and what lies in its last bytes, which the CPU leaves to software (struct _fpx_sw_bytes). */
    private static final int LEGACY = 512, SOFTWARE = 464, SOFTWARE_SIZE = 48;

    private static final int MAGIC1 = 0x4650_5853, MAGIC2 = 0x4650_5845, MAGIC2_SIZE = 4;

    private final Vcpu vcpu;
    private final Mmu mmu;
    private final UserMemory memory;

    FloatingPointFrame(Vcpu vcpu, UserMemory memory) {
        this.vcpu = vcpu;
        this.mmu = memory.mmu();
        this.memory = memory;
    }

    /** Whether XSAVE is enabled; without, as in VMs saved by a VMM that did not have it, the frame is FXSAVE's alone. */
    boolean isExtended() {
        return (vcpu.cr4 & CR4_OSXSAVE) != 0;
    }

    /** Bytes. */
    int size() {
        return isExtended() ? ExtendedState.area(vcpu) + MAGIC2_SIZE : LEGACY;
    }

    // -- saving -----------------------------------------------------------------------------------------------------

    /** Writes the registers; whether the program may write there. */
    boolean save(long address) {
        // Brings in the stack's pages, and leaves no fault for what follows.
        if (memory.writeSome(address, new byte[size()], 0, size()) < size()) {
            return false;
        }
        if (isExtended()) {
            saveExtended(address);
        } else {
            FloatingPointState.save(vcpu, mmu, address, true);
        }
        return true;
    }

    private void saveExtended(long address) {
        ExtendedState.save(vcpu, mmu, address, vcpu.xcr0, true, false);
        // The legacy part counts as in use even where it is as reset leaves it.
        memory.writeLong(address + LEGACY, memory.readLong(address + LEGACY) | XCR0_X87 | XCR0_SSE);
        Structure software = new Structure(SOFTWARE_SIZE)
                .putInt(0, MAGIC1)
                .putInt(4, size())
                .putLong(8, vcpu.xcr0)
                .putInt(16, ExtendedState.area(vcpu));
        memory.write(address + SOFTWARE, software.bytes());
        memory.writeInt(address + ExtendedState.area(vcpu), MAGIC2);
    }

    /** Makes the registers as a handler finds them. */
    void reset() {
        ExtendedState.reset(vcpu);
    }

    // -- restoring --------------------------------------------------------------------------------------------------

    /** Reads the registers back, or {@linkplain #reset resets} them for address 0; false if that cannot be. */
    boolean restore(long address) {
        reset();
        if (address == 0) {
            return true;
        }
        try {
            load(address);
            return true;
        } catch (Fault | SystemCallError notRestorable) {
            reset();
            return false;
        }
    }

    private void load(long address) {
        memory.read(address, LEGACY);
        if (isExtended() && isMarkedExtended(address)) {
            memory.read(address, ExtendedState.area(vcpu));
            long saved = memory.readLong(address + SOFTWARE + 8);
            ExtendedState.restore(vcpu, mmu, address, saved, true);
        } else {
            FloatingPointState.restore(vcpu, mmu, address, true);
        }
    }

    /** Whether the program has left the magic numbers where they were. */
    private boolean isMarkedExtended(long address) {
        Structure software = Structure.of(memory.read(address + SOFTWARE, SOFTWARE_SIZE));
        int size = software.getInt(16);
        return software.getInt(0) == MAGIC1
                && size == ExtendedState.area(vcpu)
                && size <= software.getInt(4)
                && Structure.of(memory.read(address + size, MAGIC2_SIZE)).getInt(0) == MAGIC2;
    }
}
