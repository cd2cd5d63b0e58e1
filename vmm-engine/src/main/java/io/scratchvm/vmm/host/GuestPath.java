package io.scratchvm.vmm.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A place under the guest's root directory, as the names that lead to it. Nothing outside of the root can be said with
 * one: every name is one component that all hosts read alike, never {@code .} or {@code ..}.
 */
public final class GuestPath {
    public static final GuestPath ROOT = new GuestPath(List.of());

    /** NAME_MAX: the longest name in bytes of UTF-8. */
    public static final int NAME_MAX = 255;

    private static final Set<String> WINDOWS_DEVICES =
            Set.of("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$");
    private static final boolean WINDOWS_HOST = java.io.File.separatorChar == '\\';

    private final List<String> names;

    private GuestPath(List<String> names) {
        this.names = names;
    }

    /**
     * The place that {@link #toString} gave as text.
     *
     * @throws InvalidNameException if a component is not a name; {@code .} and {@code ..} are none
     */
    public static GuestPath parse(String text) throws InvalidNameException {
        List<String> names = new ArrayList<>();
        for (String name : text.split("/")) {
            if (!name.isEmpty()) {
                names.add(checked(name));
            }
        }
        return new GuestPath(List.copyOf(names));
    }

    /**
     * The place {@code name} in this directory.
     *
     * @throws InvalidNameException if it is not one component, or some host would read it as something else
     */
    public GuestPath resolve(String name) throws InvalidNameException {
        List<String> longer = new ArrayList<>(names.size() + 1);
        longer.addAll(names);
        longer.add(checked(name));
        return new GuestPath(List.copyOf(longer));
    }

    private static String checked(String name) throws InvalidNameException {
        if (isOtherwiseRead(name)) {
            throw new InvalidNameException(name);
        }
        return name;
    }

    /** The directory that this is in; the root's is the root. */
    public GuestPath parent() {
        return isRoot() ? this : new GuestPath(names.subList(0, names.size() - 1));
    }

    public boolean isRoot() {
        return names.isEmpty();
    }

    public List<String> names() {
        return names;
    }

    /** The last name; empty for the root. */
    public String name() {
        return isRoot() ? "" : names.get(names.size() - 1);
    }

    /** Whether this is {@code directory} or below it. */
    public boolean startsWith(GuestPath directory) {
        int n = directory.names.size();
        return n <= names.size() && names.subList(0, n).equals(directory.names);
    }

    /** This place after {@code from}, which it starts with, was renamed to {@code to}. */
    public GuestPath moved(GuestPath from, GuestPath to) {
        List<String> moved = new ArrayList<>(to.names);
        moved.addAll(names.subList(from.names.size(), names.size()));
        return new GuestPath(List.copyOf(moved));
    }

    /**
     * Names are judged by one rule on every host, so that an image can move between hosts: {@code \} and {@code :} are
     * Windows' separators, and its device names are devices in every directory and with every extension.
     */
    private static boolean isOtherwiseRead(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            return true;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '/' || c == '\\' || c == ':' || c == 0) {
                return true;
            }
        }
        if (WINDOWS_HOST && (name.endsWith(".") || name.endsWith(" "))) {
            return true;
        }
        return isWindowsDevice(name);
    }

    private static boolean isWindowsDevice(String name) {
        int dot = name.indexOf('.');
        String base = (dot < 0 ? name : name.substring(0, dot)).stripTrailing().toUpperCase(Locale.ROOT);
        if (WINDOWS_DEVICES.contains(base)) {
            return true;
        }
        return base.length() == 4
                && (base.startsWith("COM") || base.startsWith("LPT"))
                && "0123456789\u00b9\u00b2\u00b3".indexOf(base.charAt(3)) >= 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GuestPath path && names.equals(path.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    /** Absolute, as the guest would say it: {@code /}, {@code /dir/file}. */
    @Override
    public String toString() {
        return "/" + String.join("/", names);
    }
}
