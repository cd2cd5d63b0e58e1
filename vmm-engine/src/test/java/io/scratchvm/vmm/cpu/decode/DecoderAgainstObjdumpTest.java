package io.scratchvm.vmm.cpu.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.scratchvm.vmm.HostTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What we decode is what GNU objdump decodes: validity, length, mnemonic and every operand. */
class DecoderAgainstObjdumpTest {
    /** Bytes given to each instruction: 15 of its own, then NOPs for objdump to find its way back. */
    private static final int SLOT = 32;

    private static final int[] PREFIXES = {0x66, 0x67, 0xf2, 0xf3, 0x64, 0x65, 0x26, 0x2e, 0x36, 0x3e};

    /** Instructions of CPUs that ours is not. */
    private static final Pattern NOT_GIVEN = Pattern.compile(String.join(
            "|",
            // 3DNow, SSE4a, AES by key handle, SHA and its kin, AVX-512 and later, FMA4, TBM
            "(pi2f.|pf\\w+|pswapd|pavgusb|pmulhrw|extrq|insertq|movnts[sd]|aes\\w+kl|sha\\w+|gf2\\w+) .*",
            "\\{vex} v.*|v(pdp|gf2p8|pmadd52|sha|sm|cvtne|bcst|permil2p)\\w+ .*|k\\w+ .*|v(aes|pclmul)\\w+ ymm.*",
            "vm(read|write|ptrld|ptrst|clear|xon) .*",
            "vf[mn]\\w+ [^,]+,[^,]+,[^,]+,.*|femms|cmp\\w+xadd .*|a(add|and|or|xor) .*",
            "(blsfill|blsic) .*|bextr [^,]+,[^,]+,0x.*",
            "(llwpcb|slwpcb|lwp\\w+) .*",
            // system
            "frstpm.*|(rsm|getsec|clac|stac|clgi|stgi|skinit|monitorx?|mwaitx?|rdpru|clzero|mcommit|encl[suv])",
            "(rd|wr)pkru|pconfig|wrmsrns|serialize|xend|xtest|invlpg[ab]|tlbsync|psmash|rmp\\w+|pvalidate|jmpe.*",
            "vm\\w+|setssbsy|saveprevssp|uiret|testui|clui|stui|seam\\w+|tdcall|xsusldtrk|xresldtrk|loadall\\w*",
            "(xsavec|xsaves|xrstors)(64)? .*|(clwb|umonitor|umwait|tpause) .*",
            "(clrssbsy|incssp.|rstorssp|rdssp.|ptwrite|inv(ept|vpid|pcid)|wru?ss.|enqcmds?|movdir\\w+) .*",
            "(xabort|xbegin|senduipi|hreset|encodekey\\w+|loadiwkey|cldemote) .*",
            // VIA
            "(xstore|xcrypt|montmul|xsha)[\\w-]*"));

    @TempDir
    Path folder;

