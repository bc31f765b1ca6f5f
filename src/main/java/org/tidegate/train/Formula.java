package org.tidegate.train;

import java.util.function.ToDoubleBiFunction;

/** A schedule that is a function of the step alone, and its text. */
record Formula(String text, ToDoubleBiFunction<Double, Schedule.Moment> rate) implements Schedule {
    @Override
    public double learningRate(double initial, Moment moment) {
        return rate.applyAsDouble(initial, moment);
    }

    @Override
    public String toString() {
        return text;
    }
}
