package org.tidegate.study;

import org.tidegate.Cell;

/** Checks of an experiment's settings; a failed check is an {@link IllegalArgumentException} with the setting's name and value. */
final class Checks {
    private Checks() {}

    static int positive(String name, int value) {
        return holds(name, value, value >= 1, "1 or more");
    }

    static double positive(String name, double value) {
        return holds(name, value, value > 0 && Double.isFinite(value), "a positive number");
    }

    static double notNegative(String name, double value) {
        return holds(name, value, value >= 0 && Double.isFinite(value), "0 or more");
    }

    static double probability(String name, double value) {
        return holds(name, value, value >= 0 && value < 1, "0 or more and less than 1");
    }

    /** A cell without a projection, which would need a size. */
    static Cell cell(Cell value) {
        return holds("cell", value, value != Cell.LSTM_PROJECTED, "another, as there is no size for its projection");
    }

    private static <T> T holds(String name, T value, boolean holds, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + " = " + value + "; expected " + expected);
        }
        return value;
    }
}
