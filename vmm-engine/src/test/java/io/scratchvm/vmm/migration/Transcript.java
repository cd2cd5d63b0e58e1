package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.Outcome;
import io.scratchvm.vmm.migration.CuttingProxy.Direction;
import io.scratchvm.vmm.migration.CuttingProxy.Fate;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All bytes of one conversation that nothing interrupted, and the frames that they are. */
final class Transcript {
    static final int PREFACE = 8;
    static final int HEADER = 9;

    private final byte[] toDestination;
    private final byte[] toSource;

    private Transcript(byte[] toDestination, byte[] toSource) {
        this.toDestination = toDestination;
        this.toSource = toSource;
    }

    /** Moves the guest once, in {@code directory}, and listens. */
    static Transcript of(Path directory) throws Exception {
        Move move = new Move(directory);
        Move.Running receiving = Move.start("destination", move.destination::receive);
        try (CuttingProxy link = new CuttingProxy(move.destination.port(1), number -> Fate.WHOLE)) {
            ByteArrayOutputStream toDestination = link.record(Direction.TO_DESTINATION);
            ByteArrayOutputStream toSource = link.record(Direction.TO_SOURCE);
            Outcome sent =
                    Move.start("source", () -> move.source.send(link.port())).outcome();
            if (sent.status() != 0) {
                throw new AssertionError(sent.message());
            }
            receiving.outcome();
            move.assertMovedOnce();
            link.close();
            return new Transcript(toDestination.toByteArray(), toSource.toByteArray());
        }
    }

    byte[] bytes(Direction direction) {
        return direction == Direction.TO_DESTINATION ? toDestination : toSource;
    }

    long length(Direction direction) {
        return bytes(direction).length;
    }

    /** Where frames end, and the preface. */
    List<Integer> ends(Direction direction) {
        byte[] bytes = bytes(direction);
        List<Integer> ends = new ArrayList<>();
        int position = PREFACE;
        while (position < bytes.length) {
            ends.add(position);
            position += HEADER + ByteBuffer.wrap(bytes, position + 1, 4).getInt();
        }
        ends.add(position);
        return ends;
    }

    /** The frames, without the preface. */
    List<byte[]> frames(Direction direction) {
        List<Integer> ends = ends(direction);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 1; i < ends.size(); i++) {
            frames.add(java.util.Arrays.copyOfRange(bytes(direction), ends.get(i - 1), ends.get(i)));
        }
        return frames;
    }

    /** Where the first frame of this type begins. */
    long startOf(Direction direction, int type) {
        byte[] bytes = bytes(direction);
        return ends(direction).stream()
                .filter(position -> position < bytes.length && bytes[position] == type)
                .findFirst()
                .orElseThrow();
    }

    boolean isNearFrameEnd(Direction direction, long position) {
        return ends(direction).stream().anyMatch(end -> Math.abs(end - position) <= 1);
    }
}
