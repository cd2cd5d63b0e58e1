package io.scratchvm.vmm.cpu.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.cpu.decode.Encodings.Encoding;
import io.scratchvm.vmm.cpu.decode.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random sequences of every instruction form that the decoder knows, from random states, under every engine and on the
 * CPU that the tests run on. System properties: {@code differential.seed}, {@code differential.first} (number of a
 * sequence), {@code differential.cases} (how many; a million takes minutes).
 */
class DifferentialTest {
    private static final long SEED = Long.getLong("differential.seed", 1);
    private static final long FIRST = Long.getLong("differential.first", 0);
    private static final long CASES = Long.getLong("differential.cases", 20_000);
    private static final int BATCH = 10_000, MOST_FAILURES = 5;

    @TempDir
    Path directory;

    @Test
    void everyOperationIsTried() {
        List<Encoding> encodings = Tester.comparable();
        Set<Operation> untried = EnumSet.noneOf(Operation.class);
        encodings.forEach(encoding -> untried.add(encoding.operation()));
        RandomSequence random = new RandomSequence(encodings, SEED);
        for (int number = 0; number < encodings.size(); number++) {
            random.number(number)
                    .units()
                    .forEach(unit -> untried.remove(unit.instruction().operation()));
        }
        assertThat(encodings).hasSizeGreaterThan(800);
        assertThat(untried).isEmpty();
    }

    @Test
    void agreesWithTheHost() throws Exception {
        HostTools.requireLinuxOnX86();
        HostTools.require("gcc");
        Tester tester = new Tester(NativeCpu.build(directory));
        List<String> failures = new ArrayList<>();
        long end = FIRST + CASES;
        for (long at = FIRST; at < end && failures.size() < MOST_FAILURES; at += BATCH) {
            failures.addAll(tester.test(SEED, at, Math.min(at + BATCH, end)));
        }
        assertThat(failures).isEmpty();
    }
}
