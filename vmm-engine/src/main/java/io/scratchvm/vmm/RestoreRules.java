package io.scratchvm.vmm;

import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.semantics.CpuFeature;
import io.scratchvm.vmm.image.Image;
import io.scratchvm.vmm.image.Manifest;
import io.scratchvm.vmm.image.Setup;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** What must hold between an image and what the user chose for the VM that is to be made from it. */
final class RestoreRules {
    private RestoreRules() {}

    /**
     * @throws VmmException if the image's VM was moved away, something chosen contradicts the image, or the image wants a
     *     CPU that this is not
     */
    static void check(Image image, VmConfiguration chosen) {
        if (image.moveMark() != null) {
            throw new VmmException(image.moveMark().refusal(image.file()));
        }
        Manifest manifest = image.manifest();
        Setup setup = manifest.setup();
        chosen.memorySize().ifPresent(size -> agree("--memory", size, manifest.memorySize()));
        chosen.saveCall().ifPresent(number -> agree("--save-call", number, setup.saveCall()));
        chosen.firstDescriptor().ifPresent(number -> agree("--first-descriptor", number, setup.firstDescriptor()));
        chosen.clock().ifPresent(source -> agree("--clock", word(source), word(setup.clock())));
        chosen.random().ifPresent(source -> agree("--random", word(source), word(setup.random())));
        checkFeatures(manifest);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static void agree(String option, Object wanted, Object saved) {
        if (!wanted.equals(saved)) {
            throw new VmmException(option + " " + wanted + " contradicts the image, whose VM was started with " + saved
                    + "; leave it out");
        }
    }

    private static void checkFeatures(Manifest manifest) {
        Set<String> missing = new HashSet<>(manifest.cpuFeatures());
        missing.removeAll(CpuFeature.names());
        if (!missing.isEmpty()) {
            throw new VmmException("the image's guest was shown CPU features that this VMM does not have: "
                    + String.join(", ", missing.stream().sorted().toList()) + "; use the version that wrote it ("
                    + manifest.writer() + ")");
        }
    }
}
