package io.scratchvm.vmm.api;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** How sizes, durations, counts, addresses and choices are written in options and parameters. */
public final class Notation {
    private static final String SIZES = "a size (64K, 1M, 2G, 0xF000 or a number of bytes)";

    private Notation() {}

    /**
     * Bytes: {@code 4096}, {@code 0xF000}, {@code 64K}, {@code 1M}, {@code 2G}, {@code 1T}; the letters are powers of
     * 1024, in either case, and {@code KiB} means the same as {@code K}.
     *
     * @throws VmmException if {@code text} is not such a size, or more than {@link Long#MAX_VALUE}
     */
    public static long size(String text) {
        String number = text.trim();
        int digits = isHexadecimal(number) ? number.length() : digits(number);
        long units = integer(number.substring(0, digits), text, SIZES);
        int shift = shift(number.substring(digits).toUpperCase(Locale.ROOT));
        if (shift < 0) {
            throw new VmmException("'" + text + "' is not " + SIZES);
        }
        if (units > Long.MAX_VALUE >> shift) {
            throw new VmmException("'" + text + "' is too large");
        }
        return units << shift;
    }

    /**
     * A duration: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}, a plain number of seconds, or ISO 8601
     * ({@code PT1M30S}). Always more than zero.
     *
     * @throws VmmException if {@code text} is not such a duration
     */
    public static Duration duration(String text) {
        Duration duration = text.trim().toUpperCase(Locale.ROOT).startsWith("P") ? iso(text) : withUnit(text);
        if (duration.isZero() || duration.isNegative()) {
            throw new VmmException("'" + text + "' is not more than zero; 'none' sets no limit");
        }
        return duration;
    }

    /**
     * A count that is not negative, decimal or hexadecimal with {@code 0x}.
     *
     * @throws VmmException if {@code text} is not such a number
     */
    public static long count(String text) {
        return integer(text.trim(), text, "a number without a sign (decimal, or hexadecimal with 0x)");
    }

    /**
     * A count of at most {@link Integer#MAX_VALUE}.
     *
     * @throws VmmException if {@code text} is not such a number
     */
    public static int smallCount(String text) {
        long count = count(text);
        if (count > Integer.MAX_VALUE) {
            throw new VmmException("'" + text + "' is too large");
        }
        return (int) count;
    }

    /**
     * One of an enumeration's constants by its name in lower case, with {@code -} for {@code _}.
     *
     * @throws VmmException if {@code text} is none of them; the message lists them
     */
    public static <E extends Enum<E>> E choice(Class<E> choices, String text) {
        String wanted = text.trim().toUpperCase(Locale.ROOT).replace('-', '_');
        StringBuilder known = new StringBuilder();
        for (E choice : choices.getEnumConstants()) {
            if (choice.name().equals(wanted)) {
                return choice;
            }
            known.append(known.isEmpty() ? "" : ", ").append(word(choice));
        }
        throw new VmmException("'" + text + "' is none of " + known);
    }

    /** The word for a constant that {@link #choice} reads. */
    public static String word(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether {@code text} says that there is no limit: {@code none}. */
    static boolean isNone(String text) {
        return text.trim().equalsIgnoreCase("none");
    }

    private static Duration iso(String text) {
        try {
            return Duration.parse(text.trim());
        } catch (DateTimeParseException | ArithmeticException e) {
            throw notADuration(text);
        }
    }

    private static Duration withUnit(String text) {
        String number = text.trim().toLowerCase(Locale.ROOT);
        int digits = digits(number);
        try {
            long count = Long.parseLong(number.substring(0, digits));
            return switch (number.substring(digits)) {
                case "ms" -> Duration.ofMillis(count);
                case "", "s" -> Duration.ofSeconds(count);
                case "m", "min" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> throw notADuration(text);
            };
        } catch (NumberFormatException | ArithmeticException e) {
            throw notADuration(text);
        }
    }

    private static VmmException notADuration(String text) {
        return new VmmException("'" + text + "' is not a duration (500ms, 10s, 5m, 1h or a number of seconds)");
    }

    private static long integer(String number, String text, String kind) {
        boolean hexadecimal = isHexadecimal(number);
        String digits = hexadecimal ? number.substring(2) : number;
        try {
            // parseLong takes a sign; a count has none.
            if (!digits.isEmpty() && digits.charAt(0) != '+' && digits.charAt(0) != '-') {
                return Long.parseLong(digits, hexadecimal ? 16 : 10);
            }
        } catch (NumberFormatException e) {
            // falls through to the one message
        }
        throw new VmmException("'" + text + "' is not " + kind);
    }

    private static boolean isHexadecimal(String number) {
        return number.startsWith("0x") || number.startsWith("0X");
    }

    /** How many digits {@code text} begins with. */
    private static int digits(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        return digits;
    }

    /** The power of two that a unit stands for, or -1. */
    private static int shift(String unit) {
        return switch (unit) {
            case "", "B" -> 0;
            case "K", "KB", "KIB" -> 10;
            case "M", "MB", "MIB" -> 20;
            case "G", "GB", "GIB" -> 30;
            case "T", "TB", "TIB" -> 40;
            default -> -1;
        };
    }
}
