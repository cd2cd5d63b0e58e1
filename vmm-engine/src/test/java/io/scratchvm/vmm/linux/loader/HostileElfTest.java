package io.scratchvm.vmm.linux.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every truncation and many changes of every byte of a small program: it loads, or the user is told why not. */
class HostileElfTest {
    private static final int[] CHANGES = {1, 2, 4, 8, 16, 32, 64, 128, 0xff, 0x7f};
    private static final byte[] PROGRAM = program(0x40_0000);
    private static final byte[] IMAGE = program(0x8000);

    @Test
    void theProgramsAreSoundAsTheyAre() throws Exception {
        assertThat(start(PROGRAM)).isEmpty();
        assertThat(boot(IMAGE)).isEmpty();
        assertThat(LoadedFile.of("a", PROGRAM).elf().symbols().named("start")).isPresent();
    }

    @Test
    void everyTruncationIsRefusedOrLoads() {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int length = 0; length < PROGRAM.length; length++) {
                check(Arrays.copyOf(PROGRAM, length));
            }
            for (int length = 0; length < IMAGE.length; length++) {
                assertThat(boot(Arrays.copyOf(IMAGE, length))).doesNotContain("\n");
            }
        });
    }

    @Test
    void everyChangedByteIsRefusedOrLoads() {
        assertTimeoutPreemptively(Duration.ofSeconds(120), () -> {
            int refused = 0;
            for (int at = 0; at < PROGRAM.length; at++) {
                for (int change : CHANGES) {
                    refused += check(changed(PROGRAM, at, change)) ? 1 : 0;
                    assertThat(boot(changed(IMAGE, at, change))).doesNotContain("\n");
                }
            }
            assertThat(refused).isBetween(100, PROGRAM.length * CHANGES.length - 100);
        });
    }

    private static byte[] changed(byte[] bytes, int at, int change) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) change;
        return changed;
    }

    /** A thousand segments that all name the same bytes must not be copied a thousand times over. */
    @Test
    void overlappingSegmentsAreRefused() throws Exception {
        int count = 60_000;
        ByteBuffer file = ByteBuffer.allocate(64 + count * 56).order(ByteOrder.LITTLE_ENDIAN);
        file.put(PROGRAM, 0, 64);
        file.putShort(56, (short) count).putLong(40, 0).putShort(60, (short) 0).putShort(62, (short) 0);
        for (int i = 0; i < count; i++) {
            file.position(64 + 56 * i);
            file.putInt(1)
                    .putInt(7)
                    .putLong(0)
                    .putLong(0x40_0000)
                    .putLong(0)
                    .putLong(64)
                    .putLong(64)
                    .putLong(1);
        }
        assertThat(start(file.array())).contains("overlaps the one before it");
    }

    /** Claims of vast sizes must not be believed. */
    @Test
    void vastSizesAreRefused() throws Exception {
        for (long size : new long[] {1L << 31, 1L << 40, 1L << 46, Long.MAX_VALUE, -1}) {
            ByteBuffer file = ByteBuffer.wrap(PROGRAM.clone()).order(ByteOrder.LITTLE_ENDIAN);
            file.putLong(64 + 40, size);
            assertThat(start(file.array())).isNotEmpty();
            file.putLong(64 + 40, 64).putLong(40, 64).putShort(60, (short) 0);
            assertThat(start(file.array())).isNotNull();
        }
    }

    private static boolean check(byte[] program) throws IOException {
        String message = start(program);
        assertThat(message).doesNotContain("\n");
        if (!message.isEmpty()) {
            assertThat(message).startsWith("a");
        }
        try {
            LoadedFile.of("a", program).elf().symbols().nearest(0x40_0100);
        } catch (VmmException expected) {
            assertThat(expected.getMessage()).startsWith("a");
        }
        return !message.isEmpty();
    }

    /** The refusal, or empty if it was loaded. */
    private static String start(byte[] program) throws IOException {
        Vcpu vcpu = new Vcpu();
        Mmu mmu = new Mmu(vcpu, new PhysicalMemory(0x40000));
        try {
            ProgramArguments arguments = new ProgramArguments(List.of("a"), List.of(), new byte[16], 0, 0, 0);
            DirectStart.load(LoadedFile.of("a", program), arguments, vcpu, mmu);
            return "";
        } catch (VmmException refusal) {
            return refusal.getMessage();
        }
    }

    private static String boot(byte[] image) throws IOException {
        Vcpu vcpu = new Vcpu();
        Mmu mmu = new Mmu(vcpu, new PhysicalMemory(0xf000));
        try {
            RealModeBoot.load(LoadedFile.of("boot", image), LoadedFile.of("app", program(0x9000)), vcpu, mmu);
            return "";
        } catch (VmmException refusal) {
            return refusal.getMessage();
        }
    }

    /** A static program: one segment of code and zeros, one symbol. */
    private static byte[] program(long address) {
        byte[] code = {(byte) 0xf4, (byte) 0xeb, (byte) 0xfd, 0x5a};
        byte[] strings = "\0start\0.text\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        int codeAt = 64 + 56;
        int symbolsAt = codeAt + 4;
        int stringsAt = symbolsAt + 48;
        int sectionsAt = stringsAt + strings.length;
        ByteBuffer f = ByteBuffer.allocate(sectionsAt + 4 * 64).order(ByteOrder.LITTLE_ENDIAN);
        f.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        f.putShort((short) 2)
                .putShort((short) 62)
                .putInt(1)
                .putLong(address + codeAt)
                .putLong(64)
                .putLong(sectionsAt);
        f.putInt(0)
                .putShort((short) 64)
                .putShort((short) 56)
                .putShort((short) 1)
                .putShort((short) 64)
                .putShort((short) 4)
                .putShort((short) 3);
        f.putInt(1)
                .putInt(5)
                .putLong(0)
                .putLong(address)
                .putLong(address)
                .putLong(codeAt + 4)
                .putLong(codeAt + 100)
                .putLong(4096);
        f.put(code).position(symbolsAt + 24);
        f.putInt(1)
                .put((byte) 0x12)
                .put((byte) 0)
                .putShort((short) 1)
                .putLong(address + codeAt)
                .putLong(4);
        f.put(strings);
        section(f, sectionsAt + 64, 7, 1, address + codeAt, codeAt, 4, 0, 0);
        section(f, sectionsAt + 128, 0, 2, 0, symbolsAt, 48, 3, 24);
        section(f, sectionsAt + 192, 0, 3, 0, stringsAt, strings.length, 0, 0);
        return f.array();
    }

    private static void section(
            ByteBuffer f, int at, int name, int type, long address, long offset, long size, int link, long entrySize) {
        f.position(at);
        f.putInt(name)
                .putInt(type)
                .putLong(0)
                .putLong(address)
                .putLong(offset)
                .putLong(size)
                .putInt(link)
                .putInt(0)
                .putLong(1)
                .putLong(entrySize);
    }
}
