package io.scratchvm.vmm;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;

import io.scratchvm.vmm.api.Limits;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.device.GuestEnd;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Outcome;
import io.scratchvm.vmm.linux.signal.FatalSignal;
import java.io.IOException;
import java.util.OptionalLong;

/** One run of a VM: enters the guest, handles each VM exit, and enters it again until there is a reason to stop. */
final class RunLoop {
    /** What RAX holds after a hypercall that is not known: -KVM_ENOSYS. */
    private static final long UNKNOWN_HYPERCALL = -1000;

    /** The status of a guest that the VMM ended. */
    private static final int VMM_ERROR = 125;

    private final Machine machine;
    private final Vcpu vcpu;
    private final Guest guest;
    private final VmConfiguration configuration;
    private final SavePoint point;
    private final Interlude interlude;
    private final InterruptRequests interrupts;
    private final long limit;
    private long savePoint;

    /** Null until the first interlude. */
    private Slices slices;

    /** The instruction count at which the slice ends. */
    private long sliceEnd = Long.MAX_VALUE;

    /** @param point where to stop, or null */
    RunLoop(Machine machine, VmConfiguration configuration, SavePoint point) {
        this(machine, configuration, point, null);
    }

    /**
     * A run that is sliced from {@code point} on.
     *
     * @param point where the slices begin, or where to stop if there is no interlude; null for the start, or never
     * @param interlude called there and after each slice; null for a run in one piece
     */
    RunLoop(Machine machine, VmConfiguration configuration, SavePoint point, Interlude interlude) {
        this.machine = machine;
        this.vcpu = machine.hardware.vcpu;
        this.guest = machine.guest;
        this.configuration = configuration;
        this.point = point;
        this.interlude = interlude;
        this.interrupts = new InterruptRequests(machine.hardware);
        long left = configuration.limits().instructions();
        this.limit = left > Long.MAX_VALUE - vcpu.instructions ? Long.MAX_VALUE : vcpu.instructions + left;
        this.savePoint = point instanceof SavePoint.Instructions at ? at.count() : Long.MAX_VALUE;
    }

    Stop run() throws IOException {
        Limits limits = configuration.limits();
        machine.hardware.engine.setBreakpoint(breakpoint());
        guest.kernel().stopAtInput(point instanceof SavePoint.Input);
        try (Watchdog watchdog = new Watchdog(limits.time(), machine::requestStop)) {
            Stop stop = interlude != null && point == null ? beginSlices() : null;
            while (stop == null) {
                stop = enter(watchdog);
            }
            return stop;
        } finally {
            endSlices();
            machine.stopped();
        }
    }

    /** Enters the guest once, after what is due has happened; returns null where it is to be entered again. */
    private Stop enter(Watchdog watchdog) throws IOException {
        machine.hardware.timeline.advance(vcpu.instructions);
        if (vcpu.halted) {
            return halted(watchdog);
        }
        Stop stop = takeSignals();
        if (stop != null) {
            return stop;
        }
        interrupts.offer();
        return handle(machine.hardware.engine.run(horizon()), watchdog);
    }

    /** The instruction count at which the engine comes back at the latest: the nearest one at which there is something to do. */
    private long horizon() {
        long end = Math.min(Math.min(limit, savePoint), sliceEnd);
        return Math.min(end, machine.hardware.timeline.nextCount(vcpu.instructions));
    }

    private OptionalLong breakpoint() {
        if (!(point instanceof SavePoint.Symbol symbol)) {
            return OptionalLong.empty();
        }
        OptionalLong address = guest.symbols().address(symbol.name());
        if (address.isEmpty()) {
            throw new VmmException("the guest has no symbol '" + symbol.name()
                    + "'; --at takes a number of instructions, 'input', or a symbol that nm shows for it");
        }
        return address;
    }

    /** Returns null where the guest is to go on. */
    private Stop handle(Exit exit, Watchdog watchdog) throws IOException {
        return switch (exit) {
            case INSTRUCTIONS -> counted();
            case BREAKPOINT -> atSavePoint();
            case SYSTEM_CALL -> guest.makesSystemCalls() ? systemCall(watchdog) : halt();
            case HYPERCALL -> hypercall();
            case HALT, INTERRUPT_WINDOW -> null;
            case DEVICE -> device();
            case FAULT -> fault();
            case STOP_REQUEST -> stopRequested(watchdog);
            case SHUTDOWN ->
                new Stop(
                        Stop.Reason.SHUTDOWN,
                        VMM_ERROR,
                        ShutdownReport.of(
                                machine.hardware.engine.fault(), vcpu, machine.hardware.mmu, guest.symbols()));
        };
    }

