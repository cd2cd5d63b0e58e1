package io.scratchvm.vmm.cpu.state;

import io.scratchvm.vmm.api.Nullable;
import java.util.Arrays;
import java.util.List;

/**
 * Everything about a {@link Vcpu} that is saved: the lab's dump of the vCPU. Lists have the lengths and orders of the
 * live arrays.
 *
 * @param ymm the upper halves of the YMM registers; null where all of them are zero
 * @param xcr0 null in images of version 1.0, whose vCPU had no XSAVE
 */
public record VcpuState(
        List<Long> gpr,
        long rip,
        long rflags,
        List<Segment> segments,
        Segment ldtr,
        Segment tr,
        DescriptorTable gdtr,
        DescriptorTable idtr,
        int cpl,
        long cr0,
        long cr2,
        long cr3,
        long cr4,
        long cr8,
        List<Long> dr,
        long efer,
        long star,
        long lstar,
        long cstar,
        long fmask,
        long kernelGsBase,
        long tscAux,
        long sysenterCs,
        long sysenterEsp,
        long sysenterEip,
        long pat,
        long apicBase,
        long tscOffset,
        List<Long> xmm,
        @Nullable List<Long> ymm,
        int mxcsr,
        @Nullable Long xcr0,
        X87State x87,
        long instructions,
        boolean halted,
        boolean systemCallLatch,
        boolean interruptShadow) {

    /** The x87 part; see {@link X87}. */
    public record X87State(
            List<Long> significand,
            List<Integer> signExponent,
            int controlWord,
            int statusWord,
            int tagWord,
            int lastOpcode,
            long lastInstruction,
            long lastData) {}

    /** Dumps {@code vcpu}. */
    public static VcpuState of(Vcpu vcpu) {
        return new VcpuState(
                list(vcpu.gpr),
                vcpu.rip,
                vcpu.rflags(),
                List.of(vcpu.segments),
                vcpu.ldtr,
                vcpu.tr,
                vcpu.gdtr,
                vcpu.idtr,
                vcpu.cpl,
                vcpu.cr0,
                vcpu.cr2,
                vcpu.cr3,
                vcpu.cr4,
                vcpu.cr8,
                list(vcpu.dr),
                vcpu.efer,
                vcpu.star,
                vcpu.lstar,
                vcpu.cstar,
                vcpu.fmask,
                vcpu.kernelGsBase,
                vcpu.tscAux,
                vcpu.sysenterCs,
                vcpu.sysenterEsp,
                vcpu.sysenterEip,
                vcpu.pat,
                vcpu.apicBase,
                vcpu.tscOffset,
                list(vcpu.xmm),
                isZero(vcpu.ymm) ? null : list(vcpu.ymm),
                vcpu.mxcsr,
                vcpu.xcr0,
                of(vcpu.x87),
                vcpu.instructions,
                vcpu.halted,
                vcpu.systemCallLatch,
                vcpu.interruptShadow);
    }

    private static X87State of(X87 x87) {
        return new X87State(
                list(x87.significand),
                Arrays.stream(x87.signExponent).boxed().toList(),
                x87.controlWord,
                x87.statusWord,
                x87.tagWord,
                x87.lastOpcode,
                x87.lastInstruction,
                x87.lastData);
    }

    private static boolean isZero(long[] values) {
        long all = 0;
        for (long value : values) {
            all |= value;
        }
        return all == 0;
    }

    private static List<Long> list(long[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    /** Makes {@code vcpu} what this record says. */
    public void restore(Vcpu vcpu) {
        copy(gpr, vcpu.gpr);
        vcpu.rip = rip;
        vcpu.setRflags(rflags);
        for (int i = 0; i < vcpu.segments.length; i++) {
            vcpu.segments[i] = segments.get(i);
        }
        vcpu.ldtr = ldtr;
        vcpu.tr = tr;
        vcpu.gdtr = gdtr;
        vcpu.idtr = idtr;
        vcpu.cpl = cpl;
        vcpu.cr0 = cr0;
        vcpu.cr2 = cr2;
        vcpu.cr3 = cr3;
        vcpu.cr4 = cr4;
        vcpu.cr8 = cr8;
        copy(dr, vcpu.dr);
        vcpu.efer = efer;
        vcpu.star = star;
        vcpu.lstar = lstar;
        vcpu.cstar = cstar;
        vcpu.fmask = fmask;
        vcpu.kernelGsBase = kernelGsBase;
        vcpu.tscAux = tscAux;
        vcpu.sysenterCs = sysenterCs;
        vcpu.sysenterEsp = sysenterEsp;
        vcpu.sysenterEip = sysenterEip;
        vcpu.pat = pat;
        vcpu.apicBase = apicBase;
        vcpu.tscOffset = tscOffset;
        copy(xmm, vcpu.xmm);
        if (ymm != null) {
            copy(ymm, vcpu.ymm);
        } else {
            Arrays.fill(vcpu.ymm, 0);
        }
        vcpu.mxcsr = mxcsr;
        vcpu.xcr0 = xcr0 != null ? xcr0 : ControlRegisters.XCR0_X87;
        restore(vcpu.x87);
        vcpu.instructions = instructions;
        vcpu.halted = halted;
        vcpu.systemCallLatch = systemCallLatch;
        vcpu.interruptShadow = interruptShadow;
    }

    private void restore(X87 live) {
        copy(x87.significand, live.significand);
        for (int i = 0; i < live.signExponent.length; i++) {
            live.signExponent[i] = x87.signExponent.get(i);
        }
        live.controlWord = x87.controlWord;
        live.statusWord = x87.statusWord;
        live.tagWord = x87.tagWord;
        live.lastOpcode = x87.lastOpcode;
        live.lastInstruction = x87.lastInstruction;
        live.lastData = x87.lastData;
    }

    private static void copy(List<Long> from, long[] to) {
        for (int i = 0; i < to.length; i++) {
            to[i] = from.get(i);
        }
    }
}
