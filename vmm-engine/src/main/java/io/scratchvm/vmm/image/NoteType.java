package io.scratchvm.vmm.image;

import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.device.ClockState;
import io.scratchvm.vmm.device.InterruptsState;
import io.scratchvm.vmm.device.RandomState;
import io.scratchvm.vmm.linux.PendingIoState;
import io.scratchvm.vmm.linux.ProcessState;
import io.scratchvm.vmm.linux.ProcessesState;
import io.scratchvm.vmm.linux.file.FilesState;
import io.scratchvm.vmm.linux.loader.StartForm;
import io.scratchvm.vmm.linux.mm.AddressSpaceState;
import java.util.Locale;

/**
 * The notes of owner {@code VMM}: the table of what an image carries to be resumed from. A type's bit 7 says that a
 * reader must understand the note or refuse the image; notes without it are skipped by who does not know them.
 */
public enum NoteType {
    MANIFEST(0x80, Manifest.class),
    VCPU(0x81, VcpuState.class),
    MEMORY(0x82, MemoryMap.class),
    FILES(0x83, FilesState.class),
    PENDING_IO(0x84, PendingIoState.class),
    PROCESS(0x85, ProcessState.class),
    ADDRESS_SPACE(0x86, AddressSpaceState.class),
    DEVICES(0x87, DevicesState.class),
    CLOCK(0x88, ClockState.class),
    RANDOM(0x89, RandomState.class),
    INTERRUPTS(0x8a, InterruptsState.class),
    PROCESSES(0x8b, ProcessesState.class),
    SEAL(0x8f, Seal.class);

    /** The owner's name. */
    static final String OWNER = "VMM";

    /** The types begin here: gdb takes the notes of small types for threads, and readelf mislabels them. */
    static final int BASE = 0x564d_4d00;

    private static final int MUST_BE_UNDERSTOOD = 0x80;

    private final int type;
    private final Class<? extends Record> record;

    NoteType(int number, Class<? extends Record> record) {
        this.type = BASE + number;
        this.record = record;
    }

    /** The note's type as the file has it. */
    int type() {
        return type;
    }

    /** What the note's payload encodes. */
    Class<? extends Record> record() {
        return record;
    }

    /** The component of {@link MachineState} that it carries, in the same words: {@code pendingIo}. */
    String title() {
        String[] words = name().toLowerCase(Locale.ROOT).split("_");
        StringBuilder title = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            title.append(Character.toUpperCase(words[i].charAt(0))).append(words[i].substring(1));
        }
        return title.toString();
    }

    /** Whether the note carries a component of {@link MachineState}, and not the image's own. */
    boolean isPart() {
        return this != MANIFEST && this != MEMORY && this != SEAL;
    }

    /** Whether there is no image of a VM of this start form without it. */
    boolean isRequired(StartForm start) {
        return switch (this) {
            case ADDRESS_SPACE -> start.hasProcess();
            case INTERRUPTS, PROCESSES -> false;
            default -> true;
        };
    }

    /** The row of {@code type}, or null. */
    static NoteType of(int type) {
        for (NoteType row : values()) {
            if (row.type == type) {
                return row;
            }
        }
        return null;
    }

    static boolean mustBeUnderstood(int type) {
        return (type & MUST_BE_UNDERSTOOD) != 0;
    }
}
