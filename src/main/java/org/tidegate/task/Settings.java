package org.tidegate.task;

import java.util.Objects;
import org.tidegate.Cell;

/** Checks of what the tasks' builders are given. */
final class Settings {
    private Settings() {}

    static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("the " + name + " is " + value + "; expected 1 or more");
        }
        return value;
    }

    static double share(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("the " + name + " is " + value + "; expected 0 or more and less than 1");
        }
        return value;
    }

    /** A cell for a model that has no size for a projection. */
    static Cell cell(String model, Cell value) {
        if (value == Cell.LSTM_PROJECTED) {
            throw new IllegalArgumentException(model + " has no size for a projection; choose another cell than " + value);
        }
        return Objects.requireNonNull(value, "cell");
    }
}
