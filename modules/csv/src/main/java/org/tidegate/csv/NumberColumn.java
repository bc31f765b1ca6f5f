package org.tidegate.csv;

import java.util.stream.IntStream;
import org.tidegate.data.Series;

/** A column of a table as numbers: what it holds, and how its numbers are written. */
final class NumberColumn {
    /** How the numbers of a column are written; of none that says it, whole numbers for example, ANY. */
    enum Writing { POINT, COMMA, UNCLEAR, ANY }

    private final CsvTable table;
    private final int column;
    private int present;
    private int numbers;
    private int withPoint;
    private int withComma;
    private int plain;
    private int unclear;

    NumberColumn(CsvTable table, int column) {
        this.table = table;
        this.column = column;
        for (int line = 0; line < table.lines().size(); line++) {
            count(table.field(line, column));
        }
    }

    private void count(String value) {
        if (Numbers.isMissing(value)) {
            return;
        }
        present++;
        boolean isPlain = Numbers.isPlain(value);
        boolean point = isPlain || Numbers.isWithPoint(value);
        boolean comma = (!isPlain || value.indexOf('.') >= 0) && Numbers.isWithComma(value);
        plain += isPlain && value.indexOf('.') < 0 ? 1 : 0;
        withPoint += point && !comma && value.indexOf('.') >= 0 || point && value.indexOf(',') != value.lastIndexOf(',') ? 1 : 0;
        withComma += comma && !point ? 1 : 0;
        unclear += Numbers.isUnclear(value) ? 1 : 0;
        numbers += point || comma || Numbers.isInfinite(value) ? 1 : 0;
    }

    /**
     * Whether half or more of the values that are there are numbers: what is none among them is then an error, not a reason to skip them.
     */
    boolean isNumeric() {
        return numbers > 0 && 2 * numbers >= present;
    }

    Writing writing() {
        if (withComma > 0 && withPoint == 0) {
            return Writing.COMMA;
        }
        return withPoint > 0 ? Writing.POINT : unclear > 0 ? Writing.UNCLEAR : Writing.ANY;
    }

    /**
     * The numbers, NaN where one is missing.
     *
     * @param writing how they are written
     * @param gaps whether values may be missing
     * @throws IllegalArgumentException with the place, if one is missing or is no number
     */
    double[] values(Writing writing, boolean gaps) {
        if (gaps && present == 0) {
            throw failure(0, "no line has a value of this column; leave it out");
        }
        return IntStream.range(0, table.lines().size())
                .mapToDouble(line -> gaps && Numbers.isMissing(table.field(line, column)) ? Double.NaN : number(line, writing)).toArray();
    }

    private double number(int line, Writing writing) {
        String value = table.field(line, column);
        if (Numbers.isMissing(value)) {
            throw failure(line, "the value is missing ('" + value + "'); fill the gap, leave the line out, or say what stands for missing"
                    + " values (--missing carry)");
        }
        if (writing == Writing.UNCLEAR && Numbers.isUnclear(value)) {
            throw failure(line, "'" + value + "' is " + value.replace(",", "") + " with a comma between thousands, or "
                    + value.replace(',', '.') + " with a decimal comma, and nothing in the file says which; write " + value.replace(",", "")
                    + " or " + value.replace(',', '.'));
        }
        boolean comma = writing == Writing.COMMA;
        if (!(comma ? Numbers.isWithComma(value) : Numbers.isPlain(value) || Numbers.isWithPoint(value))) {
            throw failure(line, "'" + value + "' is " + (Numbers.isInfinite(value) ? "not a finite number; expected one such as 12.5"
                    : "not a number; " + expected(comma, value)));
        }
        double number = Numbers.number(value, comma);
        if (!(Math.abs(number) <= Series.GREATEST)) {
            throw failure(line, "'" + value + "' is too large; expected a number of at most " + Series.GREATEST + " in size");
        }
        return number;
    }

    private String expected(boolean comma, String value) {
        return !isNumeric() ? "choose columns of numbers" : comma && Numbers.isNumber(value)
                ? "others of this column have a decimal comma, 12,5"
                : Numbers.isNumber(value) ? "others of this column have a decimal point, 12.5" : "expected one such as " + (comma
                    ? "12,5" : "12.5");
    }

    private IllegalArgumentException failure(int line, String reason) {
        return new IllegalArgumentException(table.where(line, column) + ": " + reason);
    }

    /** Whether the values are whole numbers, each more than the one before it by one, or each less by one. */
    boolean counts() {
        if (plain != table.lines().size() || plain < 2) {
            return false;
        }
        long step = whole(1) - whole(0);
        return Math.abs(step) == 1
                && IntStream.range(1, plain).allMatch(line -> whole(line) - whole(line - 1) == step);
    }

    /** Whether the values are whole numbers, none of them twice, in their order or against it. */
    boolean isOrdered() {
        return plain == table.lines().size() && (IntStream.range(1, plain).allMatch(line -> whole(line) > whole(line - 1))
                || IntStream.range(1, plain).allMatch(line -> whole(line) < whole(line - 1)));
    }

    /** The first value of a column of which all are whole numbers. */
    double first() {
        return whole(0);
    }

    private long whole(int line) {
        try {
            return Long.parseLong(table.field(line, column));
        } catch (NumberFormatException e) {
            return Long.MIN_VALUE;
        }
    }
}
