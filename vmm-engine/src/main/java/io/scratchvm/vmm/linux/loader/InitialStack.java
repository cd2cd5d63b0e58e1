package io.scratchvm.vmm.linux.loader;

import static io.scratchvm.vmm.memory.PhysicalMemory.PAGE_SIZE;

import io.scratchvm.vmm.api.VmmException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The stack that a program starts on (System V ABI for AMD64, section 3.4.1), laid out as Linux does: from RSP up argc,
 * argv, envp and the auxiliary vector; above them AT_RANDOM's bytes, the platform's name, the arguments, the environment
 * and, at the very top, the program's path.
 */
public final class InitialStack {
    /** Bytes of one string, its end included (Linux's MAX_ARG_STRLEN). */
    public static final int LONGEST_STRING = 32 * PAGE_SIZE;
    /** Bytes of all strings and the pointers to them: a quarter of the stack's limit, as on Linux. */
    public static final int LARGEST = 2 << 20;

    private static final int AT_NULL = 0,
            AT_IGNORE = 1,
            AT_PHDR = 3,
            AT_PHENT = 4,
            AT_PHNUM = 5,
            AT_PAGESZ = 6,
            AT_BASE = 7,
            AT_FLAGS = 8,
            AT_ENTRY = 9,
            AT_UID = 11,
            AT_EUID = 12,
            AT_GID = 13,
            AT_EGID = 14,
            AT_PLATFORM = 15,
            AT_HWCAP = 16,
            AT_CLKTCK = 17,
            AT_SECURE = 23,
            AT_RANDOM = 25,
            AT_HWCAP2 = 26,
            AT_EXECFN = 31,
            AT_SYSINFO_EHDR = 33;

    /** User programs may set the bases of FS and GS themselves. */
    private static final int HWCAP2_FSGSBASE = 1 << 1;

    /** Where the program's headers are, for the program to find them. */
    record ProgramHeaders(long address, int size, int count, long entry) {}

    private final ByteBuffer bytes;
    /** The address of the first of {@link #bytes}. */
    private final long base;

    private final long stackPointer;
    private final byte[] auxiliaryVector;

    /**
     * @param top first address past the stack
     * @param vdso where the vDSO is; 0 for nowhere
     */
    InitialStack(long top, String path, ProgramArguments program, ProgramHeaders headers, long vdso) {
        List<byte[]> arguments = strings("argument", program.arguments(), program.charset());
        List<byte[]> environment = strings("environment variable", program.environment(), program.charset());
        byte[] executable = string("program's path", 0, path, StandardCharsets.UTF_8);
        int stringBytes = size(arguments) + size(environment) + executable.length;
        int pointers = 8 * (arguments.size() + environment.size());
        if (stringBytes + pointers > LARGEST) {
            throw new VmmException("the arguments and the environment take " + (stringBytes + pointers)
                    + " bytes; at most " + LARGEST + " fit the stack");
        }
        int capacity = stringBytes + pointers + 1024;
        this.base = top - capacity;
        this.bytes = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);

        bytes.position(capacity - 8 - stringBytes);
        List<Long> argumentAddresses = put(arguments);
        List<Long> environmentAddresses = put(environment);
        long executableAddress = put(executable);

        bytes.position(capacity - 8 - stringBytes - 32);
        long platformAddress = put("x86_64\0".getBytes(StandardCharsets.US_ASCII));
        long randomAddress = put(program.random());
        this.auxiliaryVector =
                auxiliaryVector(program, headers, vdso, executableAddress, platformAddress, randomAddress);

        long room = auxiliaryVector.length + 8L * (3 + arguments.size() + environment.size());
        this.stackPointer = platformAddress - room & -16;
        bytes.position((int) (stackPointer - base));
        bytes.putLong(arguments.size());
        argumentAddresses.forEach(bytes::putLong);
        bytes.putLong(0);
        environmentAddresses.forEach(bytes::putLong);
        bytes.putLong(0);
        bytes.put(auxiliaryVector);
    }

    private static List<byte[]> strings(String what, List<String> strings, Charset charset) {
        List<byte[]> result = new ArrayList<>(strings.size());
        for (String string : strings) {
            result.add(string(what, result.size(), string, charset));
        }
        return result;
    }

    private static byte[] string(String what, int index, String string, Charset charset) {
        byte[] bytes = (string + '\0').getBytes(charset);
        if (string.indexOf('\0') >= 0) {
            throw new VmmException(what + " " + index + " has a zero byte in it, which would end it");
        }
        if (bytes.length > LONGEST_STRING) {
            throw new VmmException(what + " " + index + " has " + (bytes.length - 1) + " bytes; at most "
                    + (LONGEST_STRING - 1) + " are allowed");
        }
        return bytes;
    }

    /** Saturates well above what is allowed. */
    private static int size(List<byte[]> strings) {
        long size = 0;
        for (byte[] string : strings) {
            size += string.length + 8;
        }
        return (int) Math.min(size, Integer.MAX_VALUE / 4) - 8 * strings.size();
    }

    private List<Long> put(List<byte[]> strings) {
        List<Long> addresses = new ArrayList<>(strings.size());
        for (byte[] string : strings) {
            addresses.add(put(string));
        }
        return addresses;
    }

    private long put(byte[] value) {
        long address = base + bytes.position();
        bytes.put(value);
        return address;
    }

    private static byte[] auxiliaryVector(
            ProgramArguments program, ProgramHeaders headers, long vdso, long executable, long platform, long random) {
        long[] pairs = {
            vdso == 0 ? AT_IGNORE : AT_SYSINFO_EHDR,
            vdso,
            AT_HWCAP,
            program.processorFeatures(),
            AT_PAGESZ,
            PAGE_SIZE,
            AT_CLKTCK,
            100,
            AT_PHDR,
            headers.address(),
            AT_PHENT,
            headers.size(),
            AT_PHNUM,
            headers.count(),
            AT_BASE,
            0,
            AT_FLAGS,
            0,
            AT_ENTRY,
            headers.entry(),
            AT_UID,
            program.user(),
            AT_EUID,
            program.user(),
            AT_GID,
            program.group(),
            AT_EGID,
            program.group(),
            AT_SECURE,
            0,
            AT_RANDOM,
            random,
            AT_HWCAP2,
            HWCAP2_FSGSBASE,
            AT_EXECFN,
            executable,
            AT_PLATFORM,
            platform,
            AT_NULL,
            0
        };
        ByteBuffer vector = ByteBuffer.allocate(8 * pairs.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : pairs) {
            vector.putLong(value);
        }
        return vector.array();
    }

    /** RSP at the program's entry. */
    long stackPointer() {
        return stackPointer;
    }

    byte[] auxiliaryVector() {
        return auxiliaryVector;
    }

    /** Everything from {@link #stackPointer} up to the stack's top. */
    byte[] contents() {
        int from = (int) (stackPointer - base);
        byte[] contents = new byte[bytes.capacity() - from];
        bytes.get(from, contents);
        return contents;
    }
}
