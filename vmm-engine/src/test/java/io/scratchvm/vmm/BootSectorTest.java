package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest without page tables and without a kernel, entered as a BIOS enters a boot sector. */
class BootSectorTest {
    private static final String ECHO =
            """
            mov si, greeting
            next: lodsb
            test al, al
            jz input
            mov dx, 0x3f8
            out dx, al
            jmp next
            input: mov dx, 0x3fd
            in al, dx
            test al, 1              ; data ready
            jz end
            mov dx, 0x3f8
            in al, dx
            inc al
            out dx, al
            jmp input
            end: cli
            hlt
            greeting: db "boot ", 0
            """;

    @TempDir
    Path directory;

    private RecordedRun run;

    @Test
    void writesAndReadsThroughTheUart() throws Exception {
        assertThat(run(ECHO, "HAL")).isEqualTo(new Stop(Stop.Reason.EXITED, 0, ""));
        assertThat(run.output()).isEqualTo("boot IBM");
    }

    @Test
    void readsItsInputAfterARestoreToo() throws Exception {
        Path image = directory.resolve("vm.vmimg");
        run = new RecordedRun(directory);
        Session session = new Session(run.configuration().build());
        assertThat(session.save(assembled(ECHO), new SavePoint.Instructions(5), image)
                        .status())
                .isZero();
        assertThat(new Session(run.configuration("HAL").build()).restore(image).status())
                .isZero();
        assertThat(run.output()).isEqualTo("boot IBM");
    }

    @Test
    void aTripleFaultIsToldWithItsFirstFault() throws Exception {
        Stop stop = run("lidt [none]\nud2\nnone: dw 0, 0, 0", "");
        assertThat(stop).isEqualTo(new Stop(Stop.Reason.SHUTDOWN, 125, stop.message()));
        assertThat(stop.message())
                .startsWith("triple fault: first #UD, RIP 0x7c05, bytes 0f 0b")
                .endsWith("real mode");
    }

    @Test
    void waitingForAnInterruptThatNothingSendsIsToldAsSuch() throws Exception {
        Stop stop = run("sti\nhlt", "");
        assertThat(stop.status()).isEqualTo(125);
        assertThat(stop.message()).contains("waits (HLT) for an interrupt").contains("RIP 0x7c02");
    }

    @Test
    void anUnknownHypercallIsAnswered() throws Exception {
        String program =
                """
                mov eax, 5
                vmcall
                add eax, 1000 + 'y'     ; -1000 is KVM_ENOSYS
                mov dx, 0x3f8
                out dx, al
                cli
                hlt
                """;
        assertThat(run(program, "").status()).isZero();
        assertThat(run.output()).isEqualTo("y");
    }

    private Stop run(String program, String input) throws Exception {
        run = new RecordedRun(directory);
        try (VirtualMachine vm = VirtualMachine.blank(run.configuration(input).build())) {
            vm.load(assembled(program));
            return vm.run();
        }
    }

    private Start assembled(String program) throws Exception {
        HostTools.require("nasm");
        Files.writeString(directory.resolve("boot.asm"), "bits 16\norg 0x7c00\n" + program);
        HostTools.run(directory, "nasm", "-f", "bin", "boot.asm", "-o", "boot.bin");
        return new Start.Flat(directory.resolve("boot.bin"), 0x7c00);
    }
}
