package io.scratchvm.vmm.linux;

import io.scratchvm.vmm.linux.abi.Structure;
import io.scratchvm.vmm.linux.file.SignalSource;
import io.scratchvm.vmm.linux.signal.SignalInfo;
import io.scratchvm.vmm.linux.signal.Signals;
import io.scratchvm.vmm.linux.signal.ThreadSignals;

/** The pending signals that a thread can take, its process's and its own, as signalfd(2) gives them. */
record TakenSignals(Signals process, ThreadSignals thread) implements SignalSource {
    private static final int SIZE = 128;

    @Override
    public long pending() {
        return process.pendingFor(thread);
    }

    @Override
    public long arrivals() {
        return process.pending().arrivals() + thread.pending().arrivals();
    }

    @Override
    public byte[] take(long mask) {
        return bytes(process.take(thread, mask));
    }

    /** struct signalfd_siginfo. */
    private static byte[] bytes(SignalInfo info) {
        Structure in = Structure.of(info.bytes());
        Structure out = new Structure(SIZE)
                .putInt(0, info.signal())
                .putInt(4, in.getInt(4))
                .putInt(8, info.code());
        switch (info.kind()) {
            case FAULT -> out.putLong(72, in.getLong(16));
            case TIMER ->
                out.putInt(24, in.getInt(16))
                        .putInt(32, in.getInt(20))
                        .putLong(48, in.getLong(24))
                        .putInt(44, in.getInt(24));
            case CHILD ->
                out.putInt(12, in.getInt(16))
                        .putInt(16, in.getInt(20))
                        .putInt(40, in.getInt(24))
                        .putLong(56, in.getLong(32))
                        .putLong(64, in.getLong(40));
            case SENT -> out.putInt(12, in.getInt(16)).putInt(16, in.getInt(20));
            case QUEUED ->
                out.putInt(12, in.getInt(16))
                        .putInt(16, in.getInt(20))
                        .putLong(48, in.getLong(24))
                        .putInt(44, in.getInt(24));
        }
        return out.bytes();
    }
}
