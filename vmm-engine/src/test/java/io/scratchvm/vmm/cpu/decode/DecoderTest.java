package io.scratchvm.vmm.cpu.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.decode.Instruction.Repeat;
import io.scratchvm.vmm.cpu.decode.Operand.Immediate;
import io.scratchvm.vmm.cpu.decode.Operand.Memory;
import io.scratchvm.vmm.cpu.decode.Operand.Register;
import io.scratchvm.vmm.cpu.decode.Operand.Target;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {
    private static final long ADDRESS = 0x1000;
    private static final int SS = 2, DS = 3, FS = 4;

    private static Instruction decode(int codeSize, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return Decoder.decode(bytes, 0, bytes.length, ADDRESS, codeSize);
    }

    private static Operation operation(int codeSize, String hex) {
        return decode(codeSize, hex).operation();
    }

    // -- addressing forms, each worked out by hand from SDM volume 2, tables 2-1 to 2-3 ----------------------------

    @ParameterizedTest
    @CsvSource({
        "8a00,      3, 3,  6, 0",
        "8a01,      3, 3,  7, 0",
        "8a02,      2, 5,  6, 0",
        "8a03,      2, 5,  7, 0",
        "8a04,      3, 6, -1, 0",
        "8a05,      3, 7, -1, 0",
        "8a06 34f2, 3, -1, -1, -3532",
        "8a07,      3, 3, -1, 0",
        "8a46 fe,   2, 5, -1, -2",
        "8a40 7f,   3, 3,  6, 127",
        "8a86 0080, 2, 5, -1, -32768",
        "268a07,    0, 3, -1, 0",
        "3e8a02,    3, 5,  6, 0",
    })
    void addressing16(String hex, int segment, int base, int index, long displacement) {
        assertThat(decode(16, hex).second()).isEqualTo(new Memory(segment, base, index, 1, displacement, 2, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "8b00,                3,  0, -1, 1, 0",
        "8b05 78563412,       3, -1, -1, 1, 305419896",
        "8b45 80,             2,  5, -1, 1, -128",
        "8b80 ffffffff,       3,  0, -1, 1, -1",
        "8b0424,              2,  4, -1, 1, 0",
        "8b04a4,              2,  4, -1, 1, 0",
        "8b04cd 10000000,     3, -1,  1, 8, 16",
        "8b44b5 04,           2,  5,  6, 4, 4",
        "8b845f 00010000,     3,  7,  3, 2, 256",
        "658b00,              5,  0, -1, 1, 0",
    })
    void addressing32(String hex, int segment, int base, int index, int scale, long displacement) {
        assertThat(decode(32, hex).second()).isEqualTo(new Memory(segment, base, index, scale, displacement, 4, 4));
    }

    @ParameterizedTest
    @CsvSource({
        "8b00,                3,  0, -1, 1, 0",
        "418b00,              3,  8, -1, 1, 0",
        "418b4500,            3, 13, -1, 1, 0",
        "418b0424,            3, 12, -1, 1, 0",
        "8b4500,              2,  5, -1, 1, 0",
        "8b0425 00f0ffff,     3, -1, -1, 1, -4096",
        "428b04a0,            3,  0, 12, 4, 0",
        "438b44bd fc,         3, 13, 15, 4, -4",
        "648b0425 28000000,   4, -1, -1, 1, 40",
        "2e8b4500,            2,  5, -1, 1, 0",
    })
    void addressing64(String hex, int segment, int base, int index, int scale, long displacement) {
        assertThat(decode(64, hex).second()).isEqualTo(new Memory(segment, base, index, scale, displacement, 8, 4));
    }

    @Test
    void ripRelativeAddressesReachOverTheImmediate() {
        assertThat(decode(64, "8b05 10000000").second()).isEqualTo(new Memory(DS, -1, -1, 1, 0x1016, 8, 4));
        assertThat(decode(64, "c705 10000000 01000000").first()).isEqualTo(new Memory(DS, -1, -1, 1, 0x101a, 8, 4));
        assertThat(decode(64, "66c705 10000000 0100").first()).isEqualTo(new Memory(DS, -1, -1, 1, 0x1019, 8, 2));
        assertThat(decode(64, "8005 f0ffffff 01").first()).isEqualTo(new Memory(DS, -1, -1, 1, 0xff7, 8, 1));
        assertThat(decode(64, "8b05 f0dfffff").second()).isEqualTo(new Memory(DS, -1, -1, 1, -0x100aL, 8, 4));
        assertThat(decode(64, "678b05 f0dfffff").second())
                .as("cut to the address size")
                .isEqualTo(new Memory(DS, -1, -1, 1, 0xffff_eff7L, 4, 4));
    }

    @Test
    void offsetsAreAsWideAsAddresses() {
        assertThat(decode(64, "a0 8877665544332211").second())
                .isEqualTo(new Memory(DS, -1, -1, 1, 0x1122334455667788L, 8, 1));
        assertThat(decode(64, "67 a1 887766ff").second()).isEqualTo(new Memory(DS, -1, -1, 1, 0xff667788L, 4, 4));
        assertThat(decode(16, "64 a3 34f2").first()).isEqualTo(new Memory(FS, -1, -1, 1, 0xf234, 2, 2));
    }

    // -- registers, immediates, targets -----------------------------------------------------------------------------

    @Test
    void byteRegistersDependOnRex() {
        assertThat(decode(64, "88e0").second()).isEqualTo(new Register(0, 1, true));
        assertThat(decode(64, "4088e0").second()).isEqualTo(new Register(4, 1, false));
        assertThat(decode(64, "4488e0").second()).isEqualTo(new Register(12, 1, false));
        assertThat(decode(32, "b7 01").first()).isEqualTo(new Register(3, 1, true));
    }

    @Test
    void rexCountsOnlyAsTheLastPrefix() {
        assertThat(decode(64, "48 66 01d8").first()).isEqualTo(new Register(0, 2, false));
        assertThat(decode(64, "66 48 01d8").first()).isEqualTo(new Register(0, 8, false));
        assertThat(decode(64, "41 48 01d8").first()).as("the last of two").isEqualTo(new Register(0, 8, false));
    }

    @Test
    void immediatesAreExtended() {
        assertThat(decode(64, "4883c0 80").second()).isEqualTo(new Immediate(-128));
        assertThat(decode(64, "4805 000000f0").second()).isEqualTo(new Immediate(0xffff_ffff_f000_0000L));
        assertThat(decode(64, "48b8 8877665544332211").second()).isEqualTo(new Immediate(0x1122334455667788L));
        assertThat(decode(64, "cd 80").first()).isEqualTo(new Immediate(0x80));
        assertThat(decode(32, "c2 00f0").first()).isEqualTo(new Immediate(0xf000));
        assertThat(decode(64, "6a ff").first()).isEqualTo(new Immediate(-1));
        assertThat(decode(64, "c1e0 ff").second()).isEqualTo(new Immediate(0xff));
    }

    @Test
    void targetsAreCutToTheOperandSize() {
        assertThat(decode(16, "e9 00e0").first()).isEqualTo(new Target(0xf003));
        assertThat(decode(16, "e9 00f0").first()).isEqualTo(new Target(0x0003));
        assertThat(decode(32, "66eb 80").first()).isEqualTo(new Target(0x0f83));
        assertThat(decode(32, "e8 00e0ffff").first()).isEqualTo(new Target(0xfffff005L));
        assertThat(decode(64, "e8 00e0ffff").first()).isEqualTo(new Target(-0xffb));
        assertThat(decode(64, "66e8 00e0ffff").first()).as("66 is ignored").isEqualTo(new Target(-0xffa));
    }

    @Test
    void farPointers() {
        assertThat(decode(16, "ea 3412 0080").first()).isEqualTo(new Operand.FarPointer(0x8000, 0x1234));
        assertThat(decode(16, "66ea 78563482 0800").first()).isEqualTo(new Operand.FarPointer(8, 0x82345678L));
    }

    // -- sizes --------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        // 64-bit code: stack operations and near branches are 8 by default, the rest 4
        "64, 50, 8",
        "64, 6650, 2",
        "64, 6848505050, 8",
        "64, c3, 8",
        "64, 66c3, 8",
        "64, c9, 8",
        "64, 66c9, 2",
        "64, c8100000, 8",
        "64, 9c, 8",
        "64, 669c, 2",
        "64, ffd0, 8",
        "64, ff30, 8",
        "64, 66ff30, 2",
        "64, 0fa0, 8",
        "64, cf, 4",
        "64, 48cf, 8",
        "64, cb, 4",
        "64, 48cb, 8",
        "64, 0f07, 4",
        "64, 480f07, 8",
        "64, ff28, 4",
        "64, 0f01 10, 8",
        "64, 660f0110, 8",
        "64, 0f20c0, 8",
        "64, 660f22d8, 8",
        "64, 480fae00, 8",
        "64, 0fae00, 4",
        "64, 90, 4",
        "64, 98, 4",
        "64, 4898, 8",
        "64, 6698, 2",
        "64, 48a5, 8",
        "64, a4, 1",
        "64, 486d, 4",
        "64, 66ed, 2",
        // others
        "32, 50, 4",
        "32, 6650, 2",
        "16, 50, 2",
        "16, 6650, 4",
        "16, c3, 2",
        "16, 0f20c0, 4",
        "16, 0f0110, 2",
        "16, 660f0110, 4",
        "32, cf, 4",
        "16, cf, 2",
        "16, ee, 1",
        "16, ef, 2",
        "16, 66ef, 4",
        "16, 60, 2",
        "16, 6660, 4",
    })
    void operandSizes(int codeSize, String hex, int size) {
        assertThat(decode(codeSize, hex).operandSize()).isEqualTo(size);
    }

    @Test
    void selectorsInMemoryAreWords() {
        assertThat(decode(64, "8c18").first()).isEqualTo(new Memory(DS, 0, -1, 1, 0, 8, 2));
        assertThat(decode(64, "488c18").first()).isEqualTo(new Memory(DS, 0, -1, 1, 0, 8, 2));
        assertThat(decode(64, "488cd8").first()).isEqualTo(new Register(0, 8, false));
        assertThat(decode(64, "8ed8").second()).isEqualTo(new Register(0, 2, false));
    }

    @Test
    void stringsKeepTheirSegmentAndRepeat() {
        Instruction movs = decode(64, "f348a5");
        assertThat(movs.repeat()).isEqualTo(Repeat.REP);
        assertThat(movs.segment()).isEqualTo(DS);
        assertThat(decode(64, "64ac").segment()).isEqualTo(FS);
        assertThat(decode(64, "36ac").segment()).isEqualTo(DS);
        assertThat(decode(32, "36ac").segment()).isEqualTo(SS);
        assertThat(decode(64, "f2ae").repeat()).isEqualTo(Repeat.REPNE);
        assertThat(decode(64, "f2aa").repeat()).as("STOS has no condition").isEqualTo(Repeat.REP);
        assertThat(decode(64, "f3c3").repeat()).as("REP RET").isEqualTo(Repeat.NONE);
        assertThat(decode(64, "67a5").addressSize()).isEqualTo(4);
    }

    // -- what is no instruction ---------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "06",
                "07",
                "0e",
                "16",
                "17",
                "1e",
                "1f",
                "27",
                "2f",
                "37",
                "3f",
                "60",
                "61",
                "62",
                "82c000",
                "9a",
                "c4e0780000",
                "c5f8ff00",
                "ce",
                "d400",
                "d500",
                "d6",
                "ea",
                "0f04",
                "0f0f",
                "8ec8",
                "8ef0",
                "8cf0",
                "8dc0",
                "0f20c8",
                "0f20e8",
                "440f20c8",
                "440f21c0",
                "0f24c0",
                "0fc7c8",
                "0f01d9",
                "0f01d2",
                "f00fae00",
                "8fc8",
                "c6c800",
                "fed0",
                "fff8",
                "660fae20",
                "0f78c0"
            })
    void invalidIn64BitCode(String hex) {
        assertThat(operation(64, hex)).isEqualTo(Operation.INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0f05", "0f07", "0f01f8", "c4e0780000", "c5f8ff00", "62c0", "0fb2c0", "ffd8", "ffe8"})
    void invalidIn32BitCode(String hex) {
        assertThat(operation(32, hex)).isEqualTo(Operation.INVALID);
    }

    @ParameterizedTest
    @CsvSource({
        "f00118, ADD",
        "f0018018000000, ADD",
        "f0ff00, INC",
        "f0f718, NEG",
        "f0f710, NOT",
        "f08700, XCHG",
        "f00fb100, CMPXCHG",
        "f00fc100, XADD",
        "f00fc708, CMPXCHG8B",
        "f0480fc708, CMPXCHG16B",
        "f00fab00, BTS",
        "f00fba3801, BTC",
        "f0833001, XOR",
        "f001c0, INVALID",
        "f00300, INVALID",
        "f03900, INVALID",
        "f08900, INVALID",
        "f00fa300, INVALID",
        "f00fba2001, INVALID",
        "f0f72000, INVALID",
        "f0d120, INVALID",
        "f050, INVALID",
        "f090, INVALID",
        "f087c0, INVALID",
        "f0a5, INVALID"
    })
    void lockIsLegalOnReadModifyWriteOfMemory(String hex, Operation operation) {
        assertThat(operation(64, hex)).isEqualTo(operation);
        assertThat(operation == Operation.INVALID || decode(64, hex).lock()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "90, NOP",
        "f390, PAUSE",
        "4190, XCHG",
        "4890, NOP",
        "f30f1efa, NOP",
        "0f1f440000, NOP",
        "660f1f840000000000, NOP",
        "f30fbdc0, LZCNT",
        "f30fbcc0, TZCNT",
        "f30fb8c0, POPCNT",
        "0f0b, UD",
        "0f01c1, VMCALL",
        "0f01f8, SWAPGS",
        "0f01f9, RDTSCP",
        "0faee8, LFENCE",
        "0fae38, CLFLUSH",
        "0f0d08, PREFETCH",
        "63c0, MOVSXD",
        "0fc300, MOV",
        "d0f0, SHL",
        "c0f001, SHL"
    })
    void namedIn64BitCode(String hex, Operation operation) {
        assertThat(operation(64, hex)).isEqualTo(operation);
    }

    @Test
    void conditionsComeFromTheOpcode() {
        assertThat(decode(64, "7f00").condition()).isEqualTo(15);
        assertThat(decode(64, "0f8400000000").condition()).isEqualTo(4);
        assertThat(decode(64, "0f92c0").condition()).isEqualTo(2);
        assertThat(decode(64, "0f4dc0").condition()).isEqualTo(13);
    }

    // -- ends ---------------------------------------------------------------------------------------------------------

    @Test
    void missingBytesGiveNull() {
        byte[] bytes = HexFormat.of().parseHex("66c78425443322118899");
        for (int limit = 0; limit < 10; limit++) {
            assertThat(Decoder.decode(bytes, 0, limit, 0, 64)).isNull();
        }
        assertThat(Decoder.decode(bytes, 0, 10, 0, 64).length()).isEqualTo(10);
    }

    @Test
    void fifteenBytesAreTheMost() {
        byte[] bytes = new byte[20];
        Arrays.fill(bytes, (byte) 0x66);
        bytes[14] = (byte) 0x90;
        assertThat(Decoder.decode(bytes, 0, 20, 0, 64).length()).isEqualTo(15);
        assertThat(Decoder.decode(bytes, 1, 20, 0, 64).length()).isEqualTo(14);
        bytes[14] = 0x66;
        bytes[15] = (byte) 0x90;
        assertThat(Decoder.decode(bytes, 0, 20, 0, 64)).isNull();
    }
}
