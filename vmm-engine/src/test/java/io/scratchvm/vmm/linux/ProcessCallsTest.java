package io.scratchvm.vmm.linux;

import static io.scratchvm.vmm.linux.Caller.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.TimeSource;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.state.Segment;
import io.scratchvm.vmm.device.Clock;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Identity;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.signal.SignalAction;
import io.scratchvm.vmm.linux.signal.SignalsState;
import io.scratchvm.vmm.linux.signal.ThreadSignalsState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProcessCallsTest {
    private static final int KILL = 62, SIGACTION = 13, SIGPROCMASK = 14, NANOSLEEP = 35, CLOCK_GETTIME = 228;

    @TempDir
    Path root;

    private Setting setting;
    private Caller caller;

    @BeforeEach
    void start() throws Exception {
        setting = new Setting(root);
        caller = new Caller(setting);
    }

    private Structure structure(int size) {
        return Structure.of(caller.get(STRUCTURE, size));
    }

    private void put(Structure structure) {
        caller.mmu.writeUser(STRUCTURE, structure.bytes(), 0, structure.bytes().length);
    }

    private void sleep(long seconds, long nanos) {
        put(new Structure(16).putLong(0, seconds).putLong(8, nanos));
        assertThat(caller.call(NANOSLEEP, STRUCTURE, 0)).isZero();
    }

    private long now(int clock) {
        assertThat(caller.call(CLOCK_GETTIME, clock, STRUCTURE)).isZero();
        return structure(16).getLong(0) * 1_000_000_000 + structure(16).getLong(8);
    }

    @Test
    void endsWithTheLowByteOfTheStatus() {
        assertThat(caller.outcome(60, -1)).isEqualTo(Outcome.exited(255));
        assertThat(caller.outcome(231, 0x1234)).isEqualTo(Outcome.exited(0x34));
    }

    @Test
    void asksForTheSaveUnderItsNumber() {
        caller.vcpu.gpr[0] = 77;
        assertThat(caller.outcome(400)).isEqualTo(Outcome.SAVE);
        assertThat(caller.vcpu.gpr[0]).isEqualTo(400);
        assertThat(caller.outcome(0x1_0000_0190L)).isEqualTo(Outcome.SAVE);
    }

    @Test
    void setsSegmentBases() {
        assertThat(caller.call(158, 0x1002, 0x1234_5678_9abcL)).isZero();
        assertThat(caller.call(158, 0x1001, 0x42)).isZero();
        assertThat(caller.vcpu.segments[Segment.FS].base()).isEqualTo(0x1234_5678_9abcL);
        assertThat(caller.vcpu.segments[Segment.GS].base()).isEqualTo(0x42);
        assertThat(caller.call(158, 0x1003, STRUCTURE)).isZero();
        assertThat(structure(8).getLong(0)).isEqualTo(0x1234_5678_9abcL);
        assertThat(caller.call(158, 0x1002, 1L << 47)).isEqualTo(-Errno.EPERM);
        assertThat(caller.call(158, 0x1002, -1L << 47)).isEqualTo(-Errno.EPERM);
    }

    @Test
    void signalsEndItUnlessBlockedOrIgnored() {
        assertThat(caller.outcome(KILL, Identity.PROCESS, 6)).isEqualTo(Outcome.killed(6));
        assertThat(caller.outcome(234, Identity.PROCESS, Identity.PROCESS, 9)).isEqualTo(Outcome.killed(9));
        assertThat(caller.call(KILL, Identity.PROCESS, 17)).isZero();
        assertThat(caller.call(KILL, Identity.PROCESS, 0)).isZero();
        assertThat(caller.call(KILL, Identity.PROCESS, 65)).isEqualTo(-Errno.EINVAL);
        put(new Structure(8).putLong(0, -1));
        assertThat(caller.call(SIGPROCMASK, 2, STRUCTURE, 0, 8)).isZero();
        assertThat(caller.call(KILL, Identity.PROCESS, 6)).isZero();
        assertThat(caller.outcome(KILL, Identity.PROCESS, 9)).isEqualTo(Outcome.killed(9));
    }

    @Test
    void keepsItsStateInARecord() throws Exception {
        Files.createDirectories(root.resolve("d/e"));
        caller.call(80, caller.path("d/e"));
        caller.call(95, 077);
        caller.call(218, 0x5000);
        caller.call(273, 0x5100, 24);
        put(new Structure(32)
                .putLong(0, 0x1111)
                .putLong(8, 4)
                .putLong(16, 0x2222)
                .putLong(24, 0x3232));
        caller.call(SIGACTION, 10, STRUCTURE, 0, 8);
        put(new Structure(24).putLong(0, 0x7000).putLong(16, 8192));
        caller.call(131, STRUCTURE, 0);
        put(new Structure(8).putLong(0, 0x42));
        caller.call(SIGPROCMASK, 0, STRUCTURE, 0, 8);
        ProcessState state = caller.process.state();
        assertThat(state)
                .isEqualTo(new ProcessState(
                        "/d/e",
                        077,
                        List.of(new SignalAction(10, 0x1111, 4, 0x2222, 0x3232)),
                        0x42,
                        new ThreadSignalsState.SignalStack(0x7000, 0, 8192),
                        0x5000,
                        0x5100,
                        SignalsState.INITIAL,
                        ResourceLimitsState.INITIAL,
                        SchedulingState.INITIAL));
        setting.state = state;
        Caller restored = new Caller(setting);
        assertThat(restored.process.state()).isEqualTo(state);
        assertThat(restored.open("x", 0x42, 0777)).isEqualTo(8);
        assertThat(Files.getPosixFilePermissions(root.resolve("d/e/x"))).hasSize(3);
    }

    @Test
    void refusesStatesThatNoProcessHas() {
        setting.state = new ProcessState(
                "/../..",
                0,
                List.of(),
                0,
                ProcessState.INITIAL.signalStack(),
                0,
                0,
                SignalsState.INITIAL,
                ResourceLimitsState.INITIAL,
                SchedulingState.INITIAL);
        assertThatThrownBy(() -> new Caller(setting)).isInstanceOf(VmmException.class);
        setting.state = new ProcessState(
                "/",
                0,
                List.of(new SignalAction(65, 0, 0, 0, 0)),
                0,
                ProcessState.INITIAL.signalStack(),
                0,
                0,
                SignalsState.INITIAL,
                ResourceLimitsState.INITIAL,
                SchedulingState.INITIAL);
        assertThatThrownBy(() -> new Caller(setting)).isInstanceOf(VmmException.class);
    }

    @Test
    void namesTheSystem() {
        assertThat(caller.call(63, STRUCTURE)).isZero();
        String text = new String(caller.get(STRUCTURE, 390), StandardCharsets.US_ASCII);
        assertThat(text.split("\0+")).containsExactly("Linux", "vmm", "6.1.0", "#1 SMP", "x86_64", "(none)");
    }

    @Test
    void drawsTheSameRandomNumbersInEveryRun() throws Exception {
        assertThat(caller.call(318, BUFFER, 10_000, 0)).isEqualTo(10_000);
        Caller again = new Caller(setting);
        again.call(318, BUFFER, 10_000, 0);
        assertThat(again.get(BUFFER, 10_000)).isEqualTo(caller.get(BUFFER, 10_000));
        assertThat(caller.get(BUFFER, 8)).isNotEqualTo(caller.get(BUFFER + 8, 8));
    }

    // -- time
    // ----------------------------------------------------------------------------------------------------------

    @Test
    void virtualTimePassesWithInstructionsAndSleep() {
        assertThat(now(0)).isEqualTo(Clock.VIRTUAL_START);
        caller.vcpu.instructions = 1_500_000_000;
        assertThat(now(0)).isEqualTo(Clock.VIRTUAL_START + 1_500_000_000);
        assertThat(now(1)).isEqualTo(1_500_000_000);
        sleep(3600, 5);
        assertThat(now(1)).isEqualTo(3_601_500_000_005L);
        assertThat(now(2)).isEqualTo(1_500_000_000);
        assertThat(caller.call(201, 0)).isEqualTo(now(0) / 1_000_000_000);
        put(new Structure(16).putLong(0, Clock.VIRTUAL_START / 1_000_000_000 + 7200));
        assertThat(caller.call(230, 0, 1, STRUCTURE, 0)).isZero();
        assertThat(now(0)).isEqualTo(Clock.VIRTUAL_START + 7_200_000_000_000L);
    }

    @Test
    void sleepsForeverInNoTimeAndNeverBack() {
        sleep(Long.MAX_VALUE, 999_999_999);
        long late = now(0);
        sleep(Long.MAX_VALUE, 0);
        assertThat(now(0)).isEqualTo(late).isGreaterThan(Clock.VIRTUAL_START);
        put(new Structure(16).putLong(0, -1));
        assertThat(caller.call(NANOSLEEP, STRUCTURE, 0)).isEqualTo(-Errno.EINVAL);
        put(new Structure(16).putLong(8, 1_000_000_000));
        assertThat(caller.call(NANOSLEEP, STRUCTURE, 0)).isEqualTo(-Errno.EINVAL);
    }

    @Test
    void hostTimePassesByItself() throws Exception {
        setting.time = TimeSource.HOST;
        caller = new Caller(setting);
        long before = System.currentTimeMillis();
        assertThat(now(0) / 1_000_000).isBetween(before, System.currentTimeMillis() + 1);
        long start = now(1);
        sleep(0, 30_000_000);
        assertThat(now(1) - start).isGreaterThanOrEqualTo(30_000_000);
        caller.stop = true;
        put(new Structure(16).putLong(0, 1_000_000));
        assertThat(caller.outcome(NANOSLEEP, STRUCTURE, 0)).isEqualTo(Outcome.STOPPED);
    }
}
