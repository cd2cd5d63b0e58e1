package io.scratchvm.vmm.migration;

import java.util.List;
import java.util.Random;

/** One message and more of each type. */
final class SampleMessages {
    static final String TOKEN = "00112233445566778899aabbccddeeff";

    private SampleMessages() {}

    static List<Message> all() {
        byte[] uuid = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        return List.of(
                new Message.Hello(1, 1, "vmm 1.0"),
                new Message.Offer(TOKEN, 1L << 28, 123_456, List.of("fpu", "sse2"), true, false, true),
                new Message.Accept(TOKEN),
                new Message.Reject("no room"),
                new Message.Image(4096, uuid),
                new Message.Want(
                        new byte[] {-1, 0, 5}, List.of(new Message.WantedFile(0, 0), new Message.WantedFile(7, -1L))),
                data(Data.Kind.HEAD, 0, 0, 1),
                data(Data.Kind.MEMORY, 0, 0x7000, Data.MAX),
                data(Data.Kind.FILE, 3, 1L << 40, 100_000),
                new Data(Data.Kind.ZEROS, 0, 4096, new byte[0], 0, 1L << 35),
                new Message.Round(1),
                new Message.RoundDone(Integer.MAX_VALUE),
                new Message.Sealed(uuid),
                new Message.Prepared(TOKEN, "2".repeat(32)),
                new Message.Commit(TOKEN, "2".repeat(32)),
                new Message.Running(TOKEN),
                new Message.Done(TOKEN),
                new Message.Abort(TOKEN, "changed my mind"));
    }

    private static Data data(Data.Kind kind, int index, long offset, int length) {
        byte[] buffer = new byte[length + 10];
        new Random(length).nextBytes(buffer);
        return new Data(kind, index, offset, buffer, 7, length);
    }
}