    private Stop counted() throws IOException {
        if (vcpu.instructions >= savePoint) {
            return atSavePoint();
        }
        if (vcpu.instructions >= limit) {
            return limitReached("instruction");
        }
        return vcpu.instructions >= sliceEnd ? betweenSlices() : null;
    }

    private Stop atSavePoint() throws IOException {
        return interlude == null ? stopToBeSaved() : beginSlices();
    }

    private Stop stopToBeSaved() {
        machine.trace("SAVE OPERATION");
        return new Stop(Stop.Reason.SAVE_POINT, 0, "");
    }

    /** As KVM has it: the number in RAX, or in EAX outside of 64-bit mode, the result in RAX, and none for ring 3. */
    private Stop hypercall() throws IOException {
        long number = vcpu.mode64() ? vcpu.gpr[RAX] : vcpu.gpr[RAX] & 0xffff_ffffL;
        if (vcpu.cpl == 0 && number == guest.setup().saveCall()) {
            return save();
        }
        vcpu.gpr[RAX] = UNKNOWN_HYPERCALL;
        return null;
    }

    /** A HLT that the engine took for a system call's, in a guest that makes none. */
    private Stop halt() {
        vcpu.halted = true;
        return null;
    }

    /** Lets a halted vCPU wait for an interrupt. */
    private Stop halted(Watchdog watchdog) throws IOException {
        if ((vcpu.systemFlags & Flags.IF) == 0) {
            return new Stop(Stop.Reason.EXITED, 0, "");
        }
        InterruptRequests.Wait wait = interrupts.await(this::mustLeave);
        if (wait != InterruptRequests.Wait.INPUT) {
            return waited(wait, watchdog);
        }
        if (point instanceof SavePoint.Input && slices == null) {
            return atSavePoint();
        }
        return waited(interrupts.awaitInput(this::mustLeave), watchdog);
    }

    private Stop waited(InterruptRequests.Wait wait, Watchdog watchdog) throws IOException {
        return switch (wait) {
            case INTERRUPT -> {
                interrupts.offer();
                yield null;
            }
            case STOPPED -> stopRequested(watchdog);
            case INPUT, NOTHING_TO_COME ->
                new Stop(
                        Stop.Reason.SHUTDOWN,
                        VMM_ERROR,
                        "the guest waits (HLT) for an interrupt, and nothing in this machine can send one; RIP 0x"
                                + Long.toHexString(vcpu.rip) + ". End a guest with interrupts off: CLI, HLT");
        };
    }

    private boolean mustLeave() {
        return machine.mustStop() || slices != null && slices.isOver();
    }

    private Stop device() {
        GuestEnd end = machine.hardware.ports.takeEnd();
        if (end == null) {
            return null;
        }
        return switch (end.kind()) {
            case EXIT, POWER_OFF -> new Stop(Stop.Reason.EXITED, end.status(), "");
            case RESET -> new Stop(Stop.Reason.RESET, VMM_ERROR, ShutdownReport.ofReset(end.port(), vcpu));
        };
    }

    // -- slices -----------------------------------------------------------------------------------------------------

    /** The save point is reached, and was where the slices begin. */
    private Stop beginSlices() throws IOException {
        slices = new Slices(machine.hardware.engine::requestStop);
        savePoint = Long.MAX_VALUE;
        machine.hardware.engine.setBreakpoint(OptionalLong.empty());
        guest.kernel().stopAtInput(false);
        guest.kernel().putOffWaits(slices::isOver);
        return betweenSlices();
    }

    private Stop betweenSlices() throws IOException {
        if (!interlude.goesOn()) {
            guest.kernel().collectInput();
            return stopToBeSaved();
        }
        slices.begin();
        sliceEnd = vcpu.instructions + Slices.INSTRUCTIONS;
        return null;
    }

    private void endSlices() {
        if (slices != null) {
            slices.close();
            guest.kernel().putOffWaits(null);
        }
    }

    // -- system calls -----------------------------------------------------------------------------------------------

    private Stop systemCall(Watchdog watchdog) throws IOException {
        Outcome outcome = guest.kernel().systemCall();
        return switch (outcome.kind()) {
            case CONTINUE -> null;
            case EXITED -> new Stop(Stop.Reason.EXITED, outcome.number(), "");
            case KILLED -> killed(outcome);
            case SAVE -> save();
            case LIMIT -> limitReached(outcome.limit());
            case INPUT_WAIT -> atSavePoint();
            case STOPPED -> stopRequested(watchdog);
            case DEADLOCK -> deadlock();
            case WAIT, TASK_EXITED -> throw new AssertionError("the kernel lets another task run");
        };
    }

