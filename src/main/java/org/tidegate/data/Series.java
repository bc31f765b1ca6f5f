package org.tidegate.data;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A multivariate time series: named columns of equal length, a row for each time step, which may have their times. Immutable. */
public final class Series {
    /** The greatest size of a number: squares of more, and sums of them, would not be finite. */
    public static final double GREATEST = 1e100;

    private final List<String> names;
    private final double[][] columns;
    private final boolean[][] filled; // null for a column whose values are all its own
    private final Optional<TimeAxis> times;

    private Series(List<String> names, double[][] columns, boolean[][] filled, Optional<TimeAxis> times) {
        this.names = names;
        this.columns = columns;
        this.filled = filled;
        this.times = times;
    }

    /**
     * A series of columns, which are copied.
     *
     * @param names of the columns, each used once
     * @param columns a column for each name, all of the same length, all numbers finite and at most {@link #GREATEST} in size
     * @return the series
     * @throws IllegalArgumentException if that does not hold, or a name is used twice
     */
    public static Series of(List<String> names, double[]... columns) {
        if (names.isEmpty() || names.size() != columns.length || new HashSet<>(names).size() != names.size()) {
            throw new IllegalArgumentException("got the names " + names + " for " + columns.length
                + " columns; expected a name of its own for each, and at least one");
        }
        double[][] copies = new double[columns.length][];
        for (int c = 0; c < columns.length; c++) {
            if (columns[c].length != columns[0].length) {
                throw new IllegalArgumentException("column " + names.get(c) + " has " + columns[c].length + " numbers, column "
                    + names.get(0)
                    + " has " + columns[0].length + "; expected as many");
            }
            for (int t = 0; t < columns[c].length; t++) {
                if (!(Math.abs(columns[c][t]) <= GREATEST)) {
                    throw new IllegalArgumentException("column " + names.get(c) + " has " + columns[c][t] + " at position " + t
                        + "; expected a finite number of at most " + GREATEST + " in size");
                }
            }
            copies[c] = columns[c].clone();
        }
        return new Series(List.copyOf(names), copies, new boolean[columns.length][], Optional.empty());
    }

    /** This series, of whose columns some values stand for missing ones; null for a column of none. */
    Series filled(boolean[]... where) {
        return new Series(names, columns, where, times);
    }

    /**
     * {@return this series with the times of its moments}
     *
     * @param axis as many times as there are moments, each after the one before it
     * @throws IllegalArgumentException if that does not hold
     */
    public Series with(TimeAxis axis) {
        if (axis.length() != length() || axis.firstDisorder().isPresent()) {
            throw new IllegalArgumentException("got " + axis.length() + " times for " + length() + " moments"
                + (axis.firstDisorder().isPresent() ? ", not in their order" : "") + "; expected as many, each after the one before it");
        }
        return new Series(names, columns, filled, Optional.of(axis));
    }

    /** {@return the times of the moments, if they are known} */
    public Optional<TimeAxis> times() {
        return times;
    }

    /** {@return the names of the columns} */
    public List<String> names() {
        return names;
    }

    /** {@return the number of time steps} */
    public int length() {
        return columns[0].length;
    }

    /**
     * {@return a value}
     *
     * @param column the index of the column, from 0
     * @param step the time step, from 0
     */
    public double value(int column, int step) {
        return columns[column][step];
    }

    /**
     * {@return whether a value stands for one that is missing, see {@link Missing#fill}} It can be read, but is no truth to judge by.
     *
     * @param column the index of the column, from 0
     * @param step the time step, from 0
     */
    public boolean isFilled(int column, int step) {
        return filled[column] != null && filled[column][step];
    }

    /**
     * {@return the index of a column}
     *
     * @param name of the column
     * @throws IllegalArgumentException if there is none
     */
    public int column(String name) {
        int column = names.indexOf(name);
        if (column < 0) {
            throw new IllegalArgumentException("there is no column '" + name + "'; there are " + String.join(", ", names));
        }
        return column;
    }

    /**
     * {@return a series of some of the columns}
     *
     * @param wanted the names of the columns, in their new order
     * @throws IllegalArgumentException if there is no such column
     */
    public Series select(List<String> wanted) {
        return wanted.equals(names) ? this
            : new Series(List.copyOf(wanted), wanted.stream().map(name -> columns[column(name)]).toArray(double[][]::new),
                wanted.stream().map(name -> filled[column(name)]).toArray(boolean[][]::new), times);
    }

    /**
     * {@return a part of the series}
     *
     * @param from the first time step
     * @param to the time step after the last
     * @throws IndexOutOfBoundsException if the range is not within the series
     */
    public Series range(int from, int to) {
        Objects.checkFromToIndex(from, to, length());
        return new Series(names, Arrays.stream(columns).map(column -> Arrays.copyOfRange(column, from, to)).toArray(double[][]::new),
            Arrays.stream(filled).map(column -> column == null ? null : Arrays.copyOfRange(column, from, to)).toArray(boolean[][]::new),
            times.map(axis -> axis.range(from, to)));
    }

    /** The names, the length and the times. */
    @Override
    public String toString() {
        return length() + " moments of " + String.join(", ", names) + times.map(axis -> ", " + axis).orElse("");
    }
}
