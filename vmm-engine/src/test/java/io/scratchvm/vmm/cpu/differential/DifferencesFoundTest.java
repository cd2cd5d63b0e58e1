package io.scratchvm.vmm.cpu.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.X87;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong results that {@link DifferentialTest} found once, each by its name. */
class DifferencesFoundTest {
    private static final int SIGFPE = 8, SIGSEGV = 11, ALL_UNMASKED = 0;

    private static Iterable<GuestCpu> guests() {
        return GuestCpu.all();
    }

    private static State state(int... code) {
        byte[] bytes = new byte[code.length];
        for (int n = 0; n < code.length; n++) {
            bytes[n] = (byte) code[n];
        }
        State state = State.plain();
        state.setCode(bytes);
        return state;
    }

    @ParameterizedTest
    @MethodSource("guests")
    void emmsMakesTheTopOfTheStackZero(GuestCpu guest) {
        State before = state(0x0f, 0x77);
        before.setVectorWord(State.STATUS_WORD, 5 << 11);
        assertThat(guest.execute(before).vectorWord(State.STATUS_WORD) & X87.TOP)
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("guests")
    void theProductsExceptionsStayWhereTheirSumRaises(GuestCpu guest) {
        State before = state(0x66, 0x0f, 0x3a, 0x41, 0xef, 0x21); // DPPD XMM5, XMM7: a denormal product, plus zero
        before.setMxcsr(0x5e80);
        before.setVector(State.XMM + 11 * 8, 0x0100_0000_4eff_ffffL);
        before.setVector(State.XMM + 15 * 8, 0x033d_2120_f77b_e037L);
        State after = guest.execute(before);
        assertThat(after.signal()).isEqualTo(SIGFPE);
        assertThat(after.mxcsr()).isEqualTo(0x5eb2);
    }

    @ParameterizedTest
    @MethodSource("guests")
    void theyStayUnderVexToo(GuestCpu guest) {
        State before = state(0xc4, 0x43, 0x71, 0x40, 0xd7, 0xdb); // VDPPS XMM10, XMM1, XMM15
        before.setMxcsr(0x582f);
        before.setVector(State.XMM + 2 * 8, 0x9116_1a9a_290a_c244L);
        before.setVector(State.XMM + 30 * 8, 0x07ff_ffffL);
        State after = guest.execute(before);
        assertThat(after.signal()).isEqualTo(SIGFPE);
        assertThat(after.mxcsr()).isEqualTo(0x583f);
    }

    @ParameterizedTest
    @MethodSource("guests")
    void aLoadOfAnEmptyRegisterOntoAFullStackUnderflows(GuestCpu guest) {
        State before = state(0xd9, 0xc3); // FLD ST(3)
        before.setVectorWord(State.STATUS_WORD, 2 << 11);
        before.setVectorWord(State.TAGS, 1 << 1);
        int status = guest.execute(before).vectorWord(State.STATUS_WORD);
        assertThat(status).isEqualTo(X87.IE | X87.SF | 1 << 11);
    }

    @ParameterizedTest
    @MethodSource("guests")
    void aStoreThatIsStoppedStillNeedsItsMemory(GuestCpu guest) {
        State before = state(0xdd, 0x17); // FST of an empty register to [RDI]
        before.setVectorWord(State.CONTROL_WORD, X87.INITIAL_CONTROL_WORD & ~X87.IE);
        before.setGpr(Vcpu.RDI, State.END_OF_PAGES - 2);
        State after = guest.execute(before);
        assertThat(after.signal()).isEqualTo(SIGSEGV);
        assertThat(after.vectorWord(State.STATUS_WORD)).isZero();
    }

    @ParameterizedTest
    @MethodSource("guests")
    void anExceptionIsNotRecordedWhereTheStoreFaults(GuestCpu guest) {
        State before = state(0xc4, 0xe3, 0x79, 0x1d, 0x17, 0); // VCVTPS2PH of inexact numbers to [RDI]
        before.setVector(State.XMM + 4 * 8, 0xfc05_a567_ea09_831eL);
        before.setGpr(Vcpu.RDI, State.END_OF_PAGES - 1);
        State after = guest.execute(before);
        assertThat(after.signal()).isEqualTo(SIGSEGV);
        assertThat(after.mxcsr()).isEqualTo(0x1f80);
    }

    @ParameterizedTest
    @MethodSource("guests")
    void aConversionToMmxThatRaisesHasEnteredMmx(GuestCpu guest) {
        State before = state(0x0f, 0x2c, 0xda);
        before.setMxcsr(ALL_UNMASKED);
        before.setVector(State.XMM + 2 * 16, 0x7fc0_0000);
        State after = guest.execute(before);
        assertThat(after.signal()).isEqualTo(SIGFPE);
        assertThat(after.vectorWord(State.TAGS)).isEqualTo(0xff);
    }
}
