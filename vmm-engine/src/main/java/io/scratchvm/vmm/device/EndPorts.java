package io.scratchvm.vmm.device;

/**
 * The ports by which a guest ends its VM: those of QEMU's {@code isa-debug-exit}, of its ACPI power management, and the
 * PC's three ways to reset the CPU.
 */
final class EndPorts {
    private static final int EXIT = 0xf4;

    /** PM1a_CNT of QEMU's q35 and i440fx, and where Bochs and old versions of QEMU have it. */
    private static final int POWER = 0x604, POWER_OF_BOCHS = 0xb004;

    private static final int SLEEP = 0x2000, SLEEP_TYPE = 0x1c00;

    /** The keyboard controller's command, which pulses the CPU's reset line; fast A20; the chipset's reset control. */
    private static final int KEYBOARD = 0x64, FAST_A20 = 0x92, RESET_CONTROL = 0xcf9;

    private static final int PULSE_RESET = 0xfe, FAST_RESET = 1, RESET_CPU = 4;

    private GuestEnd end;

    /** What the guest has asked for, or null. Asked once: it is forgotten. */
    GuestEnd take() {
        GuestEnd taken = end;
        end = null;
        return taken;
    }

    boolean isAsked() {
        return end != null;
    }

    /** Sees every OUT; {@code value} has {@code size} bytes. */
    void write(int port, int size, int value) {
        boolean asks =
                switch (port) {
                    case EXIT -> true;
                    case POWER, POWER_OF_BOCHS -> size >= 2 && (value & (SLEEP | SLEEP_TYPE)) == SLEEP;
                    case KEYBOARD -> (value & 0xff) == PULSE_RESET;
                    case FAST_A20 -> (value & FAST_RESET) != 0;
                    case RESET_CONTROL -> (value & RESET_CPU) != 0;
                    default -> false;
                };
        if (asks) {
            end = end(port, value);
        }
    }

    private static GuestEnd end(int port, int value) {
        return switch (port) {
            case EXIT -> new GuestEnd(GuestEnd.Kind.EXIT, (value << 1 | 1) & 0xff, port);
            case POWER, POWER_OF_BOCHS -> new GuestEnd(GuestEnd.Kind.POWER_OFF, 0, port);
            default -> new GuestEnd(GuestEnd.Kind.RESET, 0, port);
        };
    }
}
