package org.tidegate.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What is done about missing values of a series, which are NaN in its columns. */
public enum Missing {
    /** They are an error. */
    REFUSE,
    /** The last value stands for them; before the first one, that. */
    CARRY,
    /** The line between the values around them; at the ends, the nearest. It knows what comes after a gap. */
    INTERPOLATE,
    /** As {@link #CARRY}, and a column of its own says where: {@link #mask}, 1 where a value is missing, 0 elsewhere. */
    MASK;

    private static final String MASKED = " is missing";

    /**
     * {@return the name of the column that says where another's values are missing}
     *
     * @param column the name of the other
     */
    public static String mask(String column) {
        return column + MASKED;
    }

    /**
     * {@return the name of the column whose mask has a name; empty text if it is none}
     *
     * @param mask the name
     */
    public static String masked(String mask) {
        return mask.endsWith(MASKED) ? mask.substring(0, mask.length() - MASKED.length()) : "";
    }

    /**
     * {@return the series of columns in which NaN is a missing value; with {@link #MASK} a mask follows for each column that has one} The
     * series knows which of its values were missing: {@link Series#isFilled}.
     *
     * @param names of the columns
     * @param columns a column for each name
     * @throws IllegalArgumentException as {@link Series#of}; or if a value is missing and that is refused, or all of a column are
     */
    public Series fill(List<String> names, double[]... columns) {
        List<String> all = new ArrayList<>(names);
        List<double[]> filled = new ArrayList<>();
        List<double[]> masks = new ArrayList<>();
        List<boolean[]> where = new ArrayList<>();
        for (int c = 0; c < columns.length; c++) {
            boolean gaps = this != REFUSE && Arrays.stream(columns[c]).anyMatch(Double::isNaN);
            if (gaps && Arrays.stream(columns[c]).allMatch(Double::isNaN)) {
                throw new IllegalArgumentException("column " + names.get(c) + " has no value at all, all are missing");
            }
            filled.add(gaps ? filled(columns[c]) : columns[c]);
            where.add(gaps ? missing(columns[c]) : null);
            if (gaps && this == MASK) {
                all.add(mask(names.get(c)));
                masks.add(mask(columns[c]));
            }
        }
        filled.addAll(masks);
        return Series.of(all, filled.toArray(double[][]::new)).filled(where.toArray(new boolean[all.size()][]));
    }

    private static boolean[] missing(double... column) {
        boolean[] missing = new boolean[column.length];
        for (int i = 0; i < column.length; i++) {
            missing[i] = Double.isNaN(column[i]);
        }
        return missing;
    }

    /** The mask of a column. */
    private static double[] mask(double... column) {
        return Arrays.stream(column).map(value -> Double.isNaN(value) ? 1 : 0).toArray();
    }

    private double[] filled(double... column) {
        double[] filled = column.clone();
        int before = -1; // the last value that is there
        for (int i = 0; i <= column.length; i++) {
            if (i < column.length && Double.isNaN(column[i])) {
                continue;
            }
            for (int gap = before + 1; gap < i; gap++) {
                filled[gap] = before < 0 ? column[i] : i == column.length || this != INTERPOLATE ? column[before]
                        : column[before] + (column[i] - column[before]) * (gap - before) / (i - before);
            }
            before = i;
        }
        return filled;
    }
}
