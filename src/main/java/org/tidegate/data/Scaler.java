package org.tidegate.data;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Standardises columns to mean 0 and standard deviation 1, and back. A constant column is only shifted.
 *
 * @param mean of each column
 * @param deviation the population standard deviation of each column, more than 0
 */
public record Scaler(double[] mean, double[] deviation) {
    /** A smaller deviation relative to the values is the rounding error of a constant column. */
    private static final double ROUNDING = 1e-12;

    /**
     * A scaler; the arrays are copied.
     *
     * @param mean of each column
     * @param deviation of each column, more than 0
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

    /**
     * {@return the scaler fitted to columns}
     *
     * @param count the number of rows
     * @param columns the value of each column at a row from 0 to count − 1
     */
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

    /** {@return a copy of the means} */
    @Override
    public double[] mean() {
        return mean.clone();
    }

    /** {@return a copy of the standard deviations} */
    @Override
    public double[] deviation() {
        return deviation.clone();
    }

    /** {@return the number of columns} */
    public int columns() {
        return mean.length;
    }

    /**
     * {@return a standardised value}
     *
     * @param column the column's index
     * @param value in the column's own unit
     */
    public float scale(int column, double value) {
        return (float) ((value - mean[column]) / deviation[column]);
    }

    /**
     * {@return a standardised value in the column's own unit again}
     *
     * @param column the column's index
     * @param scaled the standardised value
     */
    public double unscale(int column, double scaled) {
        return scaled * deviation[column] + mean[column];
    }
}
