package io.scratchvm.vmm.image;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes records that differ in one value from honest ones, and could have been decoded all the same. */
final class RecordMutator {
    private static final long[] LONGS = {
        0,
        1,
        -1,
        2,
        4095,
        4096,
        -4096,
        0xffff,
        0x1_0000,
        0xffff_ffffL,
        1L << 32,
        1L << 46,
        1L << 47,
        (1L << 47) - 4096,
        1L << 62,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0x7fff_ffff_f000L,
        0xffff_8000_0000_0000L,
        0x8000_0000L
    };
    private static final int[] INTS = {
        0, 1, -1, 2, 3, 7, 8, 255, 256, 400, 511, 1023, 1024, 0xffff, 0x10000, Integer.MAX_VALUE, Integer.MIN_VALUE
    };
    private static final String[] STRINGS = {
        "",
        "/",
        "..",
        "../secret",
        "/../secret",
        "/link/secret",
        "/a/../../secret",
        "/link",
        "/missing/new",
        "\0",
        "a\\b",
        "/kept",
        "/etc/passwd",
        "C:\\x",
        "/x".repeat(3000),
        "n".repeat(300),
        "/kept/x"
    };

    private final Random random;

    RecordMutator(Random random) {
        this.random = random;
    }

    /** {@code record} with one value changed; {@code record} itself where its own rules forbid that change. */
    <T extends Record> T mutate(T record) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        int which = random.nextInt(components.length);
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        try {
            for (int i = 0; i < values.length; i++) {
                components[i].getAccessor().setAccessible(true);
                values[i] = components[i].getAccessor().invoke(record);
                types[i] = components[i].getType();
            }
            values[which] = value(values[which], components[which].getGenericType());
            Constructor<?> constructor = record.getClass().getDeclaredConstructor(types);
            constructor.setAccessible(true);
            @SuppressWarnings("unchecked")
            T mutated = (T) constructor.newInstance(values);
            return mutated;
        } catch (InvocationTargetException forbidden) {
            return record;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private Object value(Object old, Type type) {
        if (old == null && type != String.class && type != byte[].class) {
            return null;
        }
        if (type == long.class || type == Long.class) {
            return old == null ? null : number((Long) old);
        }
        if (type == int.class || type == Integer.class) {
            return random.nextInt(4) == 0 ? (Integer) old ^ 1 << random.nextInt(32) : INTS[random.nextInt(INTS.length)];
        }
        if (type == boolean.class) {
            return !(Boolean) old;
        }
        if (type == String.class) {
            return STRINGS[random.nextInt(STRINGS.length)];
        }
        if (type == byte[].class) {
            return bytes((byte[]) old);
        }
        if (type instanceof ParameterizedType list) {
            return old == null ? null : list((List<?>) old, list.getActualTypeArguments()[0]);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isEnum()) {
            return plain.getEnumConstants()[random.nextInt(plain.getEnumConstants().length)];
        }
        return mutate((Record) old);
    }

    long number(long old) {
        return switch (random.nextInt(4)) {
            case 0 -> old ^ 1L << random.nextInt(64);
            case 1 -> old + LONGS[random.nextInt(LONGS.length)];
            case 2 -> random.nextLong() >>> random.nextInt(64);
            default -> LONGS[random.nextInt(LONGS.length)];
        };
    }

    private byte[] bytes(byte[] old) {
        byte[] changed = old == null ? new byte[random.nextInt(40)] : old.clone();
        if (changed.length == 0 || random.nextInt(4) == 0) {
            return new byte[random.nextInt(random.nextBoolean() ? 40 : 100_000)];
        }
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
        return changed;
    }

    private List<Object> list(List<?> old, Type element) {
        List<Object> changed = new ArrayList<>(old);
        if (changed.isEmpty()) {
            return changed;
        }
        int which = random.nextInt(changed.size());
        switch (random.nextInt(8)) {
            case 0 -> changed.remove(which);
            case 1 -> changed.add(which, changed.get(which));
            case 2 -> changed.add(changed.remove(which));
            case 3 -> changed.addAll(java.util.Collections.nCopies(3000, changed.get(which)));
            default -> changed.set(which, value(changed.get(which), element));
        }
        return changed;
    }
}
