package io.scratchvm.vmm.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;

/** The process: {@code java -jar vmm.jar COMMAND ...}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // From JDK 18 on (JEP 416) the records of an image are otherwise built through method handles, one shape a
        // record type, which takes longer than all the rest of a small guest's restore.
        System.setProperty("jdk.reflect.useNativeAccessorOnly", "true");
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
