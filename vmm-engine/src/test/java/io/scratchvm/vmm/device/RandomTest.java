package io.scratchvm.vmm.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.RandomSource;
import io.scratchvm.vmm.host.DirectoryHost;
import io.scratchvm.vmm.host.Host;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RandomTest {
    @TempDir
    Path root;

    private Host host;

    @BeforeEach
    void open() throws Exception {
        OutputStream nowhere = OutputStream.nullOutputStream();
        host = new DirectoryHost(root, InputStream.nullInputStream(), nowhere, nowhere);
    }

    private static byte[] draw(Random random, int count) {
        byte[] bytes = new byte[count];
        random.fill(bytes);
        return bytes;
    }

    /** The numbers that the authors' C code gives for this state. */
    @Test
    void isXoshiro256StarStar() {
        Random random = new Random(RandomSource.SEEDED, host, new RandomState(1, 2, 3, 4));
        ByteBuffer numbers = ByteBuffer.wrap(draw(random, 80)).order(ByteOrder.LITTLE_ENDIAN);
        String[] expected = {
            "11520",
            "0",
            "1509978240",
            "1215971899390074240",
            "1216172134540287360",
            "607988272756665600",
            "16172922978634559625",
            "8476171486693032832",
            "10595114339597558777",
            "2904607092377533576"
        };
        for (String number : expected) {
            assertThat(Long.toUnsignedString(numbers.getLong())).isEqualTo(number);
        }
    }

    /** The numbers that the author's C code gives for this seed. */
    @Test
    void isSeededBySplitmix64() {
        RandomState state = Random.seeded(1477776061723855037L);
        assertThat(Long.toUnsignedString(state.s0())).isEqualTo("1985237415132408290");
        assertThat(Long.toUnsignedString(state.s1())).isEqualTo("2979275885539914483");
        assertThat(Long.toUnsignedString(state.s2())).isEqualTo("13511426838097143398");
        assertThat(Long.toUnsignedString(state.s3())).isEqualTo("8488337342461049707");
    }

    @Test
    void goesOnFromItsState() {
        Random random = new Random(RandomSource.SEEDED, host, RandomState.INITIAL);
        byte[] first = draw(random, 13);
        Random restored = new Random(RandomSource.SEEDED, host, random.state());
        assertThat(restored.state()).isEqualTo(random.state());
        assertThat(draw(restored, 100)).isEqualTo(draw(random, 100));
        assertThat(draw(restored, 13)).isNotEqualTo(first);
    }

    @Test
    void drawsTheHostsNumbersAnew() {
        Random random = new Random(RandomSource.HOST, host, RandomState.INITIAL);
        Random restored = new Random(RandomSource.HOST, host, random.state());
        assertThat(random.state()).isEqualTo(new RandomState(0, 0, 0, 0));
        assertThat(draw(restored, 32)).isNotEqualTo(draw(random, 32));
    }
}
