package io.scratchvm.vmm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.VmmException;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    @Test
    void takesAValueAfterASpaceOrAnEqualsSign() {
        CommandLine line = parse("run", "--memory", "1M", "--root=a=b", "guest");
        assertThat(line.value(Option.MEMORY)).isEqualTo("1M");
        assertThat(line.value(Option.ROOT)).isEqualTo("a=b");
        assertThat(line.operands()).containsExactly("guest");
    }

    @Test
    void leavesWhatFollowsTheProgramToTheGuest() {
        CommandLine line = parse("run", "--stats", "guest", "--memory", "-x", "--", "--help");
        assertThat(line.has(Option.MEMORY)).isFalse();
        assertThat(line.operands()).containsExactly("guest", "--memory", "-x", "--", "--help");
    }

    @Test
    void endsOptionsAtTwoDashes() {
        assertThat(parse("run", "--stats", "--", "--guest", "--", "x").operands())
                .containsExactly("--guest", "--", "x");
    }

    @Test
    void takesOptionsAfterAnImage() {
        CommandLine line = parse("inspect", "vm.vmimg", "--json");
        assertThat(line.has(Option.JSON)).isTrue();
        assertThat(line.operand()).isEqualTo("vm.vmimg");
    }

    @Test
    void countsAnOptionTheLastTime() {
        assertThat(parse("run", "--memory=1M", "--memory=2M", "g").value(Option.MEMORY))
                .isEqualTo("2M");
    }

    @Test
    void keepsAllValuesOfAnOption() {
        assertThat(parse("run", "--env=A=1", "--env", "B=2", "g").values(Option.ENV))
                .containsExactly("A=1", "B=2");
        assertThat(parse("run", "g").values(Option.ENV)).isEmpty();
    }

    @Test
    void takesAnEmptyValueAndAValueWithDashes() {
        assertThat(parse("run", "--root=", "g").value(Option.ROOT)).isEmpty();
        assertThat(parse("run", "--root", "--odd", "g").value(Option.ROOT)).isEqualTo("--odd");
    }

    @Test
    void takesALoneDashAsAnOperand() {
        assertThat(parse("run", "-").operands()).containsExactly("-");
    }

    @Test
    void knowsTheUsualSpellingsOfHelpAndVersion() {
        assertThat(parse("--help").command()).isEqualTo(Command.HELP);
        assertThat(parse("-h").command()).isEqualTo(Command.HELP);
        assertThat(parse("--version").command()).isEqualTo(Command.VERSION);
        assertThat(parse("save", "-h").has(Option.HELP)).isTrue();
    }

    @Test
    void saysWhatItCannotRead() {
        assertRefused("which command", new String[0]);
        assertRefused("did you mean 'restore'?", "restor", "vm.vmimg");
        assertRefused("'frobnicate' is no command; 'vmm help' lists them", "frobnicate");
        assertRefused("'--memroy' is no option, did you mean '--memory'?", "run", "--memroy=1M", "g");
        assertRefused("'-x' is no option", "run", "-x", "g");
        assertRefused(
                "--json is not for 'vmm run' but for 'vmm send', 'vmm receive', 'vmm inspect', 'vmm diff'",
                "run",
                "--json",
                "g");
        assertRefused("--memory needs a value: --memory SIZE", "run", "--memory");
        assertRefused("--stats takes no value", "run", "--stats=yes", "g");
    }

    @Test
    void wantsAsManyOperandsAsTheCommandTakes() {
        assertThatThrownBy(() -> parse("restore").operand()).hasMessageContaining("missing IMAGE");
        assertThatThrownBy(() -> parse("restore", "a", "b").operand()).hasMessageContaining("'b' is one too many");
        assertThatThrownBy(() -> parse("diff", "a").twoOperands())
                .hasMessage("'vmm diff' takes two operands, IMAGE IMAGE, not 1");
        assertThatThrownBy(() -> parse("diff", "a", "b", "c").twoOperands()).hasMessageContaining("not 3");
        assertThat(parse("diff", "a", "b").twoOperands()).containsExactly("a", "b");
    }

    private static CommandLine parse(String... arguments) {
        return CommandLine.parse(arguments);
    }

    private static void assertRefused(String message, String... arguments) {
        assertThatThrownBy(() -> CommandLine.parse(arguments))
                .isInstanceOf(VmmException.class)
                .hasMessageContaining(message);
    }
}
