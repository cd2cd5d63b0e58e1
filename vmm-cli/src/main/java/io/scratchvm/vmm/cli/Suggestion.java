package io.scratchvm.vmm.cli;

import org.jspecify.annotations.Nullable;

/** What the user may have meant by a word that is none of ours: the nearest one, if it is near. */
final class Suggestion {
    private Suggestion() {}

    /** A clause for a message, empty if nothing is near. */
    static String ofOption(Command command, String spelling) {
        @Nullable String best = null;
        int distance = tolerance(spelling);
        for (Option option : Option.values()) {
            int candidate = option.appliesTo(command) ? distance(spelling, option.spelling()) : Integer.MAX_VALUE;
            if (candidate < distance) {
                distance = candidate;
                best = option.spelling();
            }
        }
        return clause(best);
    }

    /** A clause for a message, empty if nothing is near. */
    static String ofCommand(String word) {
        @Nullable String best = null;
        int distance = tolerance(word);
        for (Command command : Command.values()) {
            int candidate = distance(word, command.word());
            if (candidate < distance) {
                distance = candidate;
                best = command.word();
            }
        }
        return clause(best);
    }

    private static String clause(@Nullable String best) {
        return best == null ? "" : ", did you mean '" + best + "'?";
    }

    private static int tolerance(String word) {
        return Math.min(4, 2 + word.length() / 3);
    }

    /** The Levenshtein distance: how many letters to insert, delete or replace. */
    static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j < previous.length; j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
