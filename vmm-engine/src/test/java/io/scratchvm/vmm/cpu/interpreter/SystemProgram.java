package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.HostTools;
import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.IoSpace;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A test program of {@code src/test/resources/system}: its source, its image, and what it reports where it runs. */
record SystemProgram(String name) {
    private static final int ADDRESS = 0x8000, RECORD = 48, VALUE = 0x100;
    private static final long MOST_INSTRUCTIONS = 2_000_000;

    /** What a program reports under one of its lines. */
    record Report(int line, String text) {
        @Override
        public String toString() {
            return line + ": " + text;
        }
    }

    String text(String extension) throws IOException {
        try (InputStream in = SystemProgram.class.getResourceAsStream("/system/" + name + extension)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    byte[] image() throws IOException {
        return HexFormat.of().parseHex(text(".hex").replaceAll("\\s", ""));
    }

    byte[] assemble(Path directory) throws IOException, InterruptedException {
        for (String file : List.of(name + ".asm", "log.inc")) {
            try (InputStream in = SystemProgram.class.getResourceAsStream("/system/" + file)) {
                Files.write(directory.resolve(file), in.readAllBytes());
            }
        }
        Path image = directory.resolve(name + ".bin");
        HostTools.run(directory, "nasm", "-f", "bin", "-o", image.toString(), name + ".asm");
        return Files.readAllBytes(image);
    }

    // -- here --------------------------------------------------------------------------------------------------------

    List<Report> runHere() throws IOException {
        Vcpu vcpu = new Vcpu();
        PhysicalMemory memory = new PhysicalMemory(1 << 24);
        Mmu mmu = new Mmu(vcpu, memory);
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        Interpreter engine = new Interpreter(vcpu, mmu, new LogPort(log), () -> 0);
        byte[] image = image();
        memory.write(ADDRESS, image, 0, image.length);
        vcpu.rip = ADDRESS;
        engine.reset();
        Exit exit = engine.run(MOST_INSTRUCTIONS);
        if (exit != Exit.HALT) {
            throw new IllegalStateException(name + " ended in " + exit + " after " + reports(log.toByteArray()) + " "
                    + engine.fault() + " at " + Long.toHexString(vcpu.rip));
        }
        return reports(log.toByteArray());
    }

    private record LogPort(ByteArrayOutputStream log) implements IoSpace {
        @Override
        public int read(int port, int size) {
            return -1;
        }

        @Override
        public void write(int port, int size, int value) {
            if (port == 0xe9) {
                log.write(value);
            }
        }
    }

    // -- under QEMU --------------------------------------------------------------------------------------------------

    List<Report> runUnderQemu(Path directory) throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        Path firmware = Files.write(directory.resolve("firmware"), firmware(image()));
        String cpu = "qemu64,vendor=GenuineIntel,+pdpe1gb,+rdtscp";
        HostTools.end(
                directory,
                Path.of("/dev/null"),
                "qemu-system-x86_64",
                "-machine",
                "pc",
                "-accel",
                "tcg",
                "-cpu",
                cpu,
                "-m",
                "16",
                "-bios",
                firmware.toString(),
                "-display",
                "none",
                "-vga",
                "none",
                "-net",
                "none",
                "-monitor",
                "none",
                "-serial",
                "none",
                "-parallel",
                "none",
                "-no-reboot",
                "-chardev",
                "file,id=log,path=" + log,
                "-device",
                "isa-debugcon,iobase=0xe9,chardev=log",
                "-device",
                "isa-debug-exit,iobase=0xf4,iosize=1");
        return reports(Files.readAllBytes(log));
    }

    /** 64 KiB at the end of the first megabyte: a copy of the image, what moves it to its place, the reset vector. */
    private static byte[] firmware(byte[] image) {
        int imageAt = 0x100;
        ByteBuffer rom = ByteBuffer.allocate(0x1_0000).order(ByteOrder.LITTLE_ENDIAN);
        // cli; cld; xor ax, ax; mov es, ax; mov ss, ax
        rom.put(HexFormat.of().parseHex("fafc31c08ec08ed0"));
        rom.put((byte) 0xbe).putShort((short) imageAt); // mov si, imageAt
        rom.put((byte) 0xbf).putShort((short) ADDRESS); // mov di, ADDRESS
        rom.put((byte) 0xb9).putShort((short) image.length); // mov cx, image.length
        rom.put(HexFormat.of().parseHex("2ef3a48ed8ea")); // cs rep movsb; mov ds, ax; jmp 0:ADDRESS
        rom.putShort((short) ADDRESS).putShort((short) 0);
        rom.position(imageAt).put(image);
        rom.position(0xfff0).put(HexFormat.of().parseHex("ea000000f0")); // jmp 0xf000:0
        return rom.array();
    }

    // -- reports -----------------------------------------------------------------------------------------------------

    private static List<Report> reports(byte[] log) {
        ByteBuffer records = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        List<Report> reports = new ArrayList<>();
        for (int at = 0; at + RECORD <= log.length; at += RECORD) {
            reports.add(report(records.slice(at, RECORD).order(ByteOrder.LITTLE_ENDIAN)));
        }
        return reports;
    }

    private static Report report(ByteBuffer r) {
        int vector = r.getInt(4);
        String text;
        if (vector == VALUE) {
            text = String.format("value %x", r.getLong(8));
        } else if (vector > VALUE) {
            text = String.format("handler's stack %x", vector);
        } else {
            text = String.format(
                    "%s at %+d error %x cr2 %x cs %x ss %x flags %x rsp %x",
                    Fault.name(vector),
                    r.getInt(36),
                    r.getLong(8),
                    r.getLong(16),
                    r.getInt(24),
                    r.getInt(28),
                    r.getInt(32),
                    r.getLong(40));
        }
        return new Report(r.getInt(0), text);
    }
}
