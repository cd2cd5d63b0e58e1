package io.scratchvm.vmm.cpu.decode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The disassembler of GNU binutils, which knows the instruction set independently of us. */
final class Objdump {
    /** One disassembled instruction: where it is, its bytes, and its text in Intel's syntax. */
    record Line(long address, byte[] bytes, String text) {
        String hex() {
            return HexFormat.ofDelimiter(" ").formatHex(bytes);
        }
    }

    private Objdump() {}

    /** Disassembles raw code from address 0. */
    static List<Line> raw(byte[] code, int codeSize, Path folder) throws IOException {
        Path file = Files.write(folder.resolve("code" + codeSize + ".bin"), code);
        String machine = codeSize == 64 ? "i386:x86-64" : codeSize == 32 ? "i386" : "i8086";
        return run("-D", "-b", "binary", "-m", machine, file.toString());
    }

    /** Disassembles the .text section of an ELF file. */
    static List<Line> text(Path elf) throws IOException {
        return run("-d", "-j", ".text", elf.toString());
    }

    private static List<Line> run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("objdump", "-z", "-w", "--insn-width=16"));
        command.addAll(List.of("-M", "intel,intel64"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<Line> lines = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                parse(line, lines);
            }
        }
        return lines;
    }

    /** {@code "   1f:\t48 89 e5             \tmov    rbp,rsp"}. */
    private static void parse(String line, List<Line> lines) {
        if (line.contains("\t90 ") && line.endsWith("\tnop")) {
            return; // filling, and most of all lines
        }
        String[] fields = line.split("\t");
        if (fields.length < 2 || !fields[0].endsWith(":")) {
            return;
        }
        long address = Long.parseUnsignedLong(
                fields[0].substring(0, fields[0].length() - 1).trim(), 16);
        byte[] bytes = HexFormat.of().parseHex(fields[1].replace(" ", ""));
        lines.add(new Line(address, bytes, fields.length > 2 ? fields[2].trim().replaceFirst(" +", " ") : ""));
    }
}
