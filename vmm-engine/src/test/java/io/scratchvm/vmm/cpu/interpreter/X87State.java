package io.scratchvm.vmm.cpu.interpreter;

import io.scratchvm.vmm.cpu.state.X87;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** The x87 registers in FXSAVE's layout: made for a test, given to a vCPU, read back, written out for a person. */
final class X87State {
    private static final int REGISTERS = 32;

    /** Significands that mean something in one encoding or another. */
    private static final long[] SIGNIFICANDS = {
        1L << 63,
        0xc000_0000_0000_0000L,
        0xa000_0000_0000_0000L,
        -1L,
        -2L,
        0xffff_ffff_ffff_f800L,
        0xffff_ffff_ffff_fc00L,
        0xffff_ff00_0000_0000L,
        0xffff_ff80_0000_0000L,
        0x8000_0000_0000_0001L,
        0x8000_0000_0000_0400L,
        0x8000_0080_0000_0000L,
        0,
        1,
        0x7fff_ffff_ffff_ffffL,
        0x4000_0000_0000_0000L
    };

    private X87State() {}

    static ByteBuffer view(byte[] area) {
        return ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A state with TOP anywhere, so many registers in use from ST(0) on, and random values in all of them. */
    static byte[] random(int controlWord, int inUse, Random random) {
        byte[] area = new byte[HostCpu.State.X87_SIZE];
        ByteBuffer to = view(area);
        int top = random.nextInt(8);
        int valid = 0;
        for (int i = 0; i < inUse; i++) {
            valid |= 1 << (top + i & 7);
        }
        to.putShort((short) controlWord).putShort((short) (top << 11 | random.nextInt(16) * X87.C0 & 0x4700));
        to.put((byte) valid);
        for (int i = 0; i < 8; i++) {
            setRegister(area, i, random);
        }
        return area;
    }

    private static void setRegister(byte[] area, int i, Random random) {
        long significand = random.nextBoolean() ? random.nextLong() : SIGNIFICANDS[random.nextInt(SIGNIFICANDS.length)];
        int exponent = exponent(random);
        if (exponent != 0 && random.nextInt(8) != 0) {
            significand |= 1L << 63;
        }
        set(area, i, significand, random.nextInt(2) << 15 | exponent);
    }

    static int exponent(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> 0;
            case 1 -> 0x7fff;
            case 2 -> random.nextInt(0x8000);
            case 3 -> 1 + random.nextInt(70);
            case 4 -> 0x7ffe - random.nextInt(70);
            case 5 -> 16383 + (random.nextBoolean() ? 127 : -127) + random.nextInt(60) - 30;
            case 6 -> 16383 + (random.nextBoolean() ? 1023 : -1023) + random.nextInt(120) - 60;
            default -> 16383 - 3 + random.nextInt(70);
        };
    }

    /** Sets ST(i). */
    static void set(byte[] area, int i, long significand, int signExponent) {
        view(area).putLong(REGISTERS + 16 * i, significand).putShort(REGISTERS + 16 * i + 8, (short) signExponent);
    }

    static long significand(byte[] area, int i) {
        return view(area).getLong(REGISTERS + 16 * i);
    }

    static int signExponent(byte[] area, int i) {
        return view(area).getShort(REGISTERS + 16 * i + 8) & 0xffff;
    }

    static int controlWord(byte[] area) {
        return view(area).getShort(0) & 0xffff;
    }

    static int statusWord(byte[] area) {
        return view(area).getShort(2) & 0xffff;
    }

    static void load(X87 x87, byte[] area) {
        x87.controlWord = controlWord(area);
        x87.statusWord = statusWord(area);
        x87.summarize();
        x87.tagWord = 0;
        for (int i = 0; i < 8; i++) {
            x87.tagWord |= (area[4] >> i & 1) == 0 ? 3 << 2 * i : 0;
            x87.significand[x87.physical(i)] = significand(area, i);
            x87.signExponent[x87.physical(i)] = signExponent(area, i);
        }
        x87.lastOpcode = 0;
        x87.lastInstruction = 0;
        x87.lastData = 0;
    }

    static byte[] save(X87 x87) {
        byte[] area = new byte[HostCpu.State.X87_SIZE];
        int valid = 0;
        for (int i = 0; i < 8; i++) {
            valid |= (x87.tagWord >> 2 * i & 3) == 3 ? 0 : 1 << i;
            set(area, i, x87.significand[x87.physical(i)], x87.signExponent[x87.physical(i)]);
        }
        view(area)
                .putShort(0, (short) x87.controlWord)
                .putShort(2, (short) x87.statusWord)
                .put(4, (byte) valid);
        return area;
    }

    /** Without the pointers to the last instruction, which some CPUs save only while an exception is pending. */
    static byte[] withoutPointers(byte[] area) {
        byte[] copy = area.clone();
        Arrays.fill(copy, 6, REGISTERS, (byte) 0);
        return copy;
    }

    static String text(byte[] area) {
        StringBuilder text = new StringBuilder(
                String.format("cw %04x sw %04x tags %02x", controlWord(area), statusWord(area), area[4]));
        for (int i = 0; i < 8; i++) {
            text.append(String.format(" %04x:%016x", signExponent(area, i), significand(area, i)));
        }
        return text.toString();
    }
}