    private Stop deadlock() {
        return new Stop(
                Stop.Reason.SHUTDOWN,
                VMM_ERROR,
                "the guest waits for nothing that can happen: every one of its tasks waits for another one; RIP 0x"
                        + Long.toHexString(vcpu.rip));
    }

    private Stop killed(Outcome bySignal) {
        return killed(FatalSignal.sent(bySignal.number(), vcpu, guest.kernel().symbols()));
    }

    /** Returns null where the guest goes on without the process that ends. */
    private Stop killed(FatalSignal signal) {
        return guest.kernel().endChild(signal) ? null : new Stop(Stop.Reason.KILLED, signal.status(), signal.message());
    }

    private Stop save() throws IOException {
        if (point instanceof SavePoint.SaveCall && slices == null) {
            return atSaveCall();
        }
        machine.saveRequested();
        if (configuration.saveImage() == null) {
            machine.trace("SAVE OPERATION - return " + -Errno.EOPNOTSUPP);
            machine.refuseSave(Errno.EOPNOTSUPP);
            return null;
        }
        machine.trace("SAVE OPERATION");
        saveAndGoOn();
        return null;
    }

    private Stop atSaveCall() throws IOException {
        if (interlude != null) {
            vcpu.gpr[RAX] = 0;
            return beginSlices();
        }
        machine.saveRequested();
        machine.trace("SAVE OPERATION");
        return new Stop(Stop.Reason.SAVE, 0, "");
    }

    private void saveAndGoOn() {
        try {
            machine.save(configuration.saveImage(), null);
        } catch (IOException e) {
            machine.trace("SAVE FAILED " + ErrorMessage.of(e));
            machine.refuseSave(Errno.of(e));
        } catch (VmmException e) {
            machine.trace("SAVE FAILED " + ErrorMessage.of(e));
            machine.refuseSave(Errno.EIO);
        }
    }

    // -- faults and limits ------------------------------------------------------------------------------------------

    private Stop fault() {
        Fault fault = machine.hardware.engine.fault();
        if (guest.kernel().resolve(fault)) {
            return null;
        }
        long rip = vcpu.rip;
        Outcome outcome = guest.kernel().fault(fault);
        if (outcome.kind() == Outcome.Kind.CONTINUE) {
            return null;
        }
        vcpu.rip = rip;
        FatalSignal signal = FatalSignal.of(
                fault,
                vcpu,
                machine.hardware.mmu,
                guest.kernel().addressSpace(),
                guest.kernel().symbols());
        return outcome.number() == signal.number() ? killed(signal) : killed(outcome);
    }

    /** Returns null where the guest goes on, perhaps in a handler. */
    private Stop takeSignals() {
        Outcome outcome = guest.kernel().takeSignals();
        while (outcome.kind() == Outcome.Kind.KILLED) {
            Stop stop = killed(outcome);
            if (stop != null) {
                return stop;
            }
            outcome = guest.kernel().takeSignals();
        }
        return null;
    }

    private Stop stopRequested(Watchdog watchdog) throws IOException {
        if (slices != null && !machine.mustStop()) {
            return betweenSlices();
        }
        if (machine.hardware.console.outputTrouble() != null) {
            throw machine.hardware.console.outputTrouble();
        }
        if (machine.hardware.console.limitReached()) {
            return limitReached("output");
        }
        if (watchdog.hasExpired()) {
            return limitReached("time");
        }
        return new Stop(Stop.Reason.LIMIT, VMM_ERROR, "stopped by request, at RIP 0x" + Long.toHexString(vcpu.rip));
    }

    private Stop limitReached(String name) {
        return new Stop(Stop.Reason.LIMIT, VMM_ERROR, message(name) + ", at RIP 0x" + Long.toHexString(vcpu.rip));
    }

    private String message(String name) {
        Limits limits = configuration.limits();
        return switch (name) {
            case "instruction" ->
                "the limit of " + limits.instructions() + " instructions (--max-instructions) was reached";
            case "time" -> "the time limit of " + limits.time().toMillis() / 1000.0 + " s (--timeout) was reached";
            default -> "the limit of " + limits.output() + " bytes of output (--max-output) was reached";
        };
    }
}
