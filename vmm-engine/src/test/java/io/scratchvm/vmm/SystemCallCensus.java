package io.scratchvm.vmm;

import io.scratchvm.vmm.api.Start;
import io.scratchvm.vmm.api.VmConfiguration;
import io.scratchvm.vmm.linux.CallNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which of Linux's system calls the VMM carries out: each is made, without arguments, by a program of its own VM. */
final class SystemCallCensus {
    /** What became of a call. */
    enum Answer {
        /** It was carried out, or refused for its missing arguments. */
        CARRIED_OUT("Carried out"),
        /** -EPERM, once their arguments are right. */
        PRIVILEGED("Refused, as to any user without privileges: -EPERM"),
        /** -EOPNOTSUPP, an empty list. */
        NO_ATTRIBUTES("Answered as by a file system without extended attributes: -EOPNOTSUPP"),
        /** -EAFNOSUPPORT or -ENOTSOCK. */
        SOCKET_PAIRS("On the sockets of socketpair(2); there are no others: -EAFNOSUPPORT, -ENOTSOCK"),
        /** -ENOSYS. */
        UNKNOWN("-ENOSYS");

        private final String title;

        Answer(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    private static final int ENOSYS = 38, ENOTSOCK = 88, EAFNOSUPPORT = 97;
    private static final int LAST = 450;

    /** More than any call takes that returns. */
    private static final int INSTRUCTIONS = 10_000;

    /** Names in Linux's table without a function behind them: every x86-64 Linux answers -ENOSYS. */
    private static final Set<String> UNKNOWN_TO_LINUX = Set.of(
            "uselib",
            "_sysctl",
            "create_module",
            "get_kernel_syms",
            "query_module",
            "nfsservctl",
            "getpmsg",
            "putpmsg",
            "afs_syscall",
            "tuxcall",
            "security",
            "set_thread_area",
            "get_thread_area",
            "epoll_ctl_old",
            "epoll_wait_old",
            "vserver");

    private static final long ADDRESS = 0x40_0000;
    private static final int HEADERS = 64 + 56;

    private final Path program;
    private final VmConfiguration configuration;

    /** @param directory an empty one */
    SystemCallCensus(Path directory) throws IOException {
        program = directory.resolve("program");
        configuration = VmConfiguration.builder()
                .root(Files.createDirectory(directory.resolve("root")))
                .standardInput(InputStream.nullInputStream())
                .memorySize(16 << 20)
                .maxInstructions(INSTRUCTIONS)
                .build();
    }

    /** The names of all calls of Linux, by what becomes of them here. */
    Map<Answer, Set<String>> take() throws IOException {
        Map<Answer, Set<String>> names = new EnumMap<>(Answer.class);
        for (Answer answer : Answer.values()) {
            names.put(answer, new TreeSet<>());
        }
        for (int number = 0; number <= LAST; number++) {
            String name = CallNames.of(number);
            if (!name.equals("?") && !UNKNOWN_TO_LINUX.contains(name)) {
                names.get(answer(number)).add(name);
            }
        }
        return names;
    }

    private Answer answer(int number) throws IOException {
        if (CallNames.isPrivileged(number)) {
            return Answer.PRIVILEGED;
        }
        return CallNames.of(number).endsWith("xattr") ? Answer.NO_ATTRIBUTES : made(number);
    }

    private Answer made(int number) throws IOException {
        Files.write(program, elf(code(number)));
        try (VirtualMachine machine = VirtualMachine.blank(configuration)) {
            machine.load(new Start.Program(program, List.of()));
            Stop stop = machine.run();
            if (stop.reason() != Stop.Reason.EXITED) {
                return Answer.CARRIED_OUT;
            }
            return switch (stop.status()) {
                case ENOSYS -> Answer.UNKNOWN;
                case ENOTSOCK, EAFNOSUPPORT -> Answer.SOCKET_PAIRS;
                default -> Answer.CARRIED_OUT;
            };
        }
    }

    /** Makes the call, its arguments 0, and exits with the error's number, or 0. */
    private static byte[] code(int number) {
        ByteBuffer code = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        code.put(bytes(0x31, 0xff, 0x31, 0xf6, 0x31, 0xd2)); // xor edi, edi; xor esi, esi; xor edx, edx
        code.put(bytes(0x45, 0x31, 0xd2, 0x45, 0x31, 0xc0, 0x45, 0x31, 0xc9)); // the same of r10d, r8d, r9d
        code.put((byte) 0xb8).putInt(number); // mov eax, number
        code.put(bytes(0x0f, 0x05)); // syscall
        code.put(bytes(0x48, 0x3d)).putInt(-4095); // cmp rax, -4095
        code.put(bytes(0x72, 0x04)); // jb past the next two
        code.put(bytes(0x89, 0xc7, 0xf7, 0xdf)); // mov edi, eax; neg edi
        code.put((byte) 0xb8).putInt(231); // mov eax, exit_group
        code.put(bytes(0x0f, 0x05)); // syscall
        return code.array();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** A static program of one segment (elf(5)). */
    private static byte[] elf(byte[] code) {
        ByteBuffer file = ByteBuffer.allocate(HEADERS + code.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(bytes(0x7f, 'E', 'L', 'F', 2, 1, 1)).position(16);
        file.putShort((short) 2).putShort((short) 62).putInt(1); // ET_EXEC, EM_X86_64
        file.putLong(ADDRESS + HEADERS).putLong(64).putLong(0).putInt(0);
        file.putShort((short) 64).putShort((short) 56).putShort((short) 1).position(64);
        file.putInt(1).putInt(5); // PT_LOAD, readable and executable
        file.putLong(0).putLong(ADDRESS).putLong(ADDRESS);
        file.putLong(file.capacity()).putLong(file.capacity()).putLong(0x1000);
        return file.put(code).array();
    }
}
