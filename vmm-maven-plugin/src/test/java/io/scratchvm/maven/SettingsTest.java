package io.scratchvm.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scratchvm.vmm.api.Setting;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @ParameterizedTest
    @CsvSource({"MEMORY, vmm.memory", "MAX_INSTRUCTIONS, vmm.maxInstructions", "FIRST_DESCRIPTOR, vmm.firstDescriptor"})
    void namesAParameterAsTheCommandLineDoesInCamelCase(Setting setting, String parameter) {
        assertThat(Settings.parameter(setting)).isEqualTo(parameter);
    }

    @Test
    void namesTheParameterThatCannotBeUsed() {
        assertThatThrownBy(() -> Settings.apply(Setting.MAX_OUTPUT, "much", VmConfiguration.builder()))
                .isInstanceOf(VmmException.class)
                .hasMessageStartingWith("vmm.maxOutput: 'much' is not a size");
    }

    @Test
    void leavesTheDefaultWhereNothingIsGiven() throws IOException {
        VmConfiguration.Builder builder = VmConfiguration.builder();
        Settings.apply(Setting.SAVE_CALL, null, builder);
        assertThat(builder.build().saveCall()).isEmpty();
    }

    @Test
    void everySettingIsAParameterOfSomeGoal() {
        Set<String> fields = new TreeSet<>();
        for (Class<?> goal : List.of(RestoreMojo.class, SendMojo.class, ReceiveMojo.class)) {
            for (Class<?> part = goal; part != null; part = part.getSuperclass()) {
                for (Field field : part.getDeclaredFields()) {
                    fields.add("vmm." + field.getName());
                }
            }
        }
        for (Setting setting : Setting.values()) {
            assertThat(fields).contains(Settings.parameter(setting));
        }
    }
}
