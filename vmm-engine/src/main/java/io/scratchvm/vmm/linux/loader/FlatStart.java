package io.scratchvm.vmm.linux.loader;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;
import java.io.IOException;
import java.util.List;

/**
 * Flat start: raw bytes at a physical address, entered there in real mode, without page tables. Below 0x10000 CS has
 * base 0 and IP is the address, as a BIOS enters a boot sector at 0:7c00; above, CS has the address, rounded down to 16,
 * as its base, and IP is the rest.
 */
public final class FlatStart {
    private FlatStart() {}

    /**
     * Loads a guest into blank memory and a blank vCPU.
     *
     * @throws VmmException if it does not fit
     */
    public static Loaded load(LoadedFile file, long address, Vcpu vcpu, Mmu mmu) throws IOException {
        long memorySize = mmu.physical().size();
        if (file.size() == 0) {
            throw new VmmException(file.name() + " is empty: there is nothing to run");
        }
        if (address < 0 || address > memorySize - file.size()) {
            throw new VmmException(file.name() + ": " + file.size() + " bytes at 0x" + Long.toHexString(address)
                    + " do not fit memory (0x" + Long.toHexString(memorySize)
                    + " bytes); choose another --flat or --memory");
        }
        if (address > 0xffff_ffffL) {
            throw new VmmException(
                    "--flat 0x" + Long.toHexString(address) + ": real mode reaches addresses below 4 GiB only");
        }
        byte[] bytes = file.bytes();
        mmu.physical().write(address, bytes, 0, bytes.length);
        enter(address, vcpu);
        return new Loaded(StartForm.FLAT, List.of(file), address, 0, new byte[0], null, Symbols.NONE);
    }

    private static void enter(long address, Vcpu vcpu) {
        vcpu.setRflags(2);
        if (address < 0x10000) {
            vcpu.segments[Segment.CS] = Segment.real(0);
            vcpu.rip = address;
        } else {
            Segment real = Segment.real((int) (address >> 4) & 0xffff);
            vcpu.segments[Segment.CS] = new Segment(real.selector(), address & -16, real.limit(), real.attributes());
            vcpu.rip = address & 15;
        }
    }
}
