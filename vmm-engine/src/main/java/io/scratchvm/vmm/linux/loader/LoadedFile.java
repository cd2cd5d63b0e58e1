package io.scratchvm.vmm.linux.loader;

import io.scratchvm.vmm.api.VmmException;
import io.scratchvm.vmm.elf.ElfFile;
import io.scratchvm.vmm.elf.ElfSource;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** A file that a guest is made of, as it was when it was loaded. */
public final class LoadedFile {
    private final ElfSource source;
    private byte[] digest;
    private ElfFile elf;

    private LoadedFile(ElfSource source) {
        this.source = source;
    }

    /** Reads a file whole. */
    public static LoadedFile read(Path file) throws IOException {
        return new LoadedFile(ElfSource.of(file));
    }

    /** What is in memory already; {@code bytes} is not copied. */
    public static LoadedFile of(String name, byte[] bytes) {
        return new LoadedFile(ElfSource.of(name, bytes));
    }

    /** The path, as it was given. */
    public String name() {
        return source.name();
    }

    public long size() {
        return source.size();
    }

    public byte[] bytes() throws IOException {
        return source.read(0, (int) source.size());
    }

    /** The SHA-256 of its bytes. Computed when first asked for: only a save needs it. */
    public byte[] sha256() throws IOException {
        if (digest == null) {
            try {
                digest = MessageDigest.getInstance("SHA-256").digest(bytes());
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has SHA-256", e);
            }
        }
        return digest.clone();
    }

    /** Whether it is a sound ELF file. */
    public boolean isElf() throws IOException {
        try {
            elf();
            return true;
        } catch (VmmException noneOrDamaged) {
            return false;
        }
    }

    /**
     * The file as ELF.
     *
     * @throws VmmException if it is not a sound ELF file
     */
    public ElfFile elf() throws IOException {
        if (elf == null) {
            elf = ElfFile.of(source);
        }
        return elf;
    }
}
