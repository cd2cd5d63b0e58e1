package io.scratchvm.vmm.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The encoding against RFC 8949's own examples (appendix A), and the reader against what is not deterministic CBOR. */
class CborTest {
    enum Colour {
        RED,
        GREEN
    }

    record Point(long x, int y) {}

    record Everything(
            long number,
            int signed,
            boolean flag,
            String text,
            byte[] bytes,
            Colour colour,
            Point point,
            List<Point> points,
            List<Long> longs,
            Long maybe,
            String absent) {}

    private static final Everything SAMPLE = new Everything(
            -1,
            Integer.MIN_VALUE,
            true,
            "grün",
            new byte[] {1, 2},
            Colour.GREEN,
            new Point(1L << 63, -1),
            List.of(new Point(24, 300), new Point(0, 0)),
            List.of(0L, -2L, 1L << 32),
            5L,
            null);

    private static RecordCodec codec(int maxList) {
        return new RecordCodec(
                RecordCodec.UnknownKeys.REFUSE, maxList, Set.of("Everything.maybe", "Everything.absent"));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 00",
        "1, 01",
        "10, 0a",
        "23, 17",
        "24, 1818",
        "25, 1819",
        "100, 1864",
        "1000, 1903e8",
        "1000000, 1a000f4240",
        "1000000000000, 1b000000e8d4a51000",
        "18446744073709551615, 1bffffffffffffffff"
    })
    void unsignedNumbersAreAsInTheRfc(String number, String hex) {
        long value = Long.parseUnsignedLong(number);
        CborWriter writer = new CborWriter();
        writer.unsigned(value);
        assertThat(HexFormat.of().formatHex(writer.toByteArray())).isEqualTo(hex);
        assertThat(reader(hex).unsigned()).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({"-1, 20", "-10, 29", "-100, 3863", "-1000, 3903e7", "-2147483648, 3a7fffffff", "2147483647, 1a7fffffff"
    })
    void signedNumbersAreAsInTheRfc(int value, String hex) {
        CborWriter writer = new CborWriter();
        writer.signed(value);
        assertThat(HexFormat.of().formatHex(writer.toByteArray())).isEqualTo(hex);
        assertThat(reader(hex).signed()).isEqualTo(value);
    }

    @Test
    void recordsComeBackAsTheyWere() {
        RecordCodec codec = codec(10_000);
        Everything back = codec.decode(Everything.class, codec.encode(SAMPLE));
        assertThat(back).usingRecursiveComparison().isEqualTo(SAMPLE);
    }

    @Test
    void keysAreInTheOrderOfTheirEncodings() {
        byte[] encoded = codec(10_000).encode(new Point(2, -2));
        assertThat(HexFormat.of().formatHex(encoded)).isEqualTo("a2" + "6178" + "02" + "6179" + "21");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1817 | not in its shortest form",
                "190017 | not in its shortest form",
                "1b00000000ffffffff | not in its shortest form",
                "1f | an indefinite length",
                "1c | does not use",
                "18 | cut short",
                "6161 | a text where a number is due",
                "20 | a negative number where a number is due",
                "f5 | a simple value where a number is due",
                "fb3ff0000000000000 | a simple value where a number is due",
                "c001 | a tag where a number is due"
            })
    void aNumberThatIsNotOneIsRefused(String hex, String message) {
        assertThatThrownBy(() -> reader(hex).unsigned())
                .isInstanceOf(CborException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a2 6179 01 6178 01 | key \"x\" is not after",
                "a2 6178 01 6178 01 | key \"x\" is not after",
                "a1 6178 01 | y: missing",
                "a3 6178 01 6179 01 617a 01 | z: not known",
                "a2 6178 01 6179 1a80000000 | y: 2147483648 is out of",
                "a2 6178 01 6179 f5 | y: a simple value where a number is due",
                "a2 01 01 6179 01 | a number where a text is due",
                "a2 6178 01 6179 01 00 | 1 bytes after the value",
                "bf 6178 01 6179 01 ff | an indefinite length",
                "bb7fffffffffffffff 6178 01 | a map of 9223372036854775807 where",
                "80 | an array where a map is due"
            })
    void aRecordThatIsNotOneIsRefusedNamingTheComponent(String hex, String message) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThatThrownBy(() -> codec(10_000).decode(Point.class, bytes))
                .isInstanceOf(CborException.class)
                .hasMessageContaining(message);
    }

    @Test
    void thePathLeadsToTheComponent() {
        byte[] bytes = codec(10_000).encode(SAMPLE);
        String hex = HexFormat.of().formatHex(bytes).replace("6179" + "19012c", "6179" + "63616263");
        assertThatThrownBy(() ->
                        codec(10_000).decode(Everything.class, HexFormat.of().parseHex(hex)))
                .hasMessage("points[0].y: a text where a number is due");
    }

    @Test
    void aNewerMinorVersionsKeysAreSkipped() {
        byte[] bytes = HexFormat.of().parseHex("a3" + "6178" + "01" + "6179" + "01" + "617a" + "82a1616101f4");
        RecordCodec lenient = new RecordCodec(RecordCodec.UnknownKeys.SKIP, 10);
        assertThat(lenient.decode(Point.class, bytes)).isEqualTo(new Point(1, 1));
    }

    @Test
    void listsHaveALimit() {
        byte[] bytes = codec(10_000).encode(SAMPLE);
        assertThatThrownBy(() -> codec(2).decode(Everything.class, bytes))
                .hasMessage("longs: a list of 3 entries, more than the 2 that it may have");
    }

    @Test
    void depthHasALimit() {
        byte[] deep = new byte[100_000];
        java.util.Arrays.fill(deep, (byte) 0x81);
        assertThatThrownBy(() -> new CborReader(deep).skip()).hasMessageContaining("nested more than 16 deep");
    }

    @Test
    void nullsAreRefusedWhereNotMarked() {
        Everything bad = new Everything(
                0, 0, false, null, new byte[0], Colour.RED, new Point(0, 0), List.of(), List.of(), null, null);
        assertThatThrownBy(() -> codec(10_000).encode(bad)).hasMessageContaining("text: null");
    }

    /** Whatever the bytes: a record, which encodes to just these bytes, or a complaint; nothing else. */
    @Test
    void hostileBytesGiveARecordOrAComplaint() {
        Random random = new Random(1);
        RecordCodec codec = codec(10_000);
        byte[] good = codec.encode(SAMPLE);
        int accepted = 0;
        for (int i = 0; i < 30_000; i++) {
            byte[] bytes = mutated(good, random);
            accepted += accepts(codec, bytes) ? 1 : 0;
        }
        assertThat(accepted).isBetween(100, 29_900);
    }

    private static byte[] mutated(byte[] good, Random random) {
        byte[] bytes =
                random.nextInt(8) == 0 ? java.util.Arrays.copyOf(good, random.nextInt(good.length + 4)) : good.clone();
        for (int n = 1 + random.nextInt(3); n > 0 && bytes.length > 0; n--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static boolean accepts(RecordCodec codec, byte[] bytes) {
        try {
            Everything value = codec.decode(Everything.class, bytes);
            assertThat(codec.encode(value)).isEqualTo(bytes);
            return true;
        } catch (CborException e) {
            return false;
        }
    }

    private static CborReader reader(String hex) {
        return new CborReader(HexFormat.of().parseHex(hex));
    }
}
