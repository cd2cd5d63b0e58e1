package io.scratchvm.vmm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.linux.signal.IntervalTimers;
import io.scratchvm.vmm.linux.signal.IntervalTimersState;
import io.scratchvm.vmm.linux.signal.IntervalTimersState.Timer;
import io.scratchvm.vmm.linux.signal.SignalInfo;
import io.scratchvm.vmm.linux.signal.Signals;
import io.scratchvm.vmm.linux.signal.SignalsState;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Timers that an image brings along. */
class IntervalTimersTest {
    @TempDir
    Path root;

    private Caller restored(Timer timer) throws Exception {
        Caller.Setting setting = new Caller.Setting(root);
        SignalsState signals = new SignalsState(
                List.of(),
                List.of(),
                false,
                0,
                ThreadSignalsState.Trap.NONE,
                new IntervalTimersState(timer, timer, timer));
        setting.state = new ProcessState(
                "/",
                0,
                List.of(),
                0,
                ThreadSignalsState.SignalStack.NONE,
                0,
                0,
                signals,
                ResourceLimitsState.INITIAL,
                SchedulingState.INITIAL);
        return new Caller(setting);
    }

    @Test
    void expireAtTheirMomentAndAgainAfterEachInterval() throws Exception {
        Caller caller = restored(new Timer(5000, 2000));
        caller.vcpu.instructions = 4000;
        IntervalTimers timers = caller.process.timers();
        assertThat(timers.nextEvent()).isEqualTo(5000);
        caller.vcpu.instructions = 5000;
        timers.advance(5000);
        assertThat(timers.nextEvent()).isEqualTo(7000);
        List<Integer> sent = caller.process.signals().pending().state().stream()
                .map(SignalInfo::signal)
                .toList();
        assertThat(sent).containsExactly(Signals.SIGALRM, Signals.SIGVTALRM, Signals.SIGPROF);
    }

    @Test
    void neverComeAtOnceForBeingFarOff() throws Exception {
        Caller caller = restored(new Timer(Timer.LATEST, 0));
        caller.vcpu.instructions = 1000;
        assertThat(caller.process.timers().nextEvent()).isGreaterThan(1L << 60);
    }

    @Test
    void areRefusedWhereNoTimerCanBe() {
        assertThatThrownBy(() -> new Timer(-1, 0)).isInstanceOf(VmmException.class);
        assertThatThrownBy(() -> new Timer(Timer.LATEST + 1, 0)).isInstanceOf(VmmException.class);
        assertThatThrownBy(() -> new Timer(1, -1)).isInstanceOf(VmmException.class);
        assertThatThrownBy(() -> new Timer(1, Long.MAX_VALUE)).isInstanceOf(VmmException.class);
    }
}
