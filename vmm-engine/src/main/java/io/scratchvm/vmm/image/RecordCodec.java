package io.scratchvm.vmm.image;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Java records as deterministic CBOR maps from component name to value. One codec for every record of the machine, so
 * that a component's state is described once, by its record. See {@link ValueType} for the types a component may have.
 * A component that may be null is absent where it is; every other one must be there.
 */
public final class RecordCodec {
    /** The most entries that a list may have where nobody says otherwise. */
    static final int MAX_LIST = 1 << 20;

    /**
     * The components of the image's records that are marked {@link io.scratchvm.vmm.api.Nullable}; a test holds the two
     * together. Asking Java for annotations makes it generate classes, for longer than the rest of a small restore takes.
     */
    static final Set<String> NULLABLE = Set.of(
            "FilesState.special",
            "Manifest.parent",
            "OpenFileState.path",
            "OpenFileState.digest",
            "OpenFileState.content",
            "PendingIoState.call",
            "ProcessEntry.addressSpace",
            "ProcessEntry.auxiliaryVector",
            "ProcessEntry.cpuTime",
            "ProcessEntry.state",
            "ProcessState.attributes",
            "ProcessState.limits",
            "ProcessState.scheduling",
            "ProcessState.signals",
            "ProgramState.content",
            "Region.file",
            "SpecialFilesState.sockets",
            "TaskAttributes.name",
            "TaskState.attributes",
            "TaskState.cpuTime",
            "TaskState.futex",
            "TaskState.lock",
            "TaskState.registers",
            "VcpuState.xcr0",
            "VcpuState.ymm");

    /** What becomes of a key that the record does not know. */
    public enum UnknownKeys {
        REFUSE,
        /** For records of a newer minor version, whose new keys may be ignored. */
        SKIP
    }

    private final UnknownKeys unknownKeys;
    private final int maxList;
    private final Set<String> nullable;
    private final Map<Class<?>, Shape> shapes = new HashMap<>();

    /** @param nullable the components that may be null, as {@code Record.component} */
    RecordCodec(UnknownKeys unknownKeys, int maxList, Set<String> nullable) {
        this.unknownKeys = unknownKeys;
        this.maxList = maxList;
        this.nullable = nullable;
    }

    /** A codec for the image's records. */
    public RecordCodec(UnknownKeys unknownKeys, int maxList) {
        this(unknownKeys, maxList, NULLABLE);
    }

    public RecordCodec() {
        this(UnknownKeys.REFUSE, MAX_LIST);
    }

    int maxList() {
        return maxList;
    }

    public byte[] encode(Record value) {
        CborWriter writer = new CborWriter();
        shape(value.getClass()).write(writer, value);
        return writer.toByteArray();
    }

    /** @throws CborException if {@code payload} is anything but one well-formed {@code type} */
    public <T extends Record> T decode(Class<T> type, byte[] payload) {
        CborReader reader = new CborReader(payload);
        T value = type.cast(shape(type).read(reader));
        reader.end();
        return value;
    }

    ValueType shape(Class<?> type) {
        Shape shape = shapes.get(type);
        if (shape == null) {
            shape = new Shape(type);
            shapes.put(type, shape);
        }
        return shape;
    }

    /** A record type, taken apart once. */
    private final class Shape implements ValueType {
        private final Class<?> type;
        /** In the order of their keys. */
        private final Component[] components;

        private Constructor<?> constructor;

        Shape(Class<?> type) {
            this.type = type;
            RecordComponent[] declared = type.getRecordComponents();
            components = new Component[declared.length];
            for (int i = 0; i < declared.length; i++) {
                components[i] = new Component(declared[i], i);
            }
            Arrays.sort(components);
        }

        @Override
        public void write(CborWriter writer, Object record) {
            Object[] values = new Object[components.length];
            int present = 0;
            for (int i = 0; i < values.length; i++) {
                values[i] = components[i].of(record);
                present += values[i] == null ? 0 : 1;
            }
            writer.map(present);
            for (int i = 0; i < values.length; i++) {
                if (values[i] != null) {
                    components[i].write(writer, values[i]);
                }
            }
        }

        @Override
        public Object read(CborReader reader) {
            Object[] values = new Object[components.length];
            CborReader.Keys keys = reader.map();
            for (String key = keys.next(); key != null; key = keys.next()) {
                Component component = find(key);
                if (component != null) {
                    values[component.index] = component.read(reader);
                } else if (unknownKeys == UnknownKeys.SKIP) {
                    reader.skip();
                } else {
                    throw new CborException("not known").in(CborException.shown(key));
                }
            }
            reader.leave();
            requireAll(values);
            return construct(values);
        }

        private Component find(String key) {
            for (Component component : components) {
                if (component.name.equals(key)) {
                    return component;
                }
            }
            return null;
        }

        private void requireAll(Object[] values) {
            for (Component component : components) {
                if (values[component.index] == null && !component.mayBeNull) {
                    throw new CborException("missing").in(component.name);
                }
            }
        }

        private Object construct(Object[] values) {
            try {
                if (constructor == null) {
                    constructor = canonicalConstructor();
                }
                return constructor.newInstance(values);
            } catch (InvocationTargetException e) {
                throw CborException.refusedBy(e.getCause());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(type + " cannot be built", e);
            }
        }

        private Constructor<?> canonicalConstructor() throws NoSuchMethodException {
            RecordComponent[] declared = type.getRecordComponents();
            Class<?>[] parameters = new Class<?>[declared.length];
            for (int i = 0; i < declared.length; i++) {
                parameters[i] = declared[i].getType();
            }
            Constructor<?> found = type.getDeclaredConstructor(parameters);
            found.setAccessible(true);
            return found;
        }
    }

    /** A component of a record type. */
    private final class Component implements Comparable<Component> {
        final String name;
        final int index;
        final boolean mayBeNull;
        private final ValueType type;
        private final Method accessor;

        Component(RecordComponent component, int index) {
            this.name = component.getName();
            this.index = index;
            String record = component.getDeclaringRecord().getSimpleName();
            this.mayBeNull = nullable.contains(record + '.' + name);
            this.type = ValueType.of(component.getGenericType(), RecordCodec.this);
            this.accessor = component.getAccessor();
            accessor.setAccessible(true);
        }

        /** The order of the names' encodings: a shorter text has a smaller head. */
        @Override
        public int compareTo(Component other) {
            int byLength = Integer.compare(name.length(), other.name.length());
            return byLength != 0 ? byLength : name.compareTo(other.name);
        }

        Object of(Object record) {
            try {
                Object value = accessor.invoke(record);
                if (value == null && !mayBeNull) {
                    throw new CborException("null, which only a @Nullable component may be").in(name);
                }
                return value;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(accessor + " cannot be called", e);
            }
        }

        void write(CborWriter writer, Object value) {
            writer.text(name);
            try {
                type.write(writer, value);
            } catch (CborException e) {
                throw e.in(name);
            }
        }

        Object read(CborReader reader) {
            try {
                return type.read(reader);
            } catch (CborException e) {
                throw e.in(name);
            }
        }
    }
}
