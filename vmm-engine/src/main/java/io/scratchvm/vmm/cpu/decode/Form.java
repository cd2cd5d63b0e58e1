package io.scratchvm.vmm.cpu.decode;

/**
 * How an operand is encoded, under the abbreviations of Intel SDM volume 2, section A.2: a letter for the addressing
 * method (A.2.1) and one for the type (A.2.2).
 *
 * <p>Methods of our own: {@code r}, {@code x} and {@code s}, a general, XMM or segment register that the opcode
 * implies; {@code T}, {@code t} and {@code o} are x87's; {@code X} and {@code Y}, elements in memory. Types of our own:
 * {@code S}, a byte that is sign-extended, {@code o}, 16 bytes, and {@code -}, a size that the instruction itself says.
 */
enum Form {
    /** A general register or memory, by ModRM's mod and r/m. */
    Eb('E', 'b'),
    Ew('E', 'w'),
    Ed('E', 'd'),
    Ev('E', 'v'),
    Ey('E', 'y'),
    Ez('E', 'z'),
    /** The general register of ModRM's reg. */
    Gb('G', 'b'),
    Gw('G', 'w'),
    Gd('G', 'd'),
    Gv('G', 'v'),
    Gy('G', 'y'),
    Gz('G', 'z'),
    /** Memory only. */
    M('M', '-'),
    Mb('M', 'b'),
    Mw('M', 'w'),
    Md('M', 'd'),
    Mq('M', 'q'),
    Mx('M', 'x'),
    My('M', 'y'),
    Mv('M', 'v'),
    /** The general register of ModRM's r/m, never memory. */
    Rv('R', 'v'),
    Rd('R', 'd'),
    Ry('R', 'y'),
    /** The general register that VEX.vvvv names. */
    By('B', 'y'),
    /** A far pointer, a pair of bounds, a descriptor table register's image in memory. */
    Mp('M', '-'),
    Ma('M', '-'),
    Ms('M', '-'),
    /** The general register of the opcode's low three bits. */
    Zb('Z', 'b'),
    Zv('Z', 'v'),
    /** Immediates; {@code Ibs} is sign-extended. */
    Ib('I', 'b'),
    Ibs('I', 'S'),
    Iw('I', 'w'),
    Iz('I', 'z'),
    Iv('I', 'v'),
    /** Near branch targets, relative to the next instruction. */
    Jb('J', 'b'),
    Jz('J', 'z'),
    /** A far pointer in the instruction. */
    Ap('A', '-'),
    /** Memory at an offset in the instruction (moffs). */
    Ob('O', 'b'),
    Ov('O', 'v'),
    /** The segment, control or debug register of ModRM's reg. */
    Sw('S', 'w'),
    Cy('C', 'y'),
    Dy('D', 'y'),
    /**
     * The vector register of ModRM's reg; that of r/m, or memory; that of r/m, never memory. Under VEX.L, {@code x} is
     * a YMM register, or 32 bytes.
     */
    Vx('V', 'x'),
    Wx('W', 'x'),
    Wd('W', 'd'),
    Wq('W', 'q'),
    Ww('W', 'w'),
    Wb('W', 'b'),
    Ux('U', 'x'),
    /** The vector register that VEX.vvvv names; that of an immediate byte's upper half. */
    Hx('H', 'x'),
    Lx('L', 'x'),
    /** Of 16 bytes whatever VEX.L says. */
    Vo('V', 'o'),
    Wo('W', 'o'),
    Uo('U', 'o'),
    Mo('M', 'o'),
    Ho('H', 'o'),
    /** Elements in memory by a vector of indexes (VSIB); by one of 16 bytes whatever VEX.L says. */
    Xd('X', 'd'),
    Xq('X', 'q'),
    Yq('Y', 'q'),
    /** The same of MMX registers. */
    Pq('P', 'q'),
    Qq('Q', 'q'),
    Qd('Q', 'd'),
    Nq('N', 'q'),
    /** 80 bits of memory: extended precision or packed decimals. */
    Mt('M', 't'),
    /** The x87 register of ModRM's r/m; the top of the stack; the low eleven bits of an x87 opcode. */
    STi('T', '-'),
    ST0('t', '-'),
    Xo('o', '-'),
    /** Implied registers; {@code ONE} is the count of D0 and D1. */
    AL('r', 'b', 0),
    CL('r', 'b', 1),
    DX('r', 'w', 2),
    rAX('r', 'v', 0),
    ONE('1', 'b'),
    /** The mask of SSE4.1's variable blends. */
    XMM0('x', 'x', 0),
    ES('s', 'w', 0),
    CS('s', 'w', 1),
    SS('s', 'w', 2),
    DS('s', 'w', 3),
    FS('s', 'w', 4),
    GS('s', 'w', 5);

    final char method;
    final char type;
    /** The register that methods r, x and s imply. */
    final int number;

    Form(char method, char type) {
        this(method, type, 0);
    }

    Form(char method, char type, int number) {
        this.method = method;
        this.type = type;
        this.number = number;
    }
}
