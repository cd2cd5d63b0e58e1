package io.scratchvm.vmm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NotationTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4096, 4096",
        "0xF000, 61440",
        "0xff, 255",
        "0x1B, 27",
        "64K, 65536",
        "64k, 65536",
        "64KB, 65536",
        "64KiB, 65536",
        "1M, 1048576",
        "2G, 2147483648",
        "1T, 1099511627776",
        "512B, 512",
        "9223372036854775807, 9223372036854775807"
    })
    void readsSizes(String text, long bytes) {
        assertThat(Notation.size(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "K",
                "-1",
                "+1",
                "1X",
                "64 K",
                "1.5M",
                "0x",
                "0xG",
                "9223372036854775808",
                "8388608T",
                "B"
            })
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> Notation.size(text))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "10s, PT10S",
        "10, PT10S",
        "5m, PT5M",
        "5min, PT5M",
        "1h, PT1H",
        "1H, PT1H",
        "PT1M30S, PT1M30S"
    })
    void readsDurations(String text, Duration duration) {
        assertThat(Notation.duration(text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "10x",
                "-1s",
                "0",
                "0s",
                "PT",
                "P-1D",
                "1.5s",
                "99999999999999999999s",
                "9223372036854775807h"
            })
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> Notation.duration(text)).isInstanceOf(VmmException.class);
    }

    @Test
    void readsChoicesByTheirWordsAndListsThemOtherwise() {
        assertThat(Notation.choice(FilesPolicy.class, "truncate")).isEqualTo(FilesPolicy.TRUNCATE);
        assertThatThrownBy(() -> Notation.choice(FilesPolicy.class, "keep"))
                .isInstanceOf(VmmException.class)
                .hasMessage("'keep' is none of fail, truncate, accept, embed");
    }

    @Test
    void readsNoSmallCountAsNegative() {
        assertThat(Notation.smallCount("0x190")).isEqualTo(400);
        assertThatThrownBy(() -> Notation.smallCount("4294967296")).isInstanceOf(VmmException.class);
    }
}
