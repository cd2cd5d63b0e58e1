package io.scratchvm.vmm.linux.abi;

import io.scratchvm.vmm.cpu.state.Fault;
import io.scratchvm.vmm.memory.Mmu;
import io.scratchvm.vmm.memory.PhysicalMemory;
import java.io.ByteArrayOutputStream;

/** The guest's memory as a system call reaches it: through the guest's page tables, with the rights of its program. */
public final class UserMemory {
    /** Bytes of a path with its end, at most. */
    public static final int PATH_MAX = 4096;

    /** The first address that a program cannot have (TASK_SIZE_MAX of Linux with 4-level paging). */
    public static final long LIMIT = 0x7fff_ffff_f000L;

    private static final int PAGE_SIZE = PhysicalMemory.PAGE_SIZE;

    private final Mmu mmu;
    private UserFaults faults;

    public UserMemory(Mmu mmu, UserFaults faults) {
        this.mmu = mmu;
        this.faults = faults;
    }

    /** From now on {@code faults} is asked for the pages that are not there. */
    public void offerFaultsTo(UserFaults faults) {
        this.faults = faults;
    }

    /** The way there for what reads and writes as an instruction does. */
    public Mmu mmu() {
        return mmu;
    }

    /** How much physical memory there is, in bytes. */
    public long size() {
        return mmu.physical().size();
    }

    /** Whether the range lies where a program's memory can be at all. */
    public static boolean isUserRange(long address, long length) {
        return address >= 0 && length >= 0 && length <= LIMIT && address <= LIMIT - length;
    }

    /** @throws SystemCallError EFAULT if {@link #isUserRange} does not hold */
    public static void checkUserRange(long address, long length) {
        if (!isUserRange(address, length)) {
            throw new SystemCallError(Errno.EFAULT);
        }
    }

    /** Copies out of the guest, up to the first byte that it may not read; says how many were copied. */
    public int readSome(long address, byte[] to, int offset, int length) {
        int done = 0;
        while (done < length) {
            int n = inPage(address + done, length - done);
            if (!isUserRange(address + done, n) || !readPart(address + done, to, offset + done, n, false)) {
                break;
            }
            done += n;
        }
        return done;
    }

    /** Copies into the guest, up to the first byte that it may not write; says how many were copied. */
    public int writeSome(long address, byte[] from, int offset, int length) {
        int done = 0;
        while (done < length) {
            int n = inPage(address + done, length - done);
            if (!isUserRange(address + done, n) || !writePart(address + done, from, offset + done, n, false)) {
                break;
            }
            done += n;
        }
        return done;
    }

    private static int inPage(long address, int length) {
        return Math.min(length, PAGE_SIZE - ((int) address & PAGE_SIZE - 1));
    }

    private boolean readPart(long address, byte[] to, int offset, int length, boolean retrying) {
        try {
            mmu.readUser(address, to, offset, length);
            return true;
        } catch (Fault fault) {
            return !retrying && faults.resolve(fault) && readPart(address, to, offset, length, true);
        }
    }

    private boolean writePart(long address, byte[] from, int offset, int length, boolean retrying) {
        try {
            mmu.writeUser(address, from, offset, length);
            return true;
        } catch (Fault fault) {
            return !retrying && faults.resolve(fault) && writePart(address, from, offset, length, true);
        }
    }

    /** Copies {@code length} bytes out, or fails with EFAULT. {@code length} is the caller's, never the guest's. */
    public byte[] read(long address, int length) {
        byte[] bytes = new byte[length];
        if (readSome(address, bytes, 0, length) < length) {
            throw new SystemCallError(Errno.EFAULT);
        }
        return bytes;
    }

    /** Copies all of {@code bytes} in, or fails with EFAULT; what comes before the bad page was copied. */
    public void write(long address, byte[] bytes) {
        if (writeSome(address, bytes, 0, bytes.length) < bytes.length) {
            throw new SystemCallError(Errno.EFAULT);
        }
    }

    public long readLong(long address) {
        return Structure.of(read(address, 8)).getLong(0);
    }

    public void writeLong(long address, long value) {
        write(address, new Structure(8).putLong(0, value).bytes());
    }

    public void writeInt(long address, int value) {
        write(address, new Structure(4).putInt(0, value).bytes());
    }

    /**
     * Copies out the string at {@code address}, without its NUL.
     *
     * @param limit bytes, NUL included
     * @throws SystemCallError EFAULT, or {@code ENAMETOOLONG} if there is no NUL within {@code limit} bytes
     */
    public byte[] readString(long address, int limit) {
        ByteArrayOutputStream string = new ByteArrayOutputStream();
        byte[] part = new byte[PAGE_SIZE];
        while (string.size() < limit) {
            long at = address + string.size();
            int n = inPage(at, limit - string.size());
            if (readSome(at, part, 0, n) < n) {
                throw new SystemCallError(Errno.EFAULT);
            }
            for (int i = 0; i < n; i++) {
                if (part[i] == 0) {
                    string.write(part, 0, i);
                    return string.toByteArray();
                }
            }
            string.write(part, 0, n);
        }
        throw new SystemCallError(Errno.ENAMETOOLONG);
    }
}
