package io.scratchvm.maven.toolchain;

import java.nio.file.Path;
import java.util.List;

/**
 * What is to be made of what.
 *
 * @param base the module's directory; paths in images and messages are relative to it
 * @param output where the images go
 * @param boot the boot source
 * @param programs the programs
 * @param libc which C library
 * @param libcDirectory the guest's own C library: sources, and headers in {@code include}
 * @param script the linker script of images
 * @param bootAddress where the boot image is linked
 * @param appAddress where the programs' images are linked
 * @param cflags the compiler's options for the boot source and the programs
 * @param ldflags the linker's options
 * @param saveCall the number of the SAVE system call
 * @param direct whether each program is linked as a static Linux program, too
 * @param nasm NASM's name or path
 */
record GuestPlan(
        Path base,
        Path output,
        Path boot,
        List<GuestSource> programs,
        Libc libc,
        Path libcDirectory,
        Path script,
        long bootAddress,
        long appAddress,
        List<String> cflags,
        List<String> ldflags,
        int saveCall,
        boolean direct,
        String nasm) {
    /** Objects and the memory of how they were made. */
    Path objects() {
        return output.resolve("objects");
    }

    Path headers() {
        return libcDirectory.resolve("include");
    }

    /** A path as commands and messages name it: relative to the module, where it is in there. */
    String shown(Path file) {
        return file.startsWith(base) ? base.relativize(file).toString() : file.toString();
    }
}
