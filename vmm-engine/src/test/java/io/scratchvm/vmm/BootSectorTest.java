package io.scratchvm.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.TimeSource;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** Counts ticks of the timer while it halts, then turns interrupts off and halts. */
    private static final String TICKS =
            """
            mov word [8 * 4], tick
            mov word [8 * 4 + 2], cs
            mov al, 0x11
            out 0x20, al
            mov al, 8
            out 0x21, al
            mov al, 4
            out 0x21, al
            mov al, 1
            out 0x21, al
            mov al, 0xfe
            out 0x21, al
            mov al, 0x34
            out 0x43, al
            mov ax, 11932            ; 10 ms
            out 0x40, al
            mov al, ah
            out 0x40, al
            mov cx, 5
            sti
            halted: hlt
            cmp cx, 0
            jne halted
            cli
            hlt
            tick: push ax
            mov dx, 0x3f8
            mov al, 't'
            out dx, al
            dec cx
            mov al, 0x20
            out 0x20, al
            pop ax
            iret
            """;

    @Test
    void aHaltedGuestIsWokenByItsTimerInVirtualTime() throws Exception {
        Stop stop = run(TICKS, "");
        assertThat(stop).isEqualTo(new Stop(Stop.Reason.EXITED, 0, ""));
        assertThat(run.output()).isEqualTo("ttttt");
    }

    @Test
    void aHaltedGuestReallyWaitsByTheHostsClock() throws Exception {
        run = new RecordedRun(directory);
        long start = System.nanoTime();
        try (VirtualMachine vm = VirtualMachine.blank(
                run.configuration("").clock(TimeSource.HOST).build())) {
            vm.load(assembled(TICKS));
            assertThat(vm.run()).isEqualTo(new Stop(Stop.Reason.EXITED, 0, ""));
        }
        assertThat(run.output()).isEqualTo("ttttt");
        assertThat(System.nanoTime() - start).isGreaterThan(45_000_000);
    }

    @Test
    void aWaitByTheHostsClockEndsAtTheTimeLimit() throws Exception {
        run = new RecordedRun(directory);
        String forever = TICKS.replace("dec cx", "");
        try (VirtualMachine vm = VirtualMachine.blank(run.configuration("")
                .clock(TimeSource.HOST)
                .timeout(Duration.ofMillis(300))
                .build())) {
            vm.load(assembled(forever));
            assertThat(vm.run().message()).startsWith("the time limit of 0.3 s (--timeout) was reached");
        }
    }

    @Test
    void aWaitForAMaskedTimerIsToldAsOneThatNothingEnds() throws Exception {
        Stop stop = run(TICKS.replace("mov al, 0xfe", "mov al, 0xff"), "");
        assertThat(stop.reason()).isEqualTo(Stop.Reason.SHUTDOWN);
        assertThat(stop.message()).contains("waits (HLT) for an interrupt");
    }

    @Test
    void anInterruptWithoutAVectorIsATripleFault() throws Exception {
        Stop stop = run(TICKS.replace("sti", "lidt [none]\nsti") + "none: dw 0, 0, 0", "");
        assertThat(stop.reason()).isEqualTo(Stop.Reason.SHUTDOWN);
        assertThat(stop.message()).startsWith("triple fault: first #GP");
    }

    /** Halts until input comes, and sends each byte back, one higher; an end of input ends the wait. */
    private static final String ECHO_BY_INTERRUPT =
            """
            mov word [12 * 4], received
            mov word [12 * 4 + 2], cs
            mov al, 0x11
            out 0x20, al
            mov al, 8
            out 0x21, al
            mov al, 4
            out 0x21, al
            mov al, 1
            out 0x21, al
            mov al, 0xef
            out 0x21, al
            mov dx, 0x3f9
            mov al, 1
            out dx, al
            sti
            halted: hlt
            jmp halted
            received: mov dx, 0x3fa
            in al, dx
            test al, 1              ; nothing more
            jnz done
            mov dx, 0x3f8
            in al, dx
            inc al
            out dx, al
            jmp received
            done: mov al, 0x20
            out 0x20, al
            iret
            """;

    @Test
    void inputInterruptsAndItsEndEndsTheWait() throws Exception {
        Stop stop = run(ECHO_BY_INTERRUPT, "HAL");
        assertThat(run.output()).isEqualTo("IBM");
        assertThat(stop.message()).contains("waits (HLT) for an interrupt");
    }

    @Test
    void isSavedWhereItWaitsForInput() throws Exception {
        Path image = directory.resolve("vm.vmimg");
        run = new RecordedRun(directory);
        try (PipedOutputStream silent = new PipedOutputStream()) {
            Session session = new Session(run.configuration()
                    .standardInput(new PipedInputStream(silent))
                    .build());
            Outcome saved = session.save(assembled(ECHO_BY_INTERRUPT), new SavePoint.Input(), image);
            assertThat(saved.status()).isZero();
        }
        assertThat(run.output()).isEmpty();
        new Session(run.configuration("HAL").build()).restore(image);
        assertThat(run.output()).isEqualTo("IBM");
    }

    @Test
    void theTransmittersInterruptComesOncePerByte() throws Exception {
        String program = ECHO_BY_INTERRUPT
                .replace("mov al, 1\nout dx, al\nsti", "mov al, 2\nmov si, text\nout dx, al\nsti")
                .replaceFirst(
                        "(?s)received:.*",
                        """
                        received: mov dx, 0x3fa
                        in al, dx
                        cmp al, 2
                        jne bad
                        lodsb
                        test al, al
                        jz last
                        mov dx, 0x3f8
                        out dx, al
                        mov al, 0x20
                        out 0x20, al
                        iret
                        last: mov al, 5
                        out 0xf4, al
                        bad: mov al, 6
                        out 0xf4, al
                        text: db "interrupts", 0
                        """);
        assertThat(run(program, "")).isEqualTo(new Stop(Stop.Reason.EXITED, 11, ""));
        assertThat(run.output()).isEqualTo("interrupts");
    }

    @Test
    void endsByItsPortsAreToldApart() throws Exception {
        assertThat(run("mov eax, 0x1234\nout 0xf4, eax", "")).isEqualTo(new Stop(Stop.Reason.EXITED, 0x69, ""));
        assertThat(run("mov al, 0\nout 0xf4, al", "")).isEqualTo(new Stop(Stop.Reason.EXITED, 1, ""));
        assertThat(run("mov dx, 0x604\nmov ax, 0x2000\nout dx, ax", "")).isEqualTo(new Stop(Stop.Reason.EXITED, 0, ""));
        for (String reset : new String[] {
            "mov al, 0xfe\nout 0x64, al", "mov dx, 0xcf9\nmov al, 6\nout dx, al", "in al, 0x92\nor al, 1\nout 0x92, al"
        }) {
            Stop stop = run(reset, "");
            assertThat(stop.reason()).isEqualTo(Stop.Reason.RESET);
            assertThat(stop.status()).isEqualTo(125);
            assertThat(stop.message()).startsWith("the guest reset the machine (port 0x");
        }
    }

    @Test
    void enablingAddressLine20IsNoReset() throws Exception {
        Stop stop = run("in al, 0x92\nor al, 2\nout 0x92, al\ncli\nhlt", "");
        assertThat(stop).isEqualTo(new Stop(Stop.Reason.EXITED, 0, ""));
    }

    /** A hypercall that there is not is KVM_ENOSYS; SAVE, where nobody is there to save, EOPNOTSUPP. */
    @ParameterizedTest
    @CsvSource({"5, 1000", "400, 95"})
    void aHypercallIsAnswered(int number, int error) throws Exception {
        String program =
                """
                mov eax, %d
                vmcall
                add eax, %d + 'y'
                mov dx, 0x3f8
                out dx, al
                cli
                hlt
                """
                        .formatted(number, error);
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
