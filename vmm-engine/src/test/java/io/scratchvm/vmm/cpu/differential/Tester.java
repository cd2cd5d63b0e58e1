package io.scratchvm.vmm.cpu.differential;

import io.scratchvm.vmm.cpu.decode.Decoder;
import io.scratchvm.vmm.cpu.decode.Encodings;
import io.scratchvm.vmm.cpu.decode.Encodings.Encoding;
import io.scratchvm.vmm.cpu.decode.Instruction;
import io.scratchvm.vmm.cpu.decode.IntelSyntax;
import io.scratchvm.vmm.cpu.decode.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Runs sequences under every engine and on the host's CPU, and describes where they do not agree. */
final class Tester {
    /** What the probe for what the host lacks takes of each encoding. */
    private static final int PROBES = 6;

    private static final int SIGILL = 4;

    private final NativeCpu host;
    private final List<GuestCpu> guests = GuestCpu.all();
    private final List<Encoding> encodings;
    private final Set<Operation> lacking;

    Tester(NativeCpu host) throws IOException, InterruptedException {
        this.host = host;
        encodings = comparable();
        lacking = lacking(encodings);
        encodings.removeIf(encoding -> lacking.contains(encoding.operation()));
    }

    /** All encodings but those of excluded operations. */
    static List<Encoding> comparable() {
        List<Encoding> comparable = Encodings.in64BitCode();
        comparable.removeIf(encoding -> Exclusions.concern(encoding.operation()));
        return comparable;
    }

    List<Encoding> encodings() {
        return encodings;
    }

    /** Whether the host has all instructions of {@code code}. */
    boolean knows(byte[] code) {
        for (int at = 0; at < code.length; ) {
            Instruction i = Decoder.decode(code, at, code.length, State.CODE + at, 64);
            if (lacking.contains(i.operation())) {
                return false;
            }
            at += i.length();
        }
        return true;
    }

    /** The operations that are none on the host: all that was tried of them is #UD, but for UD itself. */
    private Set<Operation> lacking(List<Encoding> encodings) throws IOException, InterruptedException {
        Set<Operation> lacking = EnumSet.noneOf(Operation.class);
        List<Operation> tried = new ArrayList<>();
        List<State> states = new ArrayList<>();
        for (int n = 0; n < encodings.size(); n++) {
            for (int probe = 0; probe < PROBES; probe++) {
                Sequence sequence = new RandomSequence(encodings.subList(n, n + 1), n).number(probe);
                if (!sequence.units().isEmpty()) {
                    tried.add(encodings.get(n).operation());
                    states.add(new Sequence(sequence.units().subList(0, 1), sequence.from()).state());
                }
            }
        }
        lacking.addAll(tried);
        lacking.remove(Operation.UD);
        List<State> after = host.execute(states);
        for (int n = 0; n < tried.size(); n++) {
            if (after.get(n).signal() != SIGILL) {
                lacking.remove(tried.get(n));
            }
        }
        return lacking;
    }

    /** Of sequences {@code first} to {@code end}, what does not agree, shrunk. */
    List<String> test(long seed, long first, long end) throws IOException, InterruptedException {
        RandomSequence random = new RandomSequence(encodings, seed);
        List<Sequence> sequences = new ArrayList<>();
        List<State> before = new ArrayList<>();
        for (long number = first; number < end; number++) {
            sequences.add(random.number(number));
            before.add(sequences.get(sequences.size() - 1).state());
        }
        List<State> after = host.execute(before);
        List<String> failures = new ArrayList<>();
        for (int n = 0; n < before.size(); n++) {
            for (GuestCpu guest : guests) {
                if (!Difference.between(before.get(n), after.get(n), guest.execute(before.get(n)))
                        .isEmpty()) {
                    Sequence least = new Shrinker(host, guest).shrink(sequences.get(n));
                    failures.add("seed " + seed + ", number " + (first + n) + ", " + describe(least.state(), guest));
                    break;
                }
            }
        }
        return failures;
    }

    private String describe(State before, GuestCpu guest) throws IOException, InterruptedException {
        State expected = host.execute(List.of(before)).get(0);
        return describe(before, guest, Difference.between(before, expected, guest.execute(before)));
    }

    static String describe(State before, GuestCpu guest, List<String> differences) {
        StringBuilder text = new StringBuilder(guest.toString()).append(":\n");
        byte[] code = before.code();
        for (int at = 0; at < code.length; ) {
            Instruction i = Decoder.decode(code, at, code.length, State.CODE + at, 64);
            String bytes = HexFormat.of().formatHex(code, at, at + i.length());
            text.append(String.format("  %-30s %s%n", bytes, IntelSyntax.of(i)));
            at += i.length();
        }
        text.append("from ").append(before.text());
        differences.forEach(line -> text.append("\n  ").append(line));
        return text.toString();
    }
}
