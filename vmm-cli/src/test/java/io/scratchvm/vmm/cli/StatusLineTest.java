package io.scratchvm.vmm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StatusLineTest {
    /** A terminal has one screen for both streams. */
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    private final StatusLine status = new StatusLine(new Terminal(InputStream.nullInputStream(), screen, screen));
    private final Terminal others = status.terminal();

    @Test
    void leavesNothingBehind() {
        status.draw("half");
        status.draw("all");
        status.close();
        assertThat(screen()).isEqualTo("\r\u001b[Khalf\r\u001b[Kall\r\u001b[K");
    }

    @Test
    void makesRoomForTheLinesOfOthers() {
        status.draw("half");
        others.say("VM_APP - EXIT 0");
        others.say("vmm: done");
        assertThat(screen()).isEqualTo("\r\u001b[Khalf\r\u001b[KVM_APP - EXIT 0\nvmm: done\n");
    }

    @Test
    void neverDrawsOverALineThatHasNotEnded() throws IOException {
        others.out().write("a prompt> ".getBytes(StandardCharsets.UTF_8));
        status.draw("half");
        others.out().write('\n');
        status.draw("all");
        assertThat(screen()).isEqualTo("a prompt> \n\r\u001b[Kall");
    }

    @Test
    void isSilentWhereNothingIsDrawn() throws IOException {
        others.answer("output\n");
        status.close();
        assertThat(screen()).isEqualTo("output\n");
    }

    private String screen() {
        return screen.toString(StandardCharsets.UTF_8);
    }
}
