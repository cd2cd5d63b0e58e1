package io.scratchvm.vmm.image;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * How values of one Java type are written and read.
 *
 * <p>{@code long} and {@code Long}: an unsigned 64-bit number. {@code int} and {@code Integer}: a signed 32-bit number.
 * {@code boolean}, {@code String}, {@code byte[]}: CBOR's own. An enum: its constant's name. A record: a map. A {@code
 * List} of these: an array.
 */
interface ValueType {
    void write(CborWriter writer, Object value);

    /** @throws CborException if the next value is not one of this type */
    Object read(CborReader reader);

    static ValueType of(Type type, RecordCodec codec) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return new ListOf(of(list.getActualTypeArguments()[0], codec), codec.maxList());
        }
        if (type instanceof Class<?> plain) {
            return of(plain, codec);
        }
        throw new IllegalArgumentException("a record component cannot be a " + type);
    }

    private static ValueType of(Class<?> type, RecordCodec codec) {
        if (type.isRecord()) {
            return codec.shape(type);
        }
        if (type.isEnum()) {
            return new NameOf(type.getEnumConstants());
        }
        for (Scalar scalar : Scalar.values()) {
            if (scalar.primitive == type || scalar.boxed == type) {
                return scalar;
            }
        }
        throw new IllegalArgumentException("a record component cannot be a " + type.getName());
    }

    /** What CBOR has itself. */
    enum Scalar implements ValueType {
        LONG(long.class, Long.class) {
            @Override
            public void write(CborWriter writer, Object value) {
                writer.unsigned((Long) value);
            }

            @Override
            public Object read(CborReader reader) {
                return reader.unsigned();
            }
        },
        INT(int.class, Integer.class) {
            @Override
            public void write(CborWriter writer, Object value) {
                writer.signed((Integer) value);
            }

            @Override
            public Object read(CborReader reader) {
                return reader.signed();
            }
        },
        BOOLEAN(boolean.class, Boolean.class) {
            @Override
            public void write(CborWriter writer, Object value) {
                writer.bool((Boolean) value);
            }

            @Override
            public Object read(CborReader reader) {
                return reader.bool();
            }
        },
        TEXT(null, String.class) {
            @Override
            public void write(CborWriter writer, Object value) {
                writer.text((String) value);
            }

            @Override
            public Object read(CborReader reader) {
                return reader.text();
            }
        },
        BYTES(null, byte[].class) {
            @Override
            public void write(CborWriter writer, Object value) {
                writer.bytes((byte[]) value);
            }

            @Override
            public Object read(CborReader reader) {
                return reader.bytes();
            }
        };

        private final Class<?> primitive;
        private final Class<?> boxed;

        Scalar(Class<?> primitive, Class<?> boxed) {
            this.primitive = primitive;
            this.boxed = boxed;
        }
    }

    /** An enum's constant, by name. */
    record NameOf(Object[] constants) implements ValueType {
        @Override
        public void write(CborWriter writer, Object value) {
            writer.text(((Enum<?>) value).name());
        }

        @Override
        public Object read(CborReader reader) {
            String name = reader.text();
            for (Object constant : constants) {
                if (((Enum<?>) constant).name().equals(name)) {
                    return constant;
                }
            }
            throw new CborException(
                    "\"" + CborException.shown(name) + "\" is none of the values that this version knows");
        }
    }

    /** A list, none of whose entries is null. */
    record ListOf(ValueType entry, int max) implements ValueType {
        @Override
        public void write(CborWriter writer, Object value) {
            List<?> list = (List<?>) value;
            writer.array(list.size());
            for (int i = 0; i < list.size(); i++) {
                try {
                    entry.write(writer, list.get(i));
                } catch (CborException e) {
                    throw e.in("[" + i + "]");
                }
            }
        }

        @Override
        public Object read(CborReader reader) {
            int count = reader.array(max);
            // Grown as entries are read: an entry of a few bytes takes no more than a few references.
            List<Object> list = new ArrayList<>(Math.min(count, 1024));
            for (int i = 0; i < count; i++) {
                try {
                    list.add(entry.read(reader));
                } catch (CborException e) {
                    throw e.in("[" + i + "]");
                }
            }
            reader.leave();
            return List.copyOf(list);
        }
    }
}
