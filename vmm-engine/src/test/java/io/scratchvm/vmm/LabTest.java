package io.scratchvm.vmm;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.cpu.state.VcpuState;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lab: boot, run, save, restore. */
class LabTest {
    private static final String FIRST_LINE = "Hello World !!!\n";
    private static final String BOTH_LINES = FIRST_LINE + "Bye Bye !!!\n";

    @TempDir
    Path directory;

    private Path root;
    private Path image;

    @BeforeEach
    void makeRoot() throws IOException {
        root = Files.createDirectory(directory.resolve("root"));
        image = directory.resolve("vm.vmimg");
    }

    @Test
    void theGuestIsSavedAndRestored() throws IOException {
        saveAndRestore(TestGuests.booted("ay_caramba"));
    }

    @Test
    void aPairForTheLabsOwnMonitorRunsUnchanged() throws IOException {
        saveAndRestore(TestGuests.lab());
    }

    private void saveAndRestore(Start.Boot guest) throws IOException {
        RecordedRun save = new RecordedRun(root);
        Outcome saved = new Session(save.configuration().build()).save(guest, new SavePoint.SaveCall(), image);

        assertThat(saved.message()).isEmpty();
        assertThat(saved.status()).isZero();
        assertThat(save.trace).hasSize(3);
        assertThat(save.trace.get(0)).isEqualTo("OPEN ./ay_caramba 32834 511 - return 8");
        assertThat(save.trace.get(1)).matches("WRITE 8 [0-9a-f]+ 16 - return 16");
        assertThat(save.trace.get(2)).isEqualTo("SAVE OPERATION");
        assertThat(Files.readString(root.resolve("ay_caramba"), US_ASCII)).isEqualTo(FIRST_LINE);

        RecordedRun restore = new RecordedRun(root);
        Outcome restored = new Session(restore.configuration().build()).restore(image);

        assertThat(restored.message()).isEmpty();
        assertThat(restored.status()).isZero();
        assertThat(restore.trace).hasSize(4);
        assertThat(restore.trace.get(0)).isEqualTo("RESTORE OPERATION");
        assertThat(restore.trace.get(1)).matches("WRITE 8 [0-9a-f]+ 12 - return 12");
        assertThat(restore.trace.get(2)).isEqualTo("CLOSE 8 - return 0");
        assertThat(restore.trace.get(3)).isEqualTo("EXIT 0");
        assertThat(Files.readString(root.resolve("ay_caramba"), US_ASCII)).isEqualTo(BOTH_LINES);
    }

    @Test
    void savingTwiceGivesTheSameBytes() throws IOException {
        saveTo(image);
        Path second = directory.resolve("second.vmimg");
        Files.delete(root.resolve("ay_caramba"));
        saveTo(second);

        assertThat(Files.mismatch(image, second)).isEqualTo(-1);
    }

    private void saveTo(Path target) throws IOException {
        new Session(new RecordedRun(root).configuration().build())
                .save(TestGuests.booted("ay_caramba"), new SavePoint.SaveCall(), target);
    }

    @Test
    void savingARestoredVmAtOnceGivesTheSameState() throws IOException {
        saveTo(image);
        try (VirtualMachine first =
                VirtualMachine.blank(new RecordedRun(root).configuration().build())) {
            first.restore(VmImage.read(image, null));
            State before = State.of(first);
            Path again = directory.resolve("again.vmimg");
            first.save(again);
            try (VirtualMachine second =
                    VirtualMachine.blank(new RecordedRun(root).configuration().build())) {
                second.restore(VmImage.read(again, null));
                assertThat(State.of(second)).isEqualTo(before);
            }
        }
    }

    /** What a VM computes, to compare it with another one's. */
    private record State(VcpuState vcpu, List<Byte> memory) {
        static State of(VirtualMachine vm) {
            Hardware hardware = vm.machine().hardware;
            PhysicalMemory memory = hardware.memory;
            byte[] bytes = new byte[(int) memory.size()];
            memory.read(0, bytes, 0, bytes.length);
            Byte[] boxed = new Byte[bytes.length];
            Arrays.setAll(boxed, i -> bytes[i]);
            return new State(VcpuState.of(hardware.vcpu), Arrays.asList(boxed));
        }
    }

    @Test
    void everyInstructionBoundaryIsASavePoint() throws IOException {
        Uninterrupted expected = Uninterrupted.run(Files.createDirectory(directory.resolve("expected")));

        assertThat(expected.instructions).isGreaterThan(100);
        for (long boundary = 0; boundary < expected.instructions; boundary++) {
            savedAndRestoredAt(boundary, expected);
        }
    }

    private void savedAndRestoredAt(long boundary, Uninterrupted expected) throws IOException {
        Files.deleteIfExists(root.resolve("ay_caramba"));
        RecordedRun run = new RecordedRun(root);
        new Session(run.configuration().build())
                .save(TestGuests.booted("ay_caramba"), new SavePoint.Instructions(boundary), image);
        assertThat(VmImage.read(image, null).instructions()).isEqualTo(boundary);

        try (VirtualMachine vm = VirtualMachine.blank(run.configuration().build())) {
            vm.restore(VmImage.read(image, null));
            Stop stop = vm.run();

            assertThat(stop).as("saved at %d", boundary).isEqualTo(expected.stop);
            assertThat(State.of(vm)).as("saved at %d", boundary).isEqualTo(expected.state);
        }
        assertThat(run.guestTrace()).as("saved at %d", boundary).isEqualTo(expected.trace);
        assertThat(Files.readString(root.resolve("ay_caramba"), US_ASCII)).isEqualTo(BOTH_LINES);
    }

    /** A run from start to exit in which SAVE, as in a run that was saved elsewhere, answers -EOPNOTSUPP. */
    private record Uninterrupted(Stop stop, long instructions, State state, List<String> trace) {
        static Uninterrupted run(Path root) throws IOException {
            RecordedRun run = new RecordedRun(root);
            try (VirtualMachine vm = VirtualMachine.blank(run.configuration().build())) {
                vm.load(TestGuests.booted("ay_caramba"));
                Stop stop = vm.run();
                assertThat(Files.readString(root.resolve("ay_caramba"), US_ASCII))
                        .isEqualTo(BOTH_LINES);
                return new Uninterrupted(stop, vm.instructions(), State.of(vm), run.guestTrace());
            }
        }
    }
}
