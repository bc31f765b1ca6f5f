package org.tidegate.train;

/** A schedule that is a function of the step alone, and its text. */
record Formula(String text, Schedule rate) implements Schedule {
    @Override
    public double learningRate(double initial, Moment moment) {
        return rate.learningRate(initial, moment);
    }

    @Override
    public String toString() {
        return text;
    }
}