    @BeforeAll
    static void objdumpIsInstalled() {
        HostTools.require("objdump");
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void everyOpcodeWithEveryRegister(int codeSize) throws IOException {
        List<byte[]> cases = new ArrayList<>();
        for (int opcode = 0; opcode < 512; opcode++) {
            for (int modRm = 0; modRm < 256; modRm += 8) {
                addOpcode(cases, opcode, (modRm & 0x38) == 0x20 ? modRm | 4 : modRm | modRm >> 6);
            }
        }
        compare(cases, codeSize);
    }

    private static void addOpcode(List<byte[]> cases, int opcode, int modRm) {
        byte[] tail = {(byte) modRm, 0x5d, (byte) 0x82, 0x13, 0x24, 0x35, 0x46, 0x57, 0x68, 0x79, 0x0a};
        byte[] bytes = new byte[15];
        int at = 0;
        if (opcode >= 256) {
            bytes[at++] = 0x0f;
        }
        bytes[at++] = (byte) opcode;
        System.arraycopy(tail, 0, bytes, at, tail.length);
        cases.add(bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void randomBytesBehindRandomPrefixes(int codeSize) throws IOException {
        Random random = new Random(codeSize);
        List<byte[]> cases = new ArrayList<>();
        for (int i = 0; i < 6_000; i++) {
            byte[] bytes = new byte[15];
            random.nextBytes(bytes);
            int at = 0;
            while (at < 4 && random.nextInt(3) == 0) {
                bytes[at++] = (byte) PREFIXES[random.nextInt(PREFIXES.length)];
            }
            if (codeSize == 64 && random.nextBoolean()) {
                bytes[at++] = (byte) (0x40 + random.nextInt(16));
            }
            if (random.nextBoolean()) {
                bytes[at++] = 0x0f;
                if (random.nextInt(3) == 0) {
                    bytes[at] = (byte) (random.nextBoolean() ? 0x38 : 0x3a);
                }
            }
            cases.add(bytes);
        }
        compare(cases, codeSize);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void threeByteMapsWithEveryPrefix(int codeSize) throws IOException {
        List<byte[]> cases = new ArrayList<>();
        for (int prefix : new int[] {0x3e, 0x66, 0xf2, 0xf3}) {
            for (int opcode = 0; opcode < 512; opcode++) {
                for (int modRm : new int[] {0x07, 0x4f, 0xc1, 0xd9}) {
                    int map = opcode < 256 ? 0x38 : 0x3a;
                    cases.add(slot(prefix, 0x0f, map, opcode, modRm));
                    if (codeSize == 64) {
                        cases.add(slot(prefix, 0x48, 0x0f, map, opcode, modRm));
                    }
                }
            }
        }
        compare(cases, codeSize);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 32, 64})
    void vexOfEveryMap(int codeSize) throws IOException {
        Random random = new Random(codeSize);
        List<byte[]> cases = new ArrayList<>();
        for (int i = 0; i < 8_000; i++) {
            int map = 1 + random.nextInt(3);
            int fields = random.nextInt(8) << 5 | (codeSize == 64 ? 0 : 0xc0) | map;
            int opcode = random.nextBoolean() ? 0xf0 | random.nextInt(8) : random.nextInt(256);
            cases.add(slot(0xc4, fields, random.nextInt(256), opcode, random.nextInt(256)));
        }
        compare(cases, codeSize);
    }

    private static byte[] slot(int... beginning) {
        byte[] bytes = new byte[15];
        for (int n = 0; n < bytes.length; n++) {
            bytes[n] = (byte) (n < beginning.length ? beginning[n] : 0x11 * n);
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr/bin/busybox", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/bin/ls"})
    void programsOfTheHost(Path program) throws IOException {
        assumeTrue(Files.isReadable(program), program + " is not here");
        List<Objdump.Line> lines = Objdump.text(program);
        assumeTrue(!lines.isEmpty(), program + " is not for this objdump");
        List<String> differences = new ArrayList<>();
        for (Objdump.Line line : lines.subList(0, Math.min(lines.size(), 40_000))) {
            difference(line, Decoder.decode(line.bytes(), 0, line.bytes().length, line.address(), 64), 64, differences);
        }
        assertThat(differences).isEmpty();
        assertThat(lines).hasSizeGreaterThan(1000);
    }

    private void compare(List<byte[]> cases, int codeSize) throws IOException {
        byte[] code = new byte[cases.size() * SLOT];
        Arrays.fill(code, (byte) 0x90);
        for (int i = 0; i < cases.size(); i++) {
            System.arraycopy(cases.get(i), 0, code, i * SLOT, cases.get(i).length);
        }
        List<String> differences = new ArrayList<>();
        for (Objdump.Line line : Objdump.raw(code, codeSize, folder)) {
            if (line.address() % SLOT == 0) {
                int at = (int) line.address();
                difference(line, Decoder.decode(code, at, code.length, at, codeSize), codeSize, differences);
            }
        }
        assertThat(differences).isEmpty();
    }

    private static void difference(Objdump.Line line, Instruction instruction, int codeSize, List<String> differences) {
        String ours = instruction == null ? "null" : IntelSyntax.of(instruction);
        String theirs = line.text().equals(ours) ? ours : ObjdumpText.plain(line.text());
        boolean same = ours.equals(theirs)
                        && (ours.equals(ObjdumpText.BAD) || instruction.length() == line.bytes().length)
                || ours.equals(ObjdumpText.BAD) && NOT_GIVEN.matcher(theirs).matches();
        if (!same && !ObjdumpText.isQuirk(line, instruction, theirs, ours)) {
            differences.add(codeSize + ": " + line.hex() + ": " + theirs + " / " + ours);
        }
    }
}
