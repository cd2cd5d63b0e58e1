package io.scratchvm.vmm.cpu.semantics;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;

/**
 * MOV to and from control registers, LMSW, SMSW, CLTS, INVLPG (Intel SDM volume 2, MOV; volume 3, sections 2.5, 4.1 and
 * 9.8.5), and with them the ways into and out of protected and long mode.
 */
public final class ControlRegisterMoves {
    private static final long CR0_SETTABLE =
            CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | CR0_PG;
    private static final long PHYSICAL = (1L << 46) - 1;

    /** Bits 1, 2, 5 to 8 and those above the physical address. */
    private static final long POINTER_RESERVED = ~PHYSICAL | 0x1e6;

    private static final int MACHINE_STATUS = 0xf;
    private static final int TYPE_32 = 8;

    private ControlRegisterMoves() {}

    /** MOV from CR0, CR2, CR3, CR4 or CR8. */
    public static long read(Vcpu vcpu, int number) {
        checkNumber(number);
        Privilege.requireKernel(vcpu);
        return switch (number) {
            case 0 -> vcpu.cr0;
            case 2 -> vcpu.cr2;
            case 3 -> vcpu.cr3;
            case 4 -> vcpu.cr4;
            default -> vcpu.cr8;
        };
    }

    /** MOV to CR0, CR2, CR3, CR4 or CR8; outside of 64-bit mode the upper half of {@code value} is zero. */
    public static void write(Vcpu vcpu, Mmu mmu, int number, long value) {
        checkNumber(number);
        Privilege.requireKernel(vcpu);
        switch (number) {
            case 0 -> writeCr0(vcpu, mmu, value);
            case 2 -> vcpu.cr2 = value;
            case 3 -> writeCr3(vcpu, mmu, value);
            case 4 -> writeCr4(vcpu, mmu, value);
            default -> vcpu.cr8 = require((value & ~0xf) == 0, value);
        }
    }

    private static void checkNumber(int number) {
        switch (number) {
            case 0, 2, 3, 4, 8 -> {}
            default -> throw Fault.ud();
        }
    }

    private static long require(boolean valid, long value) {
        if (!valid) {
            throw Fault.gp(0);
        }
        return value;
    }

    // -- CR0 ---------------------------------------------------------------------------------------------------------

    private static void writeCr0(Vcpu vcpu, Mmu mmu, long value) {
        require(value >>> 32 == 0, value);
        require((value & CR0_PG) == 0 || (value & CR0_PE) != 0, value);
        require((value & CR0_NW) == 0 || (value & CR0_CD) != 0, value);
        boolean paging = (value & CR0_PG) != 0;
        boolean changed = paging != ((vcpu.cr0 & CR0_PG) != 0);
        long efer = vcpu.efer;
        if (changed && (efer & EFER_LME) != 0) {
            checkLongModeSwitch(vcpu, paging);
            efer = paging ? efer | EFER_LMA : efer & ~EFER_LMA;
        } else if (changed && paging) {
            checkPointers(vcpu, mmu, vcpu.cr3, vcpu.cr4);
        }
        vcpu.efer = efer;
        vcpu.cr0 = value & CR0_SETTABLE | CR0_ET;
        mmu.synchronize();
    }

    /** IA-32e mode begins and ends outside of 64-bit code, and needs PAE and a TSS that is not a 16-bit one. */
    private static void checkLongModeSwitch(Vcpu vcpu, boolean enter) {
        boolean allowed = !vcpu.segments[Segment.CS].isLong();
        if (enter) {
            allowed &= (vcpu.cr4 & CR4_PAE) != 0 && (vcpu.tr.attributes() & TYPE_32) != 0;
        }
        require(allowed, 0);
    }

    // -- CR3, CR4 ----------------------------------------------------------------------------------------------------

    private static void writeCr3(Vcpu vcpu, Mmu mmu, long value) {
        require((value & ~PHYSICAL) == 0, value);
        if ((vcpu.cr0 & CR0_PG) != 0 && !vcpu.longMode()) {
            checkPointers(vcpu, mmu, value, vcpu.cr4);
        }
        vcpu.cr3 = value;
        mmu.flush();
    }

    private static void writeCr4(Vcpu vcpu, Mmu mmu, long value) {
        require((value & ~CpuFeature.cr4()) == 0, value);
        require(!vcpu.longMode() || (value & CR4_PAE) != 0, value);
        if ((vcpu.cr0 & CR0_PG) != 0 && !vcpu.longMode()) {
            checkPointers(vcpu, mmu, vcpu.cr3, value);
        }
        vcpu.cr4 = value;
        mmu.flush();
    }

    /** PAE paging: the four page-directory-pointer entries, which the CPU takes in now, must be sound. */
    private static void checkPointers(Vcpu vcpu, Mmu mmu, long cr3, long cr4) {
        if ((cr4 & CR4_PAE) == 0) {
            return;
        }
        for (int i = 0; i < 4; i++) {
            long entry = mmu.physical().read64((cr3 & 0xffff_ffe0L) + 8 * i);
            require((entry & 1) == 0 || (entry & POINTER_RESERVED) == 0, entry);
        }
    }

    // -- the machine status word -------------------------------------------------------------------------------------

    /** LMSW: sets PE, MP, EM and TS, but never clears PE. */
    public static void loadStatusWord(Vcpu vcpu, Mmu mmu, long value) {
        Privilege.requireKernel(vcpu);
        vcpu.cr0 = vcpu.cr0 & ~(MACHINE_STATUS ^ CR0_PE) | value & MACHINE_STATUS;
        mmu.synchronize();
    }

    /** CLTS. */
    public static void clearTaskSwitched(Vcpu vcpu, Mmu mmu) {
        Privilege.requireKernel(vcpu);
        vcpu.cr0 &= ~CR0_TS;
        mmu.synchronize();
    }

    /** INVLPG. */
    public static void invalidatePage(Vcpu vcpu, Mmu mmu, long linear) {
        Privilege.requireKernel(vcpu);
        mmu.invalidatePage(linear);
    }
}
