package io.scratchvm.vmm.cpu.decode;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Every instruction form that the opcode maps know in code of one size, found by walking them: a new row is one of them. */
public final class Encodings {
    /** Bytes after ModRM, enough for SIB, displacement and immediate. */
    private static final int REST = 13;

    /** Opcode bytes that are prefixes in code of any size. */
    private static final String PREFIXES = "26 2e 36 3e 64 65 66 67 f0 f2 f3";

    private final int codeSize;
    private final List<Encoding> found = new ArrayList<>();

    private Encodings(int codeSize) {
        this.codeSize = codeSize;
    }

    /** In the order of the maps. */
    public static List<Encoding> in64BitCode() {
        Encodings encodings = new Encodings(64);
        encodings.walkLegacy();
        for (int map = 1; map <= 3; map++) {
            encodings.walk(VexMaps.map(map), List.of(), map, new EnumMap<>(Row.Choice.class));
        }
        return encodings.found;
    }

    /** In the order of the maps; without VEX, under which they are those of 64-bit code. */
    public static List<Encoding> in32BitCode() {
        Encodings encodings = new Encodings(32);
        encodings.walkLegacy();
        return encodings.found;
    }

    private void walkLegacy() {
        walk(Row.escape(OneByteMap.rows()), List.of(), 0, new EnumMap<>(Row.Choice.class));
    }

    private void walk(Row row, List<Integer> opcode, int vex, Map<Row.Choice, Integer> taken) {
        if (row.choice == null) {
            if (row.operation != Operation.INVALID) {
                found.add(new Encoding(row, opcode, vex, taken, codeSize));
            }
            return;
        }
        for (int n = 0; n < row.alternatives.length; n++) {
            if (isReached(row.choice, n, opcode, vex)) {
                Map<Row.Choice, Integer> more = new EnumMap<>(taken);
                more.put(row.choice, n);
                List<Integer> bytes = row.choice == Row.Choice.BYTE ? plus(opcode, n) : opcode;
                walk(row.alternatives[n], bytes, vex, more);
            }
        }
    }

    /** In code of this size. What VEX leads to is walked by itself. */
    private boolean isReached(Row.Choice choice, int n, List<Integer> opcode, int vex) {
        return switch (choice) {
            case MODE -> n == (codeSize == 64 ? 1 : 0);
            case VEX2, VEX3 -> codeSize < 64;
            case REX_W, REX_B -> codeSize == 64 || n == 0;
            case BYTE -> vex > 0 || !opcode.isEmpty() || !isPrefix(n);
            default -> true;
        };
    }

    private boolean isPrefix(int first) {
        return codeSize == 64 && first >> 4 == 4 || PREFIXES.contains(String.format("%02x", first));
    }

    private static List<Integer> plus(List<Integer> opcode, int next) {
        List<Integer> longer = new ArrayList<>(opcode);
        longer.add(next);
        return List.copyOf(longer);
    }

    /**
     * An instruction in bytes.
     *
     * @param modRm where in {@code bytes} ModRM would be
     */
    public record Encoded(Instruction instruction, byte[] bytes, int modRm) {}

    /** A path through the opcode maps to an instruction. */
    public static final class Encoding {
        private final Row row;
        private final List<Integer> opcode;
        private final int vexMap;
        private final Map<Row.Choice, Integer> taken;
        private final int codeSize;

        private Encoding(Row row, List<Integer> opcode, int vexMap, Map<Row.Choice, Integer> taken, int codeSize) {
            this.row = row;
            this.opcode = opcode;
            this.vexMap = vexMap;
            this.taken = taken;
            this.codeSize = codeSize;
        }

        public Operation operation() {
            return row.operation;
        }

        /** The opcode's bytes, escapes to other maps included; after a VEX prefix, which names the map, only one. */
        public List<Integer> opcode() {
            return opcode;
        }

        public boolean isVex() {
            return vexMap > 0;
        }

