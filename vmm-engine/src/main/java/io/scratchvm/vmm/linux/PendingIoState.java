package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.api.Nullable;
import java.util.List;

/**
 * Input and output that are under way when a VM is saved. Calls on files are finished before a save, and a wait for
 * standard input that is put off has taken nothing: so what can be pending is a call that has not started, which the
 * restored guest issues again, its RIP being at the call.
 *
 * @param call the call that the guest has issued and the VMM has not started; null if there is none
 * @param readAhead bytes taken from the host's standard input and not yet given to the guest; they come first
 */
public record PendingIoState(@Nullable Call call, byte[] readAhead) {
    /**
     * A system call.
     *
     * @param number its number on x86-64
     * @param arguments RDI, RSI, RDX, R10, R8, R9
     */
    public record Call(int number, List<Long> arguments) {
        public Call {
            arguments = List.copyOf(arguments);
        }
    }
}
