package io.scratchvm.vmm.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The 8259A pair by its data sheet; {@code KernelOnQemuTest} compares it with another implementation. */
class PicPairTest {
    private static final int NO_INTERRUPT = -1;

    private PicPair pics = initialized(0x01);

    private static PicPair initialized(int fourth) {
        PicPair pics = new PicPair(PicState.RESET, PicState.RESET);
        for (int controller = 0; controller < 2; controller++) {
            pics.write(controller, 0, 0x11);
            pics.write(controller, 1, controller == 0 ? 0x20 : 0x28);
            pics.write(controller, 1, controller == 0 ? 4 : 2);
            pics.write(controller, 1, fourth);
        }
        return pics;
    }

    private void raise(int... irqs) {
        for (int irq : irqs) {
            pics.line(irq).set(false);
            pics.line(irq).set(true);
        }
    }

    private int take() {
        return pics.isPending() ? pics.acknowledge() : NO_INTERRUPT;
    }

    private void end(int controller) {
        pics.write(controller, 0, 0x20);
    }

    @Test
    void passesNothingOnBeforeItIsInitialized() {
        pics = new PicPair(PicState.RESET, PicState.RESET);
        raise(0, 4, 8);
        assertThat(take()).isEqualTo(NO_INTERRUPT);
    }

    @Test
    void servesTheLowestNumberFirstAndTheOthersAfterItsEnd() {
        raise(4, 0, 1);
        assertThat(take()).isEqualTo(0x20);
        assertThat(take()).isEqualTo(NO_INTERRUPT);
        end(0);
        assertThat(take()).isEqualTo(0x21);
        end(0);
        assertThat(take()).isEqualTo(0x24);
    }

    @Test
    void aMoreUrgentRequestInterruptsALessUrgentOne() {
        raise(4);
        assertThat(take()).isEqualTo(0x24);
        raise(5, 3);
        assertThat(take()).isEqualTo(0x23);
        end(0);
        assertThat(take()).isEqualTo(NO_INTERRUPT);
        end(0);
        assertThat(take()).isEqualTo(0x25);
    }

    @Test
    void aLineThatStaysHighAsksOnce() {
        raise(4);
        assertThat(take()).isEqualTo(0x24);
        end(0);
        pics.line(4).set(true);
        assertThat(take()).isEqualTo(NO_INTERRUPT);
    }

    @Test
    void aMaskedRequestWaits() {
        pics.write(0, 1, 0x10);
        raise(4);
        assertThat(take()).isEqualTo(NO_INTERRUPT);
        assertThat(pics.wouldAsk(4)).isFalse();
        assertThat(pics.wouldAsk(3)).isTrue();
        assertThat(pics.read(0, 1)).isEqualTo(0x10);
        pics.write(0, 1, 0);
        assertThat(take()).isEqualTo(0x24);
    }

    @Test
    void theSecondControllerStandsAtInputTwo() {
        raise(12, 3, 8);
        assertThat(take()).isEqualTo(0x28);
        assertThat(take()).isEqualTo(NO_INTERRUPT);
        end(1);
        assertThat(take()).as("the first controller still serves input 2").isEqualTo(NO_INTERRUPT);
        end(0);
        assertThat(take()).isEqualTo(0x2c);
        end(1);
        end(0);
        assertThat(take()).isEqualTo(0x23);
    }

    @Test
    void specialFullyNestedModeLetsTheSecondControllerInterruptItself() {
        pics = initialized(0x11);
        raise(12);
        assertThat(take()).isEqualTo(0x2c);
        raise(8);
        assertThat(take()).isEqualTo(0x28);
    }

    @Test
    void aRequestThatIsGoneWhenItIsAcknowledgedIsSpurious() {
        raise(8);
        pics.write(1, 1, 0xff);
        assertThat(take()).isEqualTo(0x2f);
        pics.write(1, 0, 0x0b);
        assertThat(pics.read(1, 0)).as("in service").isZero();
        pics.write(0, 0, 0x0b);
        assertThat(pics.read(0, 0)).as("in service").isEqualTo(4);
    }

    @Test
    void automaticEndLeavesNothingInService() {
        pics = initialized(0x03);
        raise(0, 4);
        assertThat(take()).isEqualTo(0x20);
        assertThat(take()).isEqualTo(0x24);
    }

    @Test
    void rotationAtTheEndGivesTheServedInputTheLowestPriority() {
        raise(4, 5);
        assertThat(take()).isEqualTo(0x24);
        pics.write(0, 0, 0xa0);
        raise(4);
        assertThat(take()).isEqualTo(0x25);
        pics.write(0, 0, 0x65);
        assertThat(take()).isEqualTo(0x24);
    }

    @Test
    void aPriorityCanBeSet() {
        pics.write(0, 0, 0xc4);
        raise(4, 5, 0);
        assertThat(take()).isEqualTo(0x25);
    }

    @Test
    void specialMaskModeLetsLessUrgentRequestsThrough() {
        raise(3);
        assertThat(take()).isEqualTo(0x23);
        raise(6);
        assertThat(take()).isEqualTo(NO_INTERRUPT);
        pics.write(0, 1, 0x08);
        pics.write(0, 0, 0x68);
        assertThat(take()).isEqualTo(0x26);
    }

    @Test
    void aPollAcknowledges() {
        raise(4);
        pics.write(0, 0, 0x0c);
        assertThat(pics.read(0, 1)).isEqualTo(0x84);
        pics.write(0, 0, 0x0c);
        assertThat(pics.read(0, 0)).isZero();
        pics.write(0, 0, 0x0b);
        assertThat(pics.read(0, 0)).isEqualTo(0x10);
        pics.write(0, 0, 0x0a);
        assertThat(pics.read(0, 0)).isZero();
    }

    @Test
    void goesOnFromItsState() {
        raise(4, 12);
        assertThat(take()).isEqualTo(0x2c);
        pics = new PicPair(pics.firstState(), pics.secondState());
        assertThat(take()).isEqualTo(NO_INTERRUPT);
        end(1);
        end(0);
        assertThat(take()).isEqualTo(0x24);
    }

    @Test
    void noStateIsTakenThatItCannotHave() {
        assertThatThrownBy(() ->
                        new PicState(0x100, 0, 0, 0, 0, 7, false, false, false, false, false, false, 0, false, false))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
