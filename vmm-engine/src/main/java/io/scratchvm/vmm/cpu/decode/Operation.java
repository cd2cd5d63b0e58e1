package io.scratchvm.vmm.cpu.decode;

/** What an instruction does, under Intel's mnemonics. Conditions are in {@link Instruction#condition}. */
public enum Operation {
    /** No instruction of this CPU: #UD. */
    INVALID,

    // Data movement
    MOV, MOVZX, MOVSX, MOVSXD, LEA, XCHG, BSWAP, CMOVCC, SETCC, XLAT,
    PUSH, POP, PUSHA, POPA, PUSHF, POPF, ENTER, LEAVE, LAHF, SAHF,
    CBW, CWD,

    // Arithmetic and logic (CBW stands for CBW/CWDE/CDQE, CWD for CWD/CDQ/CQO, by operand size)
    ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, INC, DEC, NEG, NOT,
    MUL, IMUL, DIV, IDIV, XADD, CMPXCHG, CMPXCHG8B, CMPXCHG16B,
    DAA, DAS, AAA, AAS, AAM, AAD,

    // Shifts and bits
    ROL, ROR, RCL, RCR, SHL, SHR, SAR, SHLD, SHRD,
    BT, BTS, BTR, BTC, BSF, BSR, POPCNT,
    CLC, STC, CMC, CLD, STD, SALC,

    // Strings
    MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS,

    // Control transfer
    JMP, JCC, JRCXZ, LOOP, LOOPE, LOOPNE, CALL, RET,
    JMP_FAR, CALL_FAR, RET_FAR, IRET, INT, INT3, INT1, INTO, BOUND,
    SYSCALL, SYSRET, SYSENTER, SYSEXIT,

    // System
    NOP, PAUSE, HLT, UD, CLI, STI, IN, OUT, WAIT,
    LDS, LES, LFS, LGS, LSS, ARPL, LAR, LSL, VERR, VERW,
    LGDT, LIDT, SGDT, SIDT, LLDT, LTR, SLDT, STR, LMSW, SMSW, CLTS,
    INVD, WBINVD, INVLPG, RDMSR, WRMSR, RDTSC, RDTSCP, RDPMC, CPUID, VMCALL, SWAPGS, PREFETCH,
    LFENCE, SFENCE, MFENCE, CLFLUSH, FXSAVE, FXRSTOR, LDMXCSR, STMXCSR;
}
