package io.scratchvm.vmm.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** What a user chooses about moving a VM. Immutable; made by {@link VmConfiguration.Builder#migration()}. */
public final class MigrationConfiguration {
    private final Builder values;

    private MigrationConfiguration(Builder values) {
        this.values = values;
    }

    /** Where the destination listens: what {@code send} connects to, what {@code receive} binds. */
    public PeerAddress peer() {
        return values.peer;
    }

    /** The directory of the journals. */
    public Path journal() {
        return values.journal;
    }

    /** How long to wait for the other side, at the start and whenever the link is down. */
    public Duration patience() {
        return values.patience;
    }

    /** The most that the peer may take for one step of the conversation, beside the time that its data needs. */
    public Duration stepLimit() {
        return values.stepLimit;
    }

    /** Our key and the certificates that we trust, PKCS #12 (RFC 7292); empty for a link in the clear. */
    public Optional<TlsStore> tls() {
        return Optional.ofNullable(values.tlsFile).map(file -> new TlsStore(file, values.tlsPassword));
    }

    public Storage storage() {
        return values.storage;
    }

    /** Whether a different file under a sent file's name may be replaced. */
    public boolean overwrite() {
        return values.overwrite;
    }

    /** The most bytes of open files that the destination takes. */
    public long maxFiles() {
        return values.maxFiles;
    }

    public OnFailure onFailure() {
        return values.onFailure;
    }

    /** Whether memory is copied while the guest runs. */
    public boolean live() {
        return values.live;
    }

    /** A live copy stops the guest once the rest is expected to take no longer. */
    public Duration maxDowntime() {
        return values.maxDowntime;
    }

    /** A live copy stops the guest after so many rounds, whatever is left. */
    public int maxRounds() {
        return values.maxRounds;
    }

    /** Receives progress. */
    public Consumer<MigrationProgress> progress() {
        return values.progress;
    }

    /** Receives lines for a person: what is waited for, who was turned away. */
    public Consumer<String> notices() {
        return values.notices;
    }

    /**
     * A key store file.
     *
     * @param file PKCS #12: a private key with its certificate chain, and trusted certificates
     * @param password of the store and its key; the file with it is not kept
     */
    public record TlsStore(Path file, char[] password) {}

    /** Collects the values of a {@link MigrationConfiguration}. */
    public static final class Builder {
        private PeerAddress peer = PeerAddress.DEFAULT;
        private Path journal = Path.of("vmm-journal");
        private Duration patience = Duration.ofMinutes(5);
        private Duration stepLimit = Duration.ofSeconds(30);
        private Path tlsFile;
        private char[] tlsPassword = {};
        private Storage storage = Storage.COPY;
        private boolean overwrite;
        private long maxFiles = 1L << 30;
        private OnFailure onFailure = OnFailure.KEEP;
        private boolean live;
        private Duration maxDowntime = Duration.ofMillis(300);
        private int maxRounds = 30;
        private Consumer<MigrationProgress> progress = progress -> {};
        private Consumer<String> notices = line -> {};

        Builder() {}

        /** Default: {@link PeerAddress#DEFAULT}. */
        public Builder peer(PeerAddress address) {
            peer = address;
            return this;
        }

        /** Default: {@code vmm-journal} in the current directory. */
        public Builder journal(Path directory) {
            journal = directory;
            return this;
        }

        /** Default: 5 minutes. */
        public Builder patience(Duration duration) {
            patience = positive(duration);
            return this;
        }

        /** Default: 30 seconds. */
        public Builder stepLimit(Duration duration) {
            stepLimit = positive(duration);
            return this;
        }

        /** Default: none, which loopback alone allows. */
        public Builder tls(Path keyStore) {
            tlsFile = keyStore;
            return this;
        }

        /** Default: empty. */
        public Builder tlsPassword(char[] password) {
            tlsPassword = password.clone();
            return this;
        }

        /** Default: {@link Storage#COPY}. */
        public Builder storage(Storage kind) {
            storage = kind;
            return this;
        }

        /** Default: false, such a VM is refused. */
        public Builder overwrite(boolean allowed) {
            overwrite = allowed;
            return this;
        }

        /** Default: 1 GiB. */
        public Builder maxFiles(long bytes) {
            maxFiles = bytes;
            return this;
        }

        /** Default: {@link OnFailure#KEEP}. */
        public Builder onFailure(OnFailure what) {
            onFailure = what;
            return this;
        }

        /** Default: false, the VM stops first. */
        public Builder live(boolean live) {
            this.live = live;
            return this;
        }

        /** Default: 300 ms. */
        public Builder maxDowntime(Duration duration) {
            maxDowntime = duration;
            return this;
        }

        /** 1 or more; default: 30. */
        public Builder maxRounds(int rounds) {
            if (rounds < 1) {
                throw new VmmException("a live migration has at least 1 round, not " + rounds);
            }
            maxRounds = rounds;
            return this;
        }

        /** Default: thrown away. */
        public Builder progress(Consumer<MigrationProgress> receiver) {
            progress = receiver;
            return this;
        }

        /** Default: thrown away. */
        public Builder notices(Consumer<String> receiver) {
            notices = receiver;
            return this;
        }

        private static Duration positive(Duration duration) {
            if (duration.isZero() || duration.isNegative()) {
                throw new VmmException("a time limit of " + duration.toMillis() + " ms is over before it begins");
            }
            return duration;
        }

        MigrationConfiguration build() {
            return new MigrationConfiguration(copy());
        }

        Builder copy() {
            Builder copy = new Builder();
            copy.peer = peer;
            copy.journal = journal;
            copy.patience = patience;
            copy.stepLimit = stepLimit;
            copy.tlsFile = tlsFile;
            copy.tlsPassword = tlsPassword;
            copy.storage = storage;
            copy.overwrite = overwrite;
            copy.maxFiles = maxFiles;
            copy.onFailure = onFailure;
            copy.live = live;
            copy.maxDowntime = maxDowntime;
            copy.maxRounds = maxRounds;
            copy.progress = progress;
            copy.notices = notices;
            return copy;
        }
    }
}
