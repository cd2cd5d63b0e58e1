package io.scratchvm.vmm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Notation;
import io.scratchvm.vmm.api.Setting;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OptionTest {
    @ParameterizedTest
    @EnumSource(Option.class)
    void isNamedAsItsConstantAndItsSetting(Option option) {
        assertThat(option.word()).isEqualTo(Notation.word(option));
        if (option.setting() != null) {
            assertThat(Notation.word(option.setting())).isEqualTo(option.word());
        }
    }

    @ParameterizedTest
    @EnumSource(Option.class)
    void isFoundByItsName(Option option) {
        assertThat(Option.named(option.word())).isSameAs(option);
    }

    @ParameterizedTest
    @EnumSource(Option.class)
    void standsInTheHelpOfItsCommandsOnly(Option option) {
        for (Command command : Command.values()) {
            assertThat(Help.of(command).contains("  " + option.spelling() + ' '))
                    .isEqualTo(option.appliesTo(command));
        }
    }

    @Test
    void everySettingHasAnOption() {
        List<Setting> reachable = new ArrayList<>();
        for (Option option : Option.values()) {
            if (option.setting() != null) {
                reachable.add(option.setting());
            }
        }
        assertThat(reachable).containsExactlyInAnyOrder(Setting.values());
    }

    @ParameterizedTest
    @EnumSource(Command.class)
    void helpFitsATerminal(Command command) {
        assertThat(Help.of(command).lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(110));
    }
}
