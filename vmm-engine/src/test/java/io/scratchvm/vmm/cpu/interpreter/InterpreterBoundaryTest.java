package io.scratchvm.vmm.cpu.interpreter;

import static io.scratchvm.vmm.cpu.state.Vcpu.RAX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RBX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RCX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RDI;
import static io.scratchvm.vmm.cpu.state.Vcpu.RDX;
import static io.scratchvm.vmm.cpu.state.Vcpu.RSI;
import static io.scratchvm.vmm.cpu.state.Vcpu.RSP;
import static org.assertj.core.api.Assertions.assertThat;

import io.scratchvm.vmm.cpu.Exit;
import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.cpu.state.Flags;
import io.scratchvm.vmm.cpu.state.Vcpu;
import io.scratchvm.vmm.cpu.state.VcpuState;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts, boundaries and faults are exact, whatever the interpreter has decoded ahead. */
class InterpreterBoundaryTest {
    private static final long CODE = 0x10_0000;
    private static final long DATA = 0x11_0000;
    private static final int READ_ONLY_USER = 5;

    private final TestMachine machine = new TestMachine();
    private final Vcpu vcpu = machine.vcpu;

    /** Calls, a loop, REP, a division, stores into its own loop: what might tell one slice from another. */
    private static final int[] PROGRAM = {
        0xb9, 0x05, 0x00, 0x00, 0x00, // 00 mov ecx, 5
        0x51, //                         05 push rcx
        0xe8, 0x26, 0x00, 0x00, 0x00, // 06 call 31
        0xbe, 0x00, 0x00, 0x10, 0x00, // 0b mov esi, CODE
        0xbf, 0x00, 0x00, 0x11, 0x00, // 10 mov edi, DATA
        0xb9, 0x0d, 0x00, 0x00, 0x00, // 15 mov ecx, 13
        0xf3, 0xa4, //                   1a rep movsb
        0xfe, 0x05, 0x01, 0x00, 0x00, 0x00, // 1c inc byte [rip+1]: the immediate at 23
        0x05, 0x01, 0x00, 0x00, 0x00, // 22 add eax, 1
        0x59, //                         27 pop rcx
        0xff, 0xc9, //                   28 dec ecx
        0x75, 0xd9, //                   2a jne 05
        0xf4, //                         2c hlt, which ring 3 may not
        0x90, 0x90, 0x90, 0x90, //       2d
        0x31, 0xd2, //                   31 xor edx, edx
        0xb8, 0x39, 0x30, 0x00, 0x00, // 33 mov eax, 12345
        0xf7, 0xf1, //                   38 div ecx
        0x31, 0xc9, //                   3a xor ecx, ecx
        0xf3, 0xaa, //                   3c rep stosb, of nothing
        0xc3, //                         3e ret
    };

    private static TestMachine program() {
        TestMachine machine = new TestMachine().load(CODE, PROGRAM);
        machine.vcpu.gpr[RSP] = DATA + 0x1000;
        return machine;
    }

