package io.scratchvm.vmm.linux.loader;

import io.scratchvm.vmm.linux.abi.Structure;
import java.nio.charset.StandardCharsets;

/**
 * What a Multiboot kernel is told by its loader (Multiboot Specification 0.6.96, section 3.3): the size and map of
 * memory, the command line, the loader's name, no modules.
 */
final class MultibootInformation {
    private static final int MEMORY = 1, COMMAND_LINE = 4, MODULES = 8, MEMORY_MAP = 0x40, LOADER_NAME = 0x200;

    private static final int INFORMATION_SIZE = 120;
    private static final int MAP_ENTRY = 24;
    private static final int AVAILABLE = 1, RESERVED = 2;

    /** Where a PC's low memory ends, and where its high memory begins. */
    static final long LOW_END = 0xa_0000, HIGH = 0x10_0000;

    private static final long KIB = 1024;
    private static final String LOADER = "vmm";

    private MultibootInformation() {}

    /** How many bytes it takes with this command line. */
    static int size(String commandLine) {
        return INFORMATION_SIZE + 3 * MAP_ENTRY + text(commandLine).length + text(LOADER).length;
    }

    /**
     * Its bytes.
     *
     * @param address where they will be
     * @param lowEnd where low memory that the kernel may use ends
     * @param memorySize all of memory
     */
    static byte[] bytes(long address, String commandLine, long lowEnd, long memorySize) {
        byte[] line = text(commandLine);
        byte[] loader = text(LOADER);
        int map = INFORMATION_SIZE;
        int texts = map + 3 * MAP_ENTRY;
        long high = Math.max(0, Math.min(memorySize, 1L << 32) - HIGH);
        Structure all = new Structure(size(commandLine))
                .putInt(0, MEMORY | COMMAND_LINE | MODULES | MEMORY_MAP | LOADER_NAME)
                .putInt(4, (int) (lowEnd / KIB))
                .putInt(8, (int) (high / KIB))
                .putInt(16, (int) (address + texts))
                .putInt(44, 3 * MAP_ENTRY)
                .putInt(48, (int) (address + map))
                .putInt(64, (int) (address + texts + line.length));
        entry(all, map, 0, lowEnd, AVAILABLE);
        entry(all, map + MAP_ENTRY, lowEnd, HIGH, RESERVED);
        entry(all, map + 2 * MAP_ENTRY, HIGH, Math.max(HIGH, memorySize), AVAILABLE);
        System.arraycopy(line, 0, all.bytes(), texts, line.length);
        System.arraycopy(loader, 0, all.bytes(), texts + line.length, loader.length);
        return all.bytes();
    }

    private static void entry(Structure all, int at, long start, long end, int type) {
        all.putInt(at, MAP_ENTRY - 4)
                .putLong(at + 4, start)
                .putLong(at + 12, end - start)
                .putInt(at + 20, type);
    }

    private static byte[] text(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }
}
