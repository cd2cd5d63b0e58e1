package io.scratchvm.maven.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void wordsAreSeparatedByWhiteSpace() {
        assertThat(Words.of("  -O2 -g\t-Wall\n")).containsExactly("-O2", "-g", "-Wall");
        assertThat(Words.of(" ")).isEmpty();
        assertThat(Words.of(null)).isEmpty();
    }

    @Test
    void quotesKeepWordsTogether() {
        assertThat(Words.of("-I\"a b\" '-DX=\"y z\"' \"\"")).containsExactly("-Ia b", "-DX=\"y z\"", "");
    }

    @Test
    void anOpenQuoteIsRefused() {
        assertThatThrownBy(() -> Words.of("-I'a b"))
                .isInstanceOf(VmmException.class)
                .hasMessage("a quote is not closed in: -I'a b");
    }
}
