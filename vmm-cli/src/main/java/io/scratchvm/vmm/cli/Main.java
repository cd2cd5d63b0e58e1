package io.scratchvm.vmm.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;

/** The process: {@code java -jar vmm.jar COMMAND ...}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // Not System.in and System.out: the guest's bytes pass through as they are, and nothing is held back.
        Terminal terminal = new Terminal(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err));
        Interrupt interrupt = new Interrupt();
        int status = new Vmm(terminal, interrupt).execute(arguments);
        interrupt.commandEnded();
        System.exit(status);
    }
}
