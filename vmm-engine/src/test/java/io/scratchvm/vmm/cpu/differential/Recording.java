package io.scratchvm.vmm.cpu.differential;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * What a CPU made of sequences, for hosts that have none like it. Of a state before only the seed, the code and the
 * registers that were arranged are kept, of one after only the words that have changed.
 */
record Recording(List<Entry> entries) {
    /** The words of the code, which hold no result; neither does the header of XSAVE's area. */
    private static final int CODE_START = 19, CODE_END = 32;

    /** A sequence, as states before and after it. */
    record Entry(long seed, State before, State after) {}

    static Recording read(InputStream from) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new InflaterInputStream(from))) {
            for (int left = in.readInt(); left > 0; left--) {
                long seed = in.readLong();
                State before = RandomState.of(seed);
                byte[] code = new byte[in.readUnsignedByte()];
                in.readFully(code);
                before.setCode(code);
                applyChanges(in, before);
                State after = before.copy();
                applyChanges(in, after);
                entries.add(new Entry(seed, before, after));
            }
        }
        return new Recording(entries);
    }

    void write(OutputStream to) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(to))) {
            out.writeInt(entries.size());
            for (Entry entry : entries) {
                out.writeLong(entry.seed);
                byte[] code = entry.before.code();
                out.writeByte(code.length);
                out.write(code);
                State from = RandomState.of(entry.seed);
                from.setCode(code);
                writeChanges(out, from, entry.before);
                writeChanges(out, entry.before, entry.after);
            }
        }
    }

    private static void writeChanges(DataOutputStream out, State from, State to) throws IOException {
        ByteArrayOutputStream changes = new ByteArrayOutputStream();
        DataOutputStream words = new DataOutputStream(changes);
        int count = 0;
        for (int n = 0; n < State.WORDS; n++) {
            if (isResult(n) && from.word(n) != to.word(n)) {
                words.writeByte(n);
                words.writeLong(to.word(n));
                count++;
            }
        }
        out.writeByte(count);
        changes.writeTo(out);
    }

    private static boolean isResult(int word) {
        boolean isHeader = word >= (State.VECTORS + State.RESERVED) / 8 && word < (State.VECTORS + State.YMM) / 8;
        return !isHeader && (word < CODE_START || word >= CODE_END);
    }

    private static void applyChanges(DataInputStream in, State to) throws IOException {
        for (int left = in.readUnsignedByte(); left > 0; left--) {
            int word = in.readUnsignedByte();
            to.setWord(word, in.readLong());
        }
    }
}
