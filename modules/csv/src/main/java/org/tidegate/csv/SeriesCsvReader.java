package org.tidegate.csv;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.tidegate.data.Series;

/**
 * How a CSV file is read as a series: which columns. Immutable: every setter returns a changed copy.
 */
public final class SeriesCsvReader {
    private static final Set<String> INDEX = Set.of("index", "idx", "id", "no", "no.", "nr", "nr.", "#", "row", "rownum", "line", "obs");
    private static final int COUNTED = 3;

    private final List<String> columns;
    private final List<String> including;

    private SeriesCsvReader(List<String> columns, List<String> including) {
        this.columns = List.copyOf(columns);
        this.including = List.copyOf(including);
    }

    /** {@return a reader of all columns of numbers, but for those that only count the lines} */
    public static SeriesCsvReader of() {
        return new SeriesCsvReader(List.of(), List.of());
    }

    /**
     * Sets the columns that are read, no others, in this order.
     *
     * @param names of the columns; none for all that hold numbers
     * @return a changed copy
     */
    public SeriesCsvReader columns(List<String> names) {
        return new SeriesCsvReader(names, including);
    }

    /**
     * Sets columns that are read in any case, also where they hold no numbers, which is an error, or count the lines.
     *
     * @param names of the columns
     * @return a changed copy
     */
    public SeriesCsvReader including(List<String> names) {
        return new SeriesCsvReader(columns, names);
    }

    /**
     * Reads a file.
     *
     * @param file the file
     * @return the series, and what was decided about the file
     * @throws IllegalArgumentException if the file is malformed or lacks a column; the message names file, line and column
     * @throws IOException if it cannot be read
     */
    public SeriesCsv read(Path file) throws IOException {
        CsvTable table = CsvTable.read(file);
        Numeric numeric = new Numeric(table);
        List<String> notes = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        Set<String> wanted = new LinkedHashSet<>(columns);
        if (columns.isEmpty()) {
            wanted.addAll(numeric(numeric, notes, skipped));
        }
        wanted.addAll(including);
        double[][] values = wanted.stream().map(table::column).map(numeric::values).toArray(double[][]::new);
        return new SeriesCsv(Series.of(List.copyOf(wanted), values), skipped, notes);
    }

    /** The names of the columns of numbers that do not only count the lines. */
    private List<String> numeric(Numeric columns, List<String> notes, List<String> skipped) {
        List<String> numeric = new ArrayList<>();
        List<String> counting = new ArrayList<>();
        List<String> others = new ArrayList<>();
        CsvTable table = columns.table();
        for (int column = 0; column < table.names().size(); column++) {
            String name = table.names().get(column);
            boolean numbers = columns.of(column).isNumeric();
            boolean chosen = including.contains(name) || numbers && !isIndex(table, column, columns.of(column));
            (chosen ? numeric : numbers ? counting : others).add(name);
        }
        if (numeric.isEmpty()) {
            if (counting.isEmpty()) {
                throw new IllegalArgumentException(table.file() + " has no column of numbers; the first line of values is "
                        + String.join(", ", table.lines().get(0).getFields()) + ". A number stands alone, such as 12.5");
            }
            numeric.addAll(counting); // nothing else is there to be read
            counting.clear();
        }
        if (!others.isEmpty()) {
            notes.add("left out, as they hold no numbers: " + ColumnNames.list(others));
        }
        if (!counting.isEmpty()) {
            notes.add("left out, as they only count the lines: " + ColumnNames.list(counting));
        }
        skipped.addAll(others);
        skipped.addAll(counting);
        return numeric;
    }

    /** Whether a column says no more than where its line stands: it has no name and is in order, or counts by one from 0 or 1. */
    private static boolean isIndex(CsvTable table, int column, NumberColumn values) {
        String name = table.names().get(column).toLowerCase(Locale.ROOT);
        if (table.unnamed().contains(column) || name.startsWith("unnamed: ")) {
            return values.isOrdered();
        }
        return values.counts() && (INDEX.contains(name)
                || column == 0 && table.lines().size() >= COUNTED && values.first() >= 0 && values.first() <= 1);
    }
}