    /** The state after each number of instructions, run one by one. */
    private static Map<Long, VcpuState> trajectory() {
        Map<Long, VcpuState> states = new HashMap<>();
        TestMachine machine = program();
        while (machine.interpreter.run(machine.vcpu.instructions + 1) == Exit.INSTRUCTIONS) {
            states.put(machine.vcpu.instructions, VcpuState.of(machine.vcpu));
        }
        states.put(machine.vcpu.instructions, VcpuState.of(machine.vcpu));
        return states;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 7, 16, 1000})
    void slicesOfARunGiveTheSameStates(int slice) {
        Map<Long, VcpuState> expected = trajectory();
        assertThat(expected).hasSize(1 + 5 * (2 + 6 + 3 + 13 + 5));
        TestMachine machine = program();
        Exit exit;
        do {
            exit = machine.interpreter.run(machine.vcpu.instructions + slice);
            assertThat(VcpuState.of(machine.vcpu)).isEqualTo(expected.get(machine.vcpu.instructions));
        } while (exit == Exit.INSTRUCTIONS);
        assertThat(exit).isEqualTo(Exit.FAULT);
        assertThat(machine.vcpu.rip).isEqualTo(CODE + 0x2c);
        assertThat(machine.memory.read8(CODE + 0x23)).isEqualTo(6);
    }

    @Test
    void aStoreIntoTheRunningBlockIsSeenByTheNextInstruction() {
        machine.load(CODE, 0xc6, 0x05, 0x01, 0, 0, 0, 0x2a, 0xb0, 0x01, 0xf4); // mov byte [rip+1], 42; mov al, 1; hlt
        assertThat(machine.interpreter.run(100)).isEqualTo(Exit.FAULT);
        assertThat(vcpu.gpr[RAX]).isEqualTo(42);
        assertThat(vcpu.instructions).isEqualTo(2);
    }

    @Test
    void codeThatTheVmmWritesIsSeen() {
        machine.load(CODE, 0xb0, 0x01, 0xf4);
        machine.interpreter.run(1);
        machine.load(CODE, 0xb0, 0x02, 0xf4);
        machine.interpreter.run(2);
        assertThat(vcpu.gpr[RAX]).isEqualTo(2);
    }

    @Test
    void aPageTableEntryWrittenByTheRunningBlockCountsAtOnce() {
        // The page of the code itself is mapped elsewhere: mov qword [rdi], rsi; mov al, 1; hlt
        machine.load(CODE + 0x3000, 0x90, 0x90, 0x90, 0xb0, 0x02, 0xf4);
        machine.load(CODE, 0x48, 0x89, 0x37, 0xb0, 0x01, 0xf4);
        vcpu.gpr[RDI] = 0x4000 + (CODE >>> 12) * 8;
        vcpu.gpr[RSI] = CODE + 0x3000 | 7;
        machine.interpreter.run(100);
        assertThat(vcpu.gpr[RAX]).isEqualTo(2);
    }

    @Test
    void anInstructionMayCrossPages() {
        machine.load(CODE + 0xffe, 0xb8, 0x78, 0x56, 0x34, 0x12, 0xf4);
        machine.interpreter.run(10);
        assertThat(vcpu.gpr[RAX]).isEqualTo(0x1234_5678);
        assertThat(vcpu.instructions).isEqualTo(1);
        machine.memory.write(CODE + 0x1002, 0x11, 1);
        vcpu.rip = CODE + 0xffe;
        machine.interpreter.run(10);
        assertThat(vcpu.gpr[RAX]).isEqualTo(0x1134_5678);
    }

    @Test
    void aFetchFaultsWhereTheSecondPageIsMissing() {
        machine.mapPage(CODE + 0x1000, 0);
        machine.load(CODE + 0xffd, 0x90, 0xb8, 0x78, 0x56, 0x34, 0x12);
        assertThat(machine.interpreter.run(10)).isEqualTo(Exit.FAULT);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.PF);
        assertThat(machine.interpreter.fault().address()).isEqualTo(CODE + 0x1000);
        assertThat(vcpu.rip).isEqualTo(CODE + 0xffe);
        assertThat(vcpu.instructions).isEqualTo(1);
    }

    @Test
    void repetitionStopsBetweenIterations() {
        machine.load(CODE, 0xf3, 0x48, 0xab, 0xf4); // rep stosq
        vcpu.gpr[RCX] = 10;
        vcpu.gpr[RDI] = DATA;
        vcpu.gpr[RAX] = -1;
        assertThat(machine.interpreter.run(4)).isEqualTo(Exit.INSTRUCTIONS);
        assertThat(vcpu.rip).isEqualTo(CODE);
        assertThat(vcpu.gpr[RCX]).isEqualTo(6);
        assertThat(vcpu.gpr[RDI]).isEqualTo(DATA + 32);
        assertThat(machine.memory.read64(DATA + 32)).isZero();
        assertThat(machine.interpreter.run(100)).isEqualTo(Exit.FAULT);
        assertThat(vcpu.instructions).isEqualTo(10);
    }

    @Test
    void repetitionFaultsAtTheIterationThatFaults() {
        machine.load(CODE, 0xf3, 0xa4, 0xf4); // rep movsb
        machine.mapPage(DATA + 0x1000, 0);
        vcpu.gpr[RCX] = 100;
        vcpu.gpr[RSI] = CODE;
        vcpu.gpr[RDI] = DATA + 0xffd;
        assertThat(machine.interpreter.run(1000)).isEqualTo(Exit.FAULT);
        assertThat(machine.interpreter.fault().address()).isEqualTo(DATA + 0x1000);
        assertThat(vcpu.gpr[RCX]).isEqualTo(97);
        assertThat(vcpu.gpr[RDI]).isEqualTo(DATA + 0x1000);
        assertThat(vcpu.instructions).isEqualTo(3);
        assertThat(vcpu.rip).isEqualTo(CODE);
    }

    @Test
    void comparisonRepeatsWhileTheConditionHolds() {
        machine.load(CODE, 0xf2, 0xae, 0xf4); // repne scasb
        machine.memory.write(DATA + 3, 0x41, 1);
        vcpu.gpr[RAX] = 0x41;
        vcpu.gpr[RCX] = 100;
        vcpu.gpr[RDI] = DATA;
        machine.interpreter.run(1000);
        assertThat(vcpu.gpr[RCX]).isEqualTo(96);
        assertThat(vcpu.gpr[RDI]).isEqualTo(DATA + 4);
        assertThat(vcpu.instructions).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "50", // push rax
                "0107", // add [rdi], eax
                "ff07", // inc dword [rdi]
                "8f07", // pop qword [rdi]
                "8707", // xchg [rdi], eax
                "0fab07", // bts [rdi], eax
                "d327", // shl dword [rdi], cl
                "c7074d000000", // mov dword [rdi], 77
                "e800000000", // call
                "ff16", // call [rsi], the push faults
                "c8100000", // enter 16, 0
                "0fb00f", // cmpxchg [rdi], cl
                "0fc10f", // xadd [rdi], ecx
                "a4", // movsb
                "6a05", // push 5
                "ff36" // push [rsi]
            })
    void aFaultingWriteChangesNothing(String hex) {
        machine.mapPage(DATA, DATA | READ_ONLY_USER);
        machine.memory.write64(DATA + 0x2000, CODE);
        machine.load(CODE, java.util.HexFormat.of().parseHex(hex + "f4"));
        vcpu.gpr[RDI] = DATA + 16;
        vcpu.gpr[RSI] = DATA + 0x2000;
        vcpu.gpr[RSP] = DATA + 64;
        vcpu.gpr[RCX] = 1;
        vcpu.setRflags(0x246);
        VcpuState before = VcpuState.of(vcpu);
        assertThat(machine.interpreter.run(10)).isEqualTo(Exit.FAULT);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.PF);
        assertThat(machine.interpreter.fault().errorCode())
                .as("user write, page present")
                .isEqualTo(7);
        assertThat(VcpuState.of(vcpu)).isEqualTo(before);
        assertThat(machine.memory.isZeroPage(DATA)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0xcc, 3", "0xf1, 1"})
    void aBreakpointInstructionIsOfferedAsAFault(int opcode, int vector) {
        machine.load(CODE, 0x90, opcode);
        assertThat(machine.interpreter.run(10)).isEqualTo(Exit.FAULT);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(vector);
        assertThat(vcpu.rip).isEqualTo(CODE + 1);
        assertThat(vcpu.instructions).isEqualTo(1);
    }

    @Test
    void aComparisonIsABoundaryThoughTheJumpFollows() {
        machine.load(CODE, 0x39, 0xd8, 0x74, 0x01, 0x90, 0xf4); // cmp eax, ebx; je past the nop; nop; hlt
        machine.interpreter.run(1);
        assertThat(vcpu.rip).isEqualTo(CODE + 2);
        assertThat(vcpu.flags.zf()).isTrue();
        machine.interpreter.run(2);
        assertThat(vcpu.rip).isEqualTo(CODE + 5);
    }

    /** Each condition of the fused pair against the same two instructions run one by one. */
    @ParameterizedTest
    @ValueSource(strings = {"39d8", "4839d8", "38d8", "6639d8", "85d8", "84d8", "83f8ff", "4883f87f", "3c80", "803f80"})
    void comparisonAndJumpAgreeWithTheTwoByThemselves(String comparison) {
        long[] values = {0, 1, -1, 0x7f, 0x80, 0x7fff_ffffL, 0x8000_0000L, Long.MAX_VALUE, Long.MIN_VALUE, 0xff};
        for (int condition = 0; condition < 16; condition++) {
            String jump = Integer.toHexString(0x70 + condition) + "20";
            machine.load(CODE, java.util.HexFormat.of().parseHex(comparison + jump));
            for (int n = 0; n < values.length * values.length; n++) {
                vcpu.gpr[RAX] = values[n / values.length];
                vcpu.gpr[RBX] = values[n % values.length];
                vcpu.gpr[RDI] = DATA;
                machine.memory.write64(DATA, vcpu.gpr[RAX]);
                vcpu.rip = CODE;
                machine.interpreter.run(vcpu.instructions + 2);
                VcpuState both = VcpuState.of(vcpu);
                vcpu.rip = CODE;
                vcpu.instructions -= 2;
                machine.interpreter.run(vcpu.instructions + 1);
                machine.interpreter.run(vcpu.instructions + 1);
                assertThat(VcpuState.of(vcpu)).isEqualTo(both);
            }
        }
    }

    @Test
    void divisionFaultsChangeNothing() {
        machine.load(CODE, 0x48, 0xf7, 0xf1); // div rcx
        vcpu.gpr[RDX] = 5;
        vcpu.gpr[RCX] = 5;
        VcpuState before = VcpuState.of(vcpu);
        assertThat(machine.interpreter.run(10)).isEqualTo(Exit.FAULT);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.DE);
        assertThat(VcpuState.of(vcpu)).isEqualTo(before);
    }

    @Test
    void addressesThatAreNotCanonicalFaultBySegment() {
        vcpu.gpr[RSP] = vcpu.gpr[RBX] = 1L << 60;
        machine.load(CODE, 0x58); // pop rax
        machine.interpreter.run(10);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.SS);
        machine.load(CODE, 0x8b, 0x04, 0x24); // mov eax, [rsp]
        machine.interpreter.run(10);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.SS);
        machine.load(CODE, 0x8b, 0x03); // mov eax, [rbx]
        machine.interpreter.run(10);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.GP);
        machine.load(CODE, 0xff, 0xe3); // jmp rbx
        machine.interpreter.run(10);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.GP);
        assertThat(vcpu.rip).isEqualTo(CODE);
    }

    @Test
    void anInstructionOfMoreThan15BytesIsAGeneralProtectionFault() {
        int[] code = new int[17];
        java.util.Arrays.fill(code, 0x66);
        code[16] = 0x90;
        machine.load(CODE, code);
        machine.interpreter.run(10);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.GP);
        machine.load(CODE, 0x0f, 0x0b);
        machine.interpreter.run(10);
        assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.UD);
    }

    @Test
    void aBreakpointStopsBeforeItsInstructionButNotTheFirstOfARun() {
        machine.load(CODE, 0xff, 0xc0, 0xff, 0xc0, 0xff, 0xc0, 0xeb, 0xf8); // 3 times inc eax; jmp to the first
        machine.interpreter.setBreakpoint(OptionalLong.of(CODE + 2));
        for (int round = 0; round < 3; round++) {
            assertThat(machine.interpreter.run(1000)).isEqualTo(Exit.BREAKPOINT);
            assertThat(vcpu.rip).isEqualTo(CODE + 2);
            assertThat(vcpu.gpr[RAX]).isEqualTo(1 + 3L * round);
        }
        machine.interpreter.setBreakpoint(OptionalLong.empty());
        assertThat(machine.interpreter.run(1000)).isEqualTo(Exit.INSTRUCTIONS);
    }

    @Test
    void aStopRequestEndsAnEndlessLoopAndAnEndlessRepetition() throws Exception {
        machine.load(CODE, 0xeb, 0xfe);
        assertThat(stopped()).isEqualTo(Exit.STOP_REQUEST);
        machine.load(CODE, 0xf3, 0x67, 0xac, 0xeb, 0xfb); // rep lodsb [esi], over and over
        machine.vcpu.gpr[RCX] = 0xffff_ffffL;
        vcpu.gpr[RSI] = 0x20_0000;
        assertThat(stopped()).isEqualTo(Exit.STOP_REQUEST);
    }

    private Exit stopped() throws InterruptedException {
        Thread thread = new Thread(machine.interpreter::requestStop);
        thread.start();
        Exit exit = machine.interpreter.run(Long.MAX_VALUE);
        thread.join();
        return exit;
    }

    @Test
    void theTrapFlagTrapsAfterEachInstruction() {
        machine.load(CODE, 0xff, 0xc0, 0xff, 0xc0, 0xff, 0xc0);
        vcpu.setRflags(0x202 | Flags.TF);
        for (int n = 1; n <= 3; n++) {
            assertThat(machine.interpreter.run(1000)).isEqualTo(Exit.FAULT);
            assertThat(machine.interpreter.fault().vector()).isEqualTo(Fault.DB);
            assertThat(vcpu.gpr[RAX]).isEqualTo(n);
            assertThat(vcpu.rip).isEqualTo(CODE + 2 * n);
            assertThat(vcpu.instructions).isEqualTo(n);
        }
    }
}
