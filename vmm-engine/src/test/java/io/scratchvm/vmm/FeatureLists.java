package io.scratchvm.vmm;

import io.scratchvm.vmm.cpu.semantics.CpuFeature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What CPUID announces, as tables of a document. */
final class FeatureLists {
    /**
     * The levels of the System V ABI (AMD64 supplement, table 3.1), by the names of {@link CpuFeature}; OSFXSR, OSXSAVE and
     * SCE, which are the operating system's, under those of the features that bring them.
     */
    private static final Map<String, List<String>> LEVELS = new LinkedHashMap<>();

    static {
        LEVELS.put("x86-64", List.of("CMOV", "CX8", "FPU", "FXSR", "MMX", "SYSCALL", "SSE", "SSE2"));
        LEVELS.put("x86-64-v2", List.of("CX16", "LAHF64", "POPCNT", "PNI", "SSE4_1", "SSE4_2", "SSSE3"));
        LEVELS.put("x86-64-v3", List.of("AVX", "AVX2", "BMI1", "BMI2", "F16C", "FMA", "ABM", "MOVBE", "XSAVE"));
        LEVELS.put("x86-64-v4", List.of("AVX512F", "AVX512BW", "AVX512CD", "AVX512DQ", "AVX512VL"));
    }

    private FeatureLists() {}

    static String features() {
        StringBuilder table = new StringBuilder("| feature | CPUID | |\n|---|---|---|\n");
        for (CpuFeature feature : CpuFeature.values()) {
            table.append(String.format(
                    "| %s | %s, bit %d | %s |\n",
                    feature, place(feature.leaf()), feature.bit(), feature.description()));
        }
        return table.toString();
    }

    private static String place(CpuFeature.Leaf leaf) {
        return switch (leaf) {
            case BASIC_ECX -> "1 ECX";
            case BASIC_EDX -> "1 EDX";
            case STRUCTURED_EBX -> "7 EBX";
            case STRUCTURED_ECX -> "7 ECX";
            case EXTENDED_STATE_EAX -> "0xD.1 EAX";
            case EXTENDED_ECX -> "0x80000001 ECX";
            case EXTENDED_EDX -> "0x80000001 EDX";
        };
    }

    static String levels() {
        List<String> announced =
                List.of(CpuFeature.values()).stream().map(Enum::name).toList();
        StringBuilder table = new StringBuilder("| level | | not there |\n|---|---|---|\n");
        boolean whole = true;
        for (Map.Entry<String, List<String>> level : LEVELS.entrySet()) {
            List<String> missing = new ArrayList<>(level.getValue());
            missing.removeAll(announced);
            whole &= missing.isEmpty();
            String answer = whole ? "yes" : "no";
            table.append(String.format("| %s | %s | %s |\n", level.getKey(), answer, String.join(", ", missing)));
        }
        return table.toString();
    }
}
