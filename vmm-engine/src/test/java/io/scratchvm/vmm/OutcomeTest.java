package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutcomeTest {
    private static final Stop EXITED = new Stop(Stop.Reason.EXITED, 0, "");

    @Test
    void showsItsFigures() {
        assertThat(new Outcome(EXITED, 123_456_789, 2_005_000_000L, "interpreter").statistics())
                .isEqualTo("instructions=123456789 seconds=2.005 mips=61.5 engine=interpreter");
        assertThat(new Outcome(EXITED, 0, 0, "interpreter").statistics())
                .isEqualTo("instructions=0 seconds=0.000 mips=0.0 engine=interpreter");
    }
}
