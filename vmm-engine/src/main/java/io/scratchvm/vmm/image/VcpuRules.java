package io.scratchvm.vmm.image;

import static io.scratchvm.vmm.cpu.state.ControlRegisters.*;

import io.scratchvm.vmm.cpu.state.DescriptorTable;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.VcpuState;
import java.util.List;

/**
 * What must hold of a vCPU's record beyond its types: sizes, ranges, and what the CPU never lets a guest do. Messages are
 * put together only where a rule is broken: a restore is to start fast.
 */
final class VcpuRules {
    /** Counting on from here for as long as anybody waits still gives a positive number. */
    private static final long MOST_INSTRUCTIONS = Long.MAX_VALUE / 4;

    private String problem;

    private VcpuRules() {}

    /**
     * The first rule that {@code cpu} breaks; null if it breaks none.
     *
     * @param instructions that the vCPU has retired by the manifest, which tools read without the vCPU's record
     */
    static String problem(VcpuState cpu, long instructions) {
        VcpuRules rules = new VcpuRules();
        rules.sizes(cpu);
        if (rules.problem != null) {
            return rules.problem;
        }
        rules.segments(cpu);
        rules.modes(cpu);
        rules.addresses(cpu);
        rules.floatingPoint(cpu);
        rules.require(!cpu.halted() || !cpu.interruptShadow(), "halted: in an interrupt shadow, which HLT ends");
        rules.range("instructions", cpu.instructions(), MOST_INSTRUCTIONS);
        rules.require(cpu.instructions() == instructions, "instructions: not as many as in MANIFEST");
        return rules.problem;
    }

    private void sizes(VcpuState cpu) {
        size("gpr", cpu.gpr(), 16);
        size("segments", cpu.segments(), 6);
        size("dr", cpu.dr(), 8);
        size("xmm", cpu.xmm(), 32);
        size("ymm", cpu.ymm() != null ? cpu.ymm() : cpu.xmm(), 32);
        size("x87.significand", cpu.x87().significand(), 8);
        size("x87.signExponent", cpu.x87().signExponent(), 8);
    }

    private void size(String name, List<?> list, int size) {
        if (list.size() != size) {
            complain(name + ": " + list.size() + " entries, not " + size);
        }
    }

    private void segments(VcpuState cpu) {
        for (int i = 0; i < Segment.NAMES.size(); i++) {
            segment(Segment.NAMES.get(i), cpu.segments().get(i));
        }
        segment("ldtr", cpu.ldtr());
        segment("tr", cpu.tr());
        table("gdtr", cpu.gdtr());
        table("idtr", cpu.idtr());
        range("cpl", cpu.cpl(), 3);
    }

    private void segment(String name, Segment segment) {
        range(name, ".selector", segment.selector(), 0xffff);
        range(name, ".limit", segment.limit(), 0xffff_ffffL);
        range(name, ".attributes", segment.attributes(), 0x1_f0ff);
    }

    private void table(String name, DescriptorTable table) {
        range(name, ".limit", table.limit(), 0xffff);
    }

    private void modes(VcpuState cpu) {
        boolean protectedMode = (cpu.cr0() & CR0_PE) != 0;
        boolean paging = (cpu.cr0() & CR0_PG) != 0;
        boolean longMode = (cpu.efer() & EFER_LMA) != 0;
        range("cr0", cpu.cr0(), 0xffff_ffffL);
        range("cr8", cpu.cr8(), 15);
        require(!paging || protectedMode, "cr0: paging without protected mode");
        require(longMode == (paging && (cpu.efer() & EFER_LME) != 0), "efer: LMA is not what LME and paging make it");
        require(!longMode || (cpu.cr4() & CR4_PAE) != 0, "cr4: long mode without PAE");
        require(protectedMode || cpu.cpl() == 0, "cpl: not 0 in real mode");
    }

    private void addresses(VcpuState cpu) {
        canonical("fs.base", cpu.segments().get(Segment.FS).base());
        canonical("gs.base", cpu.segments().get(Segment.GS).base());
        canonical("lstar", cpu.lstar());
        canonical("cstar", cpu.cstar());
        canonical("kernelGsBase", cpu.kernelGsBase());
        canonical("sysenterEsp", cpu.sysenterEsp());
        canonical("sysenterEip", cpu.sysenterEip());
    }

    private void extendedControl(long xcr0) {
        range("xcr0", xcr0, XCR0_X87 | XCR0_SSE | XCR0_AVX);
        require((xcr0 & XCR0_X87) != 0, "xcr0: without x87");
        require((xcr0 & XCR0_SSE) != 0 || (xcr0 & XCR0_AVX) == 0, "xcr0: AVX without SSE");
    }

    private void floatingPoint(VcpuState cpu) {
        range("mxcsr", cpu.mxcsr(), 0xffff);
        extendedControl(cpu.xcr0() != null ? cpu.xcr0() : XCR0_X87);
        range("x87.controlWord", cpu.x87().controlWord(), 0xffff);
        range("x87.statusWord", cpu.x87().statusWord(), 0xffff);
        range("x87.tagWord", cpu.x87().tagWord(), 0xffff);
        range("x87.lastOpcode", cpu.x87().lastOpcode(), 0xffff);
        for (int signExponent : cpu.x87().signExponent()) {
            range("x87.signExponent", signExponent, 0xffff);
        }
    }

    private void canonical(String name, long address) {
        if (!Vcpu.isCanonical(address)) {
            complain(name + ": 0x" + Long.toHexString(address) + " is not canonical");
        }
    }

    private void range(String name, long value, long max) {
        range(name, "", value, max);
    }

    private void range(String record, String component, long value, long max) {
        if (value < 0 || value > max) {
            complain(record + component + ": " + value + " is not from 0 to " + max);
        }
    }

    private void require(boolean rule, String problem) {
        if (!rule) {
            complain(problem);
        }
    }

    private void complain(String rule) {
        if (problem == null) {
            problem = rule;
        }
    }
}
