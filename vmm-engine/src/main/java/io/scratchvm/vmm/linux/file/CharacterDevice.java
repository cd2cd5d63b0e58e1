package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.device.Random;
import io.scratchvm.vmm.host.GuestPath;
import io.scratchvm.vmm.host.HostFile;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import java.io.IOException;
import java.util.Arrays;

/** The devices of Linux that are software only (null(4), full(4), random(4)), with their numbers. */
public enum CharacterDevice {
    NULL("null", 3),
    ZERO("zero", 5),
    FULL("full", 7),
    RANDOM("random", 8),
    URANDOM("urandom", 9);

    private static final int MEMORY_MAJOR = 1;

    private final String fileName;
    private final int minor;

    CharacterDevice(String fileName, int minor) {
        this.fileName = fileName;
        this.minor = minor;
    }

    /** Its name in /dev. */
    public String fileName() {
        return fileName;
    }

    /** st_rdev of stat(2). */
    public int number() {
        return MEMORY_MAJOR << 8 | minor;
    }

    /** The device at this path, or null. */
    public static @Nullable CharacterDevice at(GuestPath path) {
        for (CharacterDevice device : values()) {
            if (path.names().size() == 2
                    && path.parent().name().equals("dev")
                    && path.name().equals(device.fileName)) {
                return device;
            }
        }
        return null;
    }

    /** The device, open. Positions mean nothing to it. */
    public HostFile open(Random random) {
        return new Opened(this, random);
    }

    private record Opened(CharacterDevice device, Random random) implements HostFile {
        @Override
        public int read(long position, byte[] to, int offset, int length) {
            switch (device) {
                case NULL -> {
                    return 0;
                }
                case ZERO, FULL -> Arrays.fill(to, offset, offset + length, (byte) 0);
                case RANDOM, URANDOM -> {
                    byte[] drawn = new byte[length];
                    random.fill(drawn);
                    System.arraycopy(drawn, 0, to, offset, length);
                }
            }
            return length;
        }

        @Override
        public void write(long position, byte[] from, int offset, int length) throws IOException {
            if (device == FULL && length > 0) {
                throw new SystemCallError(Errno.ENOSPC);
            }
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        public void setSize(long size) {
            throw new SystemCallError(Errno.EINVAL);
        }

        @Override
        public void force() {
            throw new SystemCallError(Errno.EINVAL);
        }

        @Override
        public Object key() {
            return device;
        }

        @Override
        public void close() {}
    }
}