        /**
         * This form with all that it leaves open at random: prefixes, registers, addressing, immediates. What the walk
         * does not steer is left to chance, so it may take several attempts.
         *
         * @return null where the attempt gave another instruction
         */
        public Encoded random(Random random, long address) {
            ByteArrayOutputStream code = new ByteArrayOutputStream();
            if (vexMap == 0) {
                legacyPrefixes(random, code);
            } else {
                vexPrefix(random, code);
            }
            opcode.forEach(code::write);
            int modRm = code.size();
            code.write(modRm(random));
            byte[] rest = new byte[REST];
            random.nextBytes(rest);
            code.writeBytes(rest);
            Instruction i = Decoder.decode(code.toByteArray(), 0, code.size(), address, codeSize);
            if (i == null || i.operation() != row.operation) {
                return null;
            }
            return new Encoded(i, Arrays.copyOf(code.toByteArray(), i.length()), modRm);
        }

        private int modRm(Random random) {
            int reg = taken.getOrDefault(Row.Choice.REG, random.nextInt(8));
            int rm = taken.getOrDefault(Row.Choice.RM, random.nextInt(8));
            int memory =
                    taken.containsKey(Row.Choice.RM) ? 0 : 1 - taken.getOrDefault(Row.Choice.MOD, random.nextInt(2));
            return (memory == 1 ? random.nextInt(3) : 3) << 6 | reg << 3 | rm;
        }

        private void legacyPrefixes(Random random, ByteArrayOutputStream code) {
            if (random.nextInt(12) == 0) {
                code.write(0x67);
            }
            if (random.nextInt(16) == 0) {
                code.write(new int[] {0x26, 0x2e, 0x36, 0x3e}[random.nextInt(4)]);
            }
            mandatoryPrefix(random, code);
            if (random.nextInt(16) == 0) {
                code.write(0xf0);
            }
            if (codeSize == 64) {
                rexPrefix(random, code);
            }
        }

        private void rexPrefix(Random random, ByteArrayOutputStream code) {
            int rex = random.nextInt(2) == 0 ? 0 : random.nextInt(16);
            rex = with(rex, 8, Row.Choice.REX_W);
            rex = with(rex, 1, Row.Choice.REX_B);
            if (rex != 0 || random.nextInt(8) == 0) {
                code.write(0x40 | rex);
            }
        }

        private int with(int rex, int bit, Row.Choice choice) {
            return taken.containsKey(choice) ? rex & ~bit | bit * taken.get(choice) : rex;
        }

        private void mandatoryPrefix(Random random, ByteArrayOutputStream code) {
            Integer prefix = taken.get(Row.Choice.PREFIX);
            // Of near branches, 66 is ignored by some makers' CPUs, and heeded by others'.
            boolean wide = row.size == Size.F64;
            if (prefix == null
                    ? !wide && random.nextInt(4) == 0
                    : prefix == 1 || prefix > 1 && random.nextInt(8) == 0) {
                code.write(0x66);
            }
            if (prefix == null) {
                repeatPrefix(random, code);
            } else if (prefix > 1) {
                code.write(prefix == 2 ? 0xf3 : 0xf2);
            }
        }

        private void repeatPrefix(Random random, ByteArrayOutputStream code) {
            switch (row.operation) {
                case MOVS, CMPS, STOS, LODS, SCAS -> {
                    if (random.nextBoolean()) {
                        code.write(0xf2 + random.nextInt(2));
                    }
                }
                default -> {}
            }
        }

        private void vexPrefix(Random random, ByteArrayOutputStream code) {
            boolean two = vexMap == 1 && random.nextBoolean();
            int extensions = two ? 4 & random.nextInt(8) : random.nextInt(8);
            int vvvv = row.usesVvvv() ? random.nextInt(16) : 0;
            int length = taken.getOrDefault(Row.Choice.VEX_L, random.nextInt(2));
            int last = (~vvvv & 0xf) << 3 | length << 2 | taken.getOrDefault(Row.Choice.PREFIX, random.nextInt(4));
            if (two) {
                code.write(0xc5);
                code.write((~extensions & 4) << 5 | last);
            } else {
                code.write(0xc4);
                code.write((~extensions & 7) << 5 | vexMap);
                int wide = taken.getOrDefault(Row.Choice.REX_W, random.nextInt(2));
                code.write(taken.getOrDefault(Row.Choice.VEX_W, wide) << 7 | last);
            }
        }
    }
}
