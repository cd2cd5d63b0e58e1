package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.image.ImageReader;
import java.io.IOException;
import java.util.Arrays;

/** A VM's way over the link, as the destination sees it: from the offer accepted until all of it is here. */
final class Transfer {
    private static final int MOST_ROUNDS = 10_000;
    private static final int FIRST_HEAD_BUFFER = 1 << 16;

    private final Link link;
    private final Reception reception;
    private final Tally tally;

    Transfer(Link link, Reception reception, Tally tally) {
        this.link = link;
        this.reception = reception;
        this.tally = tally;
    }

    void run(Message.Offer offer) throws IOException {
        Message.Image announced = offer.live() ? rounds(offer.memorySize()) : link.receive(Message.Image.class);
        Message.Want want = reception.receiveHead(head(announced.headLength(), offer.memorySize()));
        long missing = reception.size(want);
        link.beginStep(missing);
        link.send(want);
        receive(missing);
        if (!Arrays.equals(link.receive(Message.Sealed.class).uuid(), announced.uuid())) {
            throw new ProtocolException("what was sealed is not the image that was announced");
        }
        tally.guestStopped();
    }

    /** Memory, round after round, while the guest runs at the source; until the image is announced. */
    private Message.Image rounds(long memorySize) throws IOException {
        int round = 0;
        link.beginStep(memorySize);
        while (true) {
            Message message = link.receive();
            if (message instanceof Message.Image announced) {
                return announced;
            }
            if (message instanceof Message.Round complete) {
                round++;
                roundDone(complete, round);
                link.beginStep(memorySize);
            } else if (message instanceof Data data) {
                reception.receive(data);
                tally.movedLive(data, memorySize);
            } else {
                throw Link.unexpected(message, "DATA, ROUND or IMAGE");
            }
        }
    }

    private void roundDone(Message.Round complete, int expected) throws IOException {
        if (complete.number() != expected || expected > MOST_ROUNDS) {
            throw new ProtocolException("round " + complete.number() + " came where round " + expected + " is due");
        }
        reception.completeRound();
        link.send(new Message.RoundDone(expected));
    }

    /** The head, in a buffer that grows as it comes. */
    private byte[] head(long length, long memorySize) throws IOException {
        if (length <= 0 || length > ImageReader.largestHead(memorySize)) {
            throw new ProtocolException("an image's head of " + length + " bytes was announced");
        }
        link.beginStep(length);
        byte[] head = new byte[(int) Math.min(length, FIRST_HEAD_BUFFER)];
        for (int filled = 0; filled < length; ) {
            Data piece = link.receive(Data.class);
            boolean next = piece.kind() == Data.Kind.HEAD && piece.offset() == filled;
            if (!next || piece.length() == 0 || piece.length() > length - filled) {
                throw new ProtocolException("the image's head did not come piece by piece");
            }
            int end = filled + (int) piece.length();
            if (end > head.length) {
                head = Arrays.copyOf(head, (int) Math.min(length, 2L * end));
            }
            System.arraycopy(piece.buffer(), piece.start(), head, filled, (int) piece.length());
            filled = end;
        }
        return head.length == length ? head : Arrays.copyOf(head, (int) length);
    }

    private void receive(long missing) throws IOException {
        tally.expect(missing);
        for (long left = missing; left > 0; ) {
            Data data = link.receive(Data.class);
            left -= data.length();
            if (data.length() == 0 || left < 0) {
                throw new ProtocolException("more DATA came than was wanted");
            }
            reception.receive(data);
            tally.moved(data);
        }
    }
}
