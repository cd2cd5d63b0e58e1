package io.scratchvm.vmm.migration;

/** What a frame may be: its number on the wire, the message that it holds, and how long its payload may be. */
enum FrameType {
    HELLO(1, Message.Hello.class),
    OFFER(2, Message.Offer.class),
    ACCEPT(3, Message.Accept.class),
    REJECT(4, Message.Reject.class),
    IMAGE(5, Message.Image.class),
    /** Long, because a huge memory has many runs. */
    WANT(6, Message.Want.class, FrameType.MAX_LENGTH),
    DATA(7, Data.class, FrameType.MAX_LENGTH),
    ROUND(8, Message.Round.class),
    ROUND_DONE(9, Message.RoundDone.class),
    SEALED(10, Message.Sealed.class),
    PREPARED(11, Message.Prepared.class),
    COMMIT(12, Message.Commit.class),
    RUNNING(13, Message.Running.class),
    DONE(14, Message.Done.class),
    ABORT(15, Message.Abort.class);

    /** The longest payload of all, in bytes. */
    static final int MAX_LENGTH = 1 << 20;

    private static final int USUAL_LENGTH = 1 << 16;
    private static final FrameType[] TYPES = values();

    private final int number;
    private final Class<? extends Message> message;
    private final int maxLength;

    FrameType(int number, Class<? extends Message> message) {
        this(number, message, FrameType.USUAL_LENGTH);
    }

    FrameType(int number, Class<? extends Message> message, int maxLength) {
        this.number = number;
        this.message = message;
        this.maxLength = maxLength;
    }

    int number() {
        return number;
    }

    Class<? extends Message> message() {
        return message;
    }

    /** The most bytes of payload. */
    int maxLength() {
        return maxLength;
    }

    static FrameType of(int number) throws ProtocolException {
        for (FrameType type : TYPES) {
            if (type.number == number) {
                return type;
            }
        }
        throw new ProtocolException("a frame of type " + number + " came, which this version does not know");
    }

    static FrameType of(Class<? extends Message> message) {
        for (FrameType type : TYPES) {
            if (type.message == message) {
                return type;
            }
        }
        throw new IllegalArgumentException(message + " is not the message of a frame");
    }
}
