package io.scratchvm.vmm.linux.file;

import io.scratchvm.vmm.api.Nullable;
import io.scratchvm.vmm.linux.abi.Errno;
import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.abi.SystemCallError;
import java.util.ArrayList;
import java.util.List;

/** A file whose bytes are the pending signals of whoever reads it: signalfd(2). */
public final class SignalFile implements AnonymousFile {
    private static final int SIZE = 128;

    /** How many signals one read gives at most: a page of them. */
    private static final int MOST = 32;

    private long mask;

    /** @param mask the signals that it gives, bit n - 1 for signal n: none that cannot be blocked */
    public SignalFile(long mask) {
        setMask(mask);
    }

    public SignalFileState state(int file) {
        return new SignalFileState(file, mask);
    }

    public void setMask(long newMask) {
        mask = newMask;
    }

    @Override
    public int readiness(Readiness around) {
        boolean pending = (around.signals().pending() & mask) != 0;
        return pending ? Readiness.POLLIN : 0;
    }

    @Override
    public long arrivals(Readiness around) {
        return around.signals().arrivals();
    }

    @Override
    public @Nullable byte[] read(Readiness around, int room) {
        int most = Math.min(room / SIZE, MOST);
        if (most == 0) {
            throw new SystemCallError(Errno.EINVAL);
        }
        List<byte[]> taken = new ArrayList<>();
        while (taken.size() < most && readiness(around) != 0) {
            taken.add(around.signals().take(mask));
        }
        if (taken.isEmpty()) {
            return null;
        }
        Structure out = new Structure(taken.size() * SIZE);
        for (int i = 0; i < taken.size(); i++) {
            out.putBytes(i * SIZE, taken.get(i));
        }
        return out.bytes();
    }
}
