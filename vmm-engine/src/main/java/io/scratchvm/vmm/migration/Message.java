package io.scratchvm.vmm.migration;

import java.util.List;

/** What the two ends say to each other, but {@link Data}: each is a frame whose payload is the record in CBOR. */
interface Message {
    /** The versions of the protocol that this side speaks. */
    int VERSION = 1;

    /** Of a text for a person, the most characters. */
    int MAX_LINE = 500;

    /** @param writer the VMM's name and version */
    record Hello(int lowest, int highest, String writer) implements Message {
        public Hello {
            writer = line(writer);
        }

        /** What a side says that runs this code. */
        static Hello of(String writer) {
            return new Hello(VERSION, VERSION, writer);
        }

        /** @throws ProtocolException if we have no version in common with the one who said this */
        void requireCommonVersion() throws ProtocolException {
            if (lowest > VERSION || highest < VERSION) {
                throw new ProtocolException("the peer (" + writer + ") speaks versions " + lowest + " to " + highest
                        + " of the protocol, this VMM version " + VERSION + "; use the same vmm on both sides");
            }
        }
    }

    /**
     * @param stored bytes of memory that are not zero, as far as known
     * @param keyed whether the image is sealed with a key
     * @param shared whether the source says that storage is shared
     */
    record Offer(
            String token,
            long memorySize,
            long stored,
            List<String> cpuFeatures,
            boolean live,
            boolean keyed,
            boolean shared)
            implements Message {}

    record Accept(String token) implements Message {}

    record Reject(String reason) implements Message {
        public Reject {
            reason = line(reason);
        }
    }

    /** @param headLength bytes of {@link Data.Kind#HEAD} that follow */
    record Image(long headLength, byte[] uuid) implements Message {}

    /** @param runs a bit for each run of the image's memory map, bit 0 of byte 0 the first */
    record Want(byte[] runs, List<WantedFile> files) implements Message {}

    /**
     * @param file index in the image's open files
     * @param from the byte to begin at
     */
    record WantedFile(int file, long from) {}

    record Round(int number) implements Message {}

    record RoundDone(int number) implements Message {}

    record Sealed(byte[] uuid) implements Message {}

    /** @param destination what tells this destination from any other that has prepared the same VM */
    record Prepared(String token, String destination) implements Message {}

    /** @param destination that is to run the VM, as it called itself */
    record Commit(String token, String destination) implements Message {}

    record Running(String token) implements Message {}

    record Done(String token) implements Message {}

    record Abort(String token, String reason) implements Message {
        public Abort {
            reason = line(reason);
        }
    }

    /** What is shown to a person as the peer said it: one line, no controls for a terminal, not endless. */
    private static String line(String text) {
        StringBuilder line = new StringBuilder();
        text.codePoints().limit(MAX_LINE).forEach(c -> line.appendCodePoint(isShown(c) ? c : ' '));
        return line.toString().strip();
    }

    private static boolean isShown(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}
