package org.tidegate.task;

/** Checks of the numbers that builders are given. */
final class Sizes {
    private Sizes() {}

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
}
