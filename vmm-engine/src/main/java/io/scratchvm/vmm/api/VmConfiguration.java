package io.scratchvm.vmm.api;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Everything that a user chooses about a VM. Immutable; made by {@link #builder()}, whose defaults are safe. */
public final class VmConfiguration {
    /** The most guest physical memory in bytes, 1 TiB: the tables of a VM of that size take a few megabytes here. */
    public static final long MAX_MEMORY = 1L << 40;

    private final Builder values;

    private VmConfiguration(Builder values) {
        this.values = values;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return values.copy();
    }

    /** Guest physical memory in bytes, if chosen. */
    public OptionalLong memorySize() {
        return values.memorySize;
    }

    /** The directory that the guest's paths resolve under. */
    public Path root() {
        return values.root;
    }

    public InputStream standardInput() {
        return values.standardInput;
    }

    public OutputStream standardOutput() {
        return values.standardOutput;
    }

    public OutputStream standardError() {
        return values.standardError;
    }

    /** Receives the trace, a line at a time, without line ends. */
    public Consumer<String> trace() {
        return values.trace;
    }

    /** The number of the system call that is SAVE, if chosen. */
    public OptionalInt saveCall() {
        return values.saveCall;
    }

    /** The lowest descriptor that {@code open} gives, if chosen. */
    public OptionalInt firstDescriptor() {
        return values.firstDescriptor;
    }

    public Limits limits() {
        return values.limits;
    }

    /** What the guest's clock follows, if chosen. */
    public Optional<TimeSource> clock() {
        return values.clock;
    }

    /** Where the guest's random numbers come from, if chosen. */
    public Optional<RandomSource> random() {
        return values.random;
    }

    public FilesPolicy files() {
        return values.files;
    }

    /** Where the guest's SAVE writes an image while the VM goes on ({@code --save-image}), or null. */
    public Path saveImage() {
        return values.saveImage;
    }

    /** The key that images are sealed and checked with, or null. */
    public byte[] imageKey() {
        return values.imageKey == null ? null : values.imageKey.clone();
    }

    /** Whether a restore checks each part of the image at its first use instead of all of it before the start. */
    public boolean lazy() {
        return values.lazy;
    }

    /** What executes the guest, if chosen; the fastest engine otherwise. */
    public Optional<EngineKind> engine() {
        return Optional.ofNullable(values.engine);
    }

    /** How the VM is moved to or taken from another VMM. */
    public MigrationConfiguration migration() {
        return values.copy().migration().build();
    }

    /** Collects the values of a {@link VmConfiguration}. */
    public static final class Builder {
        private OptionalLong memorySize = OptionalLong.empty();
        private Path root = Path.of("");
        private InputStream standardInput = InputStream.nullInputStream();
        private OutputStream standardOutput = OutputStream.nullOutputStream();
        private OutputStream standardError = OutputStream.nullOutputStream();
        private Consumer<String> trace = line -> {};
        private OptionalInt saveCall = OptionalInt.empty();
        private OptionalInt firstDescriptor = OptionalInt.empty();
        private Limits limits = Limits.NONE;
        private Optional<TimeSource> clock = Optional.empty();
        private Optional<RandomSource> random = Optional.empty();
        private FilesPolicy files = FilesPolicy.FAIL;
        private Path saveImage;
        private byte[] imageKey;
        private boolean lazy;
        private EngineKind engine;
        /** Made when somebody asks: most VMs stay where they are. */
        private MigrationConfiguration.Builder migration;

        private Builder() {}

        /** Bytes, a positive multiple of 4096 up to {@link #MAX_MEMORY}; default by the {@link Start}. */
        public Builder memorySize(long bytes) {
            if (bytes <= 0 || (bytes & 0xfff) != 0) {
                throw new VmmException("memory size " + bytes + " is not a positive multiple of 4096");
            }
            if (bytes > MAX_MEMORY) {
                throw new VmmException("memory size " + bytes + " is more than 1 TiB, which is the most");
            }
            memorySize = OptionalLong.of(bytes);
            return this;
        }

        /** As if {@link #memorySize} was never called. */
        public Builder anyMemorySize() {
            memorySize = OptionalLong.empty();
            return this;
        }

        /** Default: the current directory. */
        public Builder root(Path directory) {
            root = directory;
            return this;
        }

        /** Default: empty. */
        public Builder standardInput(InputStream in) {
            standardInput = in;
            return this;
        }

        /** Default: thrown away. */
        public Builder standardOutput(OutputStream out) {
            standardOutput = out;
            return this;
        }

        /** Default: thrown away. */
        public Builder standardError(OutputStream out) {
            standardError = out;
            return this;
        }

        /** Default: thrown away. */
        public Builder trace(Consumer<String> lines) {
            trace = lines;
            return this;
        }

        /** Default: 400; of a restored VM, that of the saved one. */
        public Builder saveCall(int number) {
            if (number < 0) {
                throw new VmmException("the number of a system call cannot be negative: " + number);
            }
            saveCall = OptionalInt.of(number);
            return this;
        }

        /** 3 or more; default by the {@link Start}. */
        public Builder firstDescriptor(int number) {
            if (number < 3 || number > 1023) {
                throw new VmmException("the first descriptor is 3 to 1023, not " + number);
            }
            firstDescriptor = OptionalInt.of(number);
            return this;
        }

        public Builder limits(Limits limits) {
            this.limits = limits;
            return this;
        }

        /** The limit on instructions alone; {@link Long#MAX_VALUE} for none. */
        public Builder maxInstructions(long count) {
            return limits(new Limits(count, limits.time(), limits.output()));
        }

        /** The limit on time alone; null for none. */
        public Builder timeout(Duration time) {
            return limits(new Limits(limits.instructions(), time, limits.output()));
        }

        /** The limit on output alone, in bytes; {@link Long#MAX_VALUE} for none. */
        public Builder maxOutput(long bytes) {
            return limits(new Limits(limits.instructions(), limits.time(), bytes));
        }

        /** Default: {@link TimeSource#VIRTUAL}; of a restored VM, that of the saved one. */
        public Builder clock(TimeSource source) {
            clock = Optional.of(source);
            return this;
        }

        /** Default: {@link RandomSource#SEEDED}; of a restored VM, that of the saved one. */
        public Builder random(RandomSource source) {
            random = Optional.of(source);
            return this;
        }

        public Builder files(FilesPolicy policy) {
            files = policy;
            return this;
        }

        /** Default: none, and SAVE answers -EOPNOTSUPP where it does not end the run. */
        public Builder saveImage(Path image) {
            saveImage = image;
            return this;
        }

        /** Default: none, images are sealed with a checksum. */
        public Builder imageKey(byte[] key) {
            imageKey = key.clone();
            return this;
        }

        /** Default: false, the whole image is checked before the guest starts. */
        public Builder lazy(boolean lazy) {
            this.lazy = lazy;
            return this;
        }

        /** Default: the fastest that exists. */
        public Builder engine(EngineKind kind) {
            if (kind == EngineKind.JIT) {
                throw new VmmException("the jit engine does not exist in this version; use the interpreter");
            }
            engine = kind;
            return this;
        }

        /** What is chosen about moving the VM: changes to it are changes to this builder. */
        public MigrationConfiguration.Builder migration() {
            if (migration == null) {
                migration = new MigrationConfiguration.Builder();
            }
            return migration;
        }

        public VmConfiguration build() {
            return new VmConfiguration(copy());
        }

        private Builder copy() {
            Builder copy = new Builder();
            copy.memorySize = memorySize;
            copy.root = root;
            copy.standardInput = standardInput;
            copy.standardOutput = standardOutput;
            copy.standardError = standardError;
            copy.trace = trace;
            copy.saveCall = saveCall;
            copy.firstDescriptor = firstDescriptor;
            copy.limits = limits;
            copy.clock = clock;
            copy.random = random;
            copy.files = files;
            copy.saveImage = saveImage;
            copy.imageKey = imageKey;
            copy.lazy = lazy;
            copy.engine = engine;
            copy.migration = migration == null ? null : migration.copy();
            return copy;
        }
    }
}
