package io.scratchvm.maven.toolchain;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a user chooses about a guest's build: the parameters of {@code vmm:assemble}.
 *
 * @param base the module's directory
 * @param output where the images go
 * @param programs the directory of the programs' sources
 * @param boot the directory of the boot source
 * @param libcDirectory the directory of a C library of the module's own
 * @param script a linker script of the module's own
 * @param toolchain {@code auto}, {@code embedded}, a compiler's name or path
 * @param nasm NASM's name or path
 * @param libc {@code own}, {@code system}, {@code none}, or null for what suits the toolchain
 * @param cflags options of the compiler, in one line
 * @param ldflags options of the linker, in one line
 * @param bootAddress where the boot image is linked
 * @param appAddress where the programs' images are linked
 * @param saveCall the number of the SAVE system call
 * @param direct whether each program is linked as a static Linux program, too
 * @param limit the time that one run of a tool may take
 */
public record GuestSettings(
        Path base,
        Path output,
        Path programs,
        Path boot,
        Path libcDirectory,
        Path script,
        String toolchain,
        String nasm,
        String libc,
        String cflags,
        String ldflags,
        long bootAddress,
        long appAddress,
        int saveCall,
        boolean direct,
        Duration limit) {}
