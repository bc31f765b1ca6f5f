package org.tidegate.train;

/** A stateless schedule with its text. */
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
