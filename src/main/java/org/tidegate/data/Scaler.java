package org.tidegate.data;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Takes numbers to mean 0 and standard deviation 1 and back, each column by itself. A column that never changes is only shifted.
 *
 * @param mean of each column
 * @param deviation the standard deviation of each column (of all its numbers, divided by their count), more than 0
 */
public record Scaler(double[] mean, double[] deviation) {
    /** A deviation that is a smaller part of the numbers comes from rounding: that of a column that never changes, whose mean is off. */
    private static final double ROUNDING = 1e-12;

    /**
     * Takes copies.
     *
     * @throws IllegalArgumentException if the lengths differ, or a number is not finite, or a deviation is not more than 0
     */
    public Scaler {
        boolean sound = mean.length == deviation.length && Arrays.stream(mean).allMatch(Double::isFinite)
            && Arrays.stream(deviation).allMatch(value -> value > 0 && Double.isFinite(value));
        if (!sound) {
            throw new IllegalArgumentException("no scaler: means " + Arrays.toString(mean) + " and deviations "
                + Arrays.toString(deviation));
        }
        mean = mean.clone();
        deviation = deviation.clone();
    }

    /** The scaler of columns of that many numbers each. */
    public static Scaler of(int count, IntToDoubleFunction... columns) {
        double[] mean = new double[columns.length];
        double[] deviation = new double[columns.length];
        for (int c = 0; c < columns.length; c++) {
            double sum = 0;
            double greatest = 0;
            for (int i = 0; i < count; i++) {
                double value = columns[c].applyAsDouble(i);
                sum += value;
                greatest = Math.max(greatest, Math.abs(value));
            }
            mean[c] = sum / count;
            double squares = 0;
            for (int i = 0; i < count; i++) {
                double difference = columns[c].applyAsDouble(i) - mean[c];
                squares += difference * difference;
            }
            double found = Math.sqrt(squares / count);
            deviation[c] = found > ROUNDING * greatest ? found : 1;
        }
        return new Scaler(mean, deviation);
    }

    @Override
    public double[] mean() {
        return mean.clone();
    }

    @Override
    public double[] deviation() {
        return deviation.clone();
    }

    /** How many columns it scales. */
    public int columns() {
        return mean.length;
    }

    /** A number of a column in its own unit, scaled. */
    public float scale(int column, double value) {
        return (float) ((value - mean[column]) / deviation[column]);
    }

    /** A scaled number of a column in the column's own unit. */
    public double unscale(int column, double scaled) {
        return scaled * deviation[column] + mean[column];
    }
}
