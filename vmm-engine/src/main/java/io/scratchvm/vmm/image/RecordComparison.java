package io.scratchvm.vmm.image;

import io.scratchvm.vmm.linux.file.FilesState.DescriptorState;
import io.scratchvm.vmm.linux.file.FilesState.OpenFileState;
import io.scratchvm.vmm.linux.mm.Region;
import io.scratchvm.vmm.linux.signal.SignalAction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What two values of the machine differ in: records component by component, lists entry by entry. Entries that have a
 * name of their own are found by it wherever they stand, so that one more in the middle is one difference.
 */
final class RecordComparison {
    /** More than this of one part are counted and not kept: an image can hold millions. */
    static final int MOST_KEPT = 200;

    /** The component that tells the entries of a list apart. */
    private static final Map<Class<?>, String> KEYS = Map.of(
            OpenFileState.class, "id",
            DescriptorState.class, "number",
            Region.class, "start",
            SignalAction.class, "signal",
            Setup.GuestFile.class, "path");

    /**
     * One value in two images.
     *
     * @param name its place in the part: {@code files[3].offset}
     * @param before null where the first image has none
     * @param after null where the second image has none
     */
    record Difference(String name, Object before, Object after) {}

    private final List<Difference> differences = new ArrayList<>();
    private int count;

    private RecordComparison() {}

    /** Compares two records or maps of them; either may be null. */
    static RecordComparison of(Object before, Object after) {
        RecordComparison comparison = new RecordComparison();
        comparison.compare("", before, after);
        return comparison;
    }

    /** The first {@link #MOST_KEPT} of them. */
    List<Difference> differences() {
        return differences;
    }

    /** How many more there are. */
    int omitted() {
        return count - differences.size();
    }

    boolean isEmpty() {
        return count == 0;
    }

    private void compare(String name, Object before, Object after) {
        Map<String, Object> old = members(before);
        Map<String, Object> now = members(after);
        if (old != null && now != null) {
            compareMembers(name, old, now);
        } else if (before instanceof List<?> oldList && after instanceof List<?> nowList) {
            compareLists(name, oldList, nowList);
        } else if (!Objects.deepEquals(before, after)) {
            add(new Difference(name, before, after));
        }
    }

    private void add(Difference difference) {
        if (count++ < MOST_KEPT) {
            differences.add(difference);
        }
    }

    private void compareMembers(String name, Map<String, Object> before, Map<String, Object> after) {
        Set<String> names = new LinkedHashSet<>(before.keySet());
        names.addAll(after.keySet());
        String prefix = name.isEmpty() ? "" : name + '.';
        for (String member : names) {
            compare(prefix + member, before.get(member), after.get(member));
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> members(Object value) {
        if (value instanceof Record record) {
            return Json.components(record);
        }
        return value instanceof Map<?, ?> map ? (Map<String, Object>) map : null;
    }

    // -- lists ------------------------------------------------------------------------------------------------------

    private void compareLists(String name, List<?> before, List<?> after) {
        Map<Object, Object> old = byKey(before);
        Map<Object, Object> now = byKey(after);
        boolean keyed = old.size() == before.size() && now.size() == after.size();
        old = keyed ? old : byIndex(before);
        now = keyed ? now : byIndex(after);
        Set<Object> keys = new LinkedHashSet<>(old.keySet());
        keys.addAll(now.keySet());
        for (Object key : keys) {
            compare(name + '[' + text(key) + ']', old.get(key), now.get(key));
        }
    }

    /** Fewer than there are entries where keys occur twice, which a forged image can hold. */
    private static Map<Object, Object> byKey(List<?> list) {
        Map<Object, Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < list.size(); i++) {
            Object entry = list.get(i);
            String key = KEYS.get(entry.getClass());
            entries.put(
                    key == null ? (Object) i : Json.components((Record) entry).get(key), entry);
        }
        return entries;
    }

    private static Map<Object, Object> byIndex(List<?> list) {
        Map<Object, Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < list.size(); i++) {
            entries.put(i, list.get(i));
        }
        return entries;
    }

    private static String text(Object key) {
        return key instanceof Long address ? "0x" + Long.toHexString(address) : Json.of(key);
    }
}
