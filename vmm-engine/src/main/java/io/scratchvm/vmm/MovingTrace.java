package io.scratchvm.vmm;

import io.scratchvm.vmm.api.VmConfiguration;
import java.util.function.Consumer;

/** The trace of a VM that moves: its lines say that they are the VM's, since those of two VMMs are read together. */
record MovingTrace(Consumer<String> lines) implements Consumer<String> {
    static final String VM = "VM_APP - ";

    static VmConfiguration of(VmConfiguration configuration) {
        return configuration.toBuilder()
                .trace(new MovingTrace(configuration.trace()))
                .build();
    }

    @Override
    public void accept(String line) {
        lines.accept(VM + line);
    }
}
