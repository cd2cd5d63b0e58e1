package io.scratchvm.maven;

import io.scratchvm.vmm.api.Notation;
import io.scratchvm.vmm.api.Setting;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The VM's settings as this plugin's parameters: {@code MAX_INSTRUCTIONS} is {@code vmm.maxInstructions}. */
final class Settings {
    private Settings() {}

    /**
     * Applies a parameter that was given; null was not.
     *
     * @param value a text, or a file that Maven has resolved against the module
     * @throws VmmException if the value cannot be used; the message names the parameter
     */
    static void apply(Setting setting, @Nullable Object value, VmConfiguration.Builder configuration)
            throws IOException {
        if (value == null) {
            return;
        }
        try {
            setting.apply(configuration, value.toString());
        } catch (VmmException e) {
            throw new VmmException(parameter(setting) + ": " + e.getMessage(), e);
        }
    }

    /** The parameter's property. */
    static String parameter(Setting setting) {
        StringBuilder name = new StringBuilder("vmm.");
        for (String part : Notation.word(setting).split("-")) {
            boolean first = name.length() == "vmm.".length();
            name.append(first ? part.charAt(0) : Character.toUpperCase(part.charAt(0)));
            name.append(part, 1, part.length());
        }
        return name.toString();
    }
}
