package io.scratchvm.vmm.image;

import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.cpu.state.VcpuState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A vCPU's record with its registers by their names, where the record has them by their numbers. */
final class NamedRegisters {
    /** The general registers in the order of their encodings. */
    static final List<String> GENERAL = List.of(
            "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
            "r15");

    private NamedRegisters() {}

    /** The record's components in their order, registers in the place of the lists of them, flags after RFLAGS. */
    static Map<String, Object> of(VcpuState cpu) {
        Map<String, Object> named = new LinkedHashMap<>();
        Json.components(cpu).forEach((name, value) -> {
            switch (name) {
                case "gpr" -> put(named, GENERAL, cpu.gpr());
                case "segments" -> put(named, Segment.NAMES, cpu.segments());
                case "dr" -> put(named, numbered("dr", cpu.dr().size()), cpu.dr());
                case "xmm" -> put(named, numbered("xmm", cpu.xmm().size() / 2), halves(cpu.xmm()));
                case "ymm" -> put(named, numbered("ymm", cpu.xmm().size() / 2), upperHalves(cpu));
                default -> named.put(name, value);
            }
            if (name.equals("rflags")) {
                named.put("flags", flags((int) cpu.rflags()));
            }
        });
        return named;
    }

    private static void put(Map<String, Object> named, List<String> names, List<?> values) {
        for (int i = 0; i < names.size(); i++) {
            named.put(names.get(i), values.get(i));
        }
    }

    private static List<String> numbered(String name, int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(name + i);
        }
        return names;
    }

    private static List<Object> upperHalves(VcpuState cpu) {
        return halves(
                cpu.ymm() != null ? cpu.ymm() : Collections.nCopies(cpu.xmm().size(), 0L));
    }

    private static List<Object> halves(List<Long> xmm) {
        List<Object> registers = new ArrayList<>();
        for (int i = 0; i + 1 < xmm.size(); i += 2) {
            Map<String, Object> register = new LinkedHashMap<>();
            register.put("low", xmm.get(i));
            register.put("high", xmm.get(i + 1));
            registers.add(register);
        }
        return registers;
    }

    private static Map<String, Object> flags(int rflags) {
        Map<String, Object> flags = new LinkedHashMap<>();
        flags.put("cf", (rflags & Flags.CF) != 0);
        flags.put("pf", (rflags & Flags.PF) != 0);
        flags.put("af", (rflags & Flags.AF) != 0);
        flags.put("zf", (rflags & Flags.ZF) != 0);
        flags.put("sf", (rflags & Flags.SF) != 0);
        flags.put("tf", (rflags & Flags.TF) != 0);
        flags.put("if", (rflags & Flags.IF) != 0);
        flags.put("df", (rflags & Flags.DF) != 0);
        flags.put("of", (rflags & Flags.OF) != 0);
        return flags;
    }
}
