package org.tidegate.csv;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.tidegate.data.Missing;
import org.tidegate.data.Series;
import org.tidegate.data.TimeAxis;
import org.tidegate.data.TimeColumn;

/**
 * How a CSV file is read as a series: which columns, and where the times of the lines stand. Immutable: every setter returns a changed
 * copy.
 *
 * <p>Unless something else is set the times are found: a column of dates or times of one form, or of numbers that are such
 * ({@link org.tidegate.data.TimeForm}). They are no input. Lines whose newest stands first are turned round; lines in no order, and times
 * that stand twice, are errors.
 */
public final class SeriesCsvReader {
    private static final Set<String> INDEX = Set.of("index", "idx", "id", "no", "no.", "nr", "nr.", "#", "row", "rownum", "line", "obs");
    private static final int COUNTED = 3;

    private static final TimeChoice LOOKED_FOR = TimeFinder::all;

    private final List<String> columns;
    private final List<String> including;
    private final TimeChoice time;
    private final Missing missing;

    /** Finds the times, in the order of a table's lines or against it; empty if there are none. */
    @FunctionalInterface
    private interface TimeChoice {
        List<TimeFinder.Candidate> in(TimeFinder finder, List<String> readAsNumbers);
    }

    private SeriesCsvReader(List<String> columns, List<String> including, TimeChoice time, Missing missing) {
        this.columns = List.copyOf(columns);
        this.including = List.copyOf(including);
        this.time = time;
        this.missing = missing;
    }

    /** {@return a reader of all columns of numbers, but for the times and those that only count the lines} */
    public static SeriesCsvReader of() {
        return new SeriesCsvReader(List.of(), List.of(), LOOKED_FOR, Missing.REFUSE);
    }

    /**
     * Sets the columns that are read, no others, in this order.
     *
     * @param names of the columns; none for all that hold numbers
     * @return a changed copy
     */
    public SeriesCsvReader columns(List<String> names) {
        return new SeriesCsvReader(names, including, time, missing);
    }

    /**
     * Sets columns that are read in any case, also where they hold no numbers, which is an error, or count the lines.
     *
     * @param names of the columns
     * @return a changed copy
     */
    public SeriesCsvReader including(List<String> names) {
        return new SeriesCsvReader(columns, names, time, missing);
    }

    /**
     * Sets where the times of the lines stand.
     *
     * @param names of the columns, one or, where date and time of the day stand apart, several
     * @return a changed copy
     */
    public SeriesCsvReader time(List<String> names) {
        List<String> copy = List.copyOf(names);
        return new SeriesCsvReader(columns, including, (finder, numbers) -> List.of(finder.of(copy)), missing);
    }

    /**
     * Sets that the times stand where they stood in another file, a model's training data; they are looked for where these columns are
     * missing.
     *
     * @param other where they stood
     * @return a changed copy
     */
    public SeriesCsvReader time(TimeColumn other) {
        return new SeriesCsvReader(columns, including,
                (finder, numbers) -> finder.of(other).map(List::of).orElseGet(() -> finder.all(numbers)), missing);
    }

    /**
     * {@return a changed copy that reads the lines in their order, as those of another file without times were read} That order must be the
     * oldest first: where a column of times shows the opposite, it is an error.
     */
    public SeriesCsvReader oldestFirst() {
        return new SeriesCsvReader(columns, including, TimeFinder::noneOfNewestFirst, missing);
    }

    /** {@return a changed copy that looks for no times: the lines are read in their order} */
    public SeriesCsvReader withoutTime() {
        return new SeriesCsvReader(columns, including, (finder, numbers) -> List.of(), missing);
    }

    /**
     * Sets what is done about missing values, {@link Missing#REFUSE} by default. With {@link Missing#MASK} each column that lacks values
     * gets a column more, unless the {@link #columns} name such: then those masks are made, and of other columns the values are carried.
     *
     * @param value what is done
     * @return a changed copy
     */
    public SeriesCsvReader missing(Missing value) {
        return new SeriesCsvReader(columns, including, time, Objects.requireNonNull(value, "missing"));
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
        return read(CsvTable.read(file));
    }

    /**
     * Reads a file whose text is read already, as {@link #read(Path)}.
     *
     * @param file the file, for messages
     * @param text its text
     * @return the series, and what was decided about the file
     * @throws IllegalArgumentException as {@link #read(Path)}
     */
    public SeriesCsv read(Path file, String text) {
        return read(CsvTable.read(file, text));
    }

    private SeriesCsv read(CsvTable table) {
        Numeric numeric = new Numeric(table);
        List<String> notes = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        Set<String> wanted = new LinkedHashSet<>(columns);
        wanted.addAll(including);
        TimeFinder finder = new TimeFinder(numeric, notes);
        List<TimeFinder.Candidate> times = time.in(finder, List.copyOf(wanted));
        Optional<TimeAxis> axis = times.stream().findFirst().map(found -> finder.ordered(found));
        if (times.isEmpty() && time == LOOKED_FOR) {
            finder.unread().ifPresent(notes::add);
        }
        if (columns.isEmpty()) {
            wanted = new LinkedHashSet<>(numeric(numeric, times, notes, skipped));
            wanted.addAll(including);
        }
        boolean turned = !times.isEmpty() && times.get(0).axis().isDescending();
        List<String> masks = missing == Missing.MASK ? wanted.stream().filter(name -> !table.names().contains(name)
                && table.names().contains(Missing.masked(name))).toList() : List.of();
        List<String> names = wanted.stream().filter(name -> !masks.contains(name)).toList();
        double[][] values = names.stream().map(name -> {
            double[] column = numeric.values(table.column(name), missing != Missing.REFUSE);
            boolean masked = missing == Missing.MASK && (masks.isEmpty() || masks.contains(Missing.mask(name)));
            note(table, name, column, masked, notes);
            return turned ? reversed(column) : column;
        }).toArray(double[][]::new);
        Series series = masks.isEmpty() ? missing.fill(names, values) : masked(names, values, masks).select(List.copyOf(wanted));
        return new SeriesCsv(axis.map(series::with).orElse(series), skipped, notes);
    }

    private void note(CsvTable table, String name, double[] column, boolean masked, List<String> notes) {
        int[] gaps = IntStream.range(0, column.length).filter(line -> Double.isNaN(column[line])).toArray();
        if (gaps.length > 0) {
            notes.add(String.format(Locale.ROOT, "%s lacks %,d value%s, %s line %d: %s", name, gaps.length, gaps.length == 1 ? "" : "s",
                    gaps.length == 1 ? "in" : "the first in", table.number(gaps[0]),
                    missing == Missing.INTERPOLATE ? "interpolated" : masked ? "carried forward, with a mask" : "carried forward"));
        }
    }

    /** The columns with the masks that are asked for, also of columns that lack nothing here. */
    private Series masked(List<String> names, double[][] values, List<String> masks) {
        List<String> all = new ArrayList<>(names);
        List<double[]> columns = new ArrayList<>(List.of(values));
        for (String mask : masks) {
            int base = names.indexOf(Missing.masked(mask));
            if (base < 0 || Arrays.stream(values[base]).noneMatch(Double::isNaN)) {
                all.add(mask);
                columns.add(new double[values[0].length]);
            }
        }
        return missing.fill(all, columns.toArray(double[][]::new));
    }

    private static double[] reversed(double[] values) {
        return IntStream.rangeClosed(1, values.length).mapToDouble(i -> values[values.length - i]).toArray();
    }

    /** The names of the columns of numbers that hold no times and do not only count the lines. */
    private List<String> numeric(Numeric columns, List<TimeFinder.Candidate> times, List<String> notes, List<String> skipped) {
        List<String> numeric = new ArrayList<>();
        List<String> counting = new ArrayList<>();
        List<String> others = new ArrayList<>();
        List<String> moreTimes = new ArrayList<>();
        List<String> clocks = new ArrayList<>();
        CsvTable table = columns.table();
        for (int each = 0; each < table.names().size(); each++) {
            int column = each;
            String name = table.names().get(column);
            boolean numbers = columns.of(column).isNumeric();
            if (times.stream().anyMatch(found -> found.columns().contains(column)) && !including.contains(name)) {
                if (!times.get(0).columns().contains(column)) {
                    moreTimes.add(name);
                }
                continue;
            }
            if (numbers && !including.contains(name) && !times.isEmpty() && times.get(0).isOrdered()
                    && ClockParts.repeats(times.get(0).axis(), name, columns.values(column, true))) {
                clocks.add(name);
                continue;
            }
            boolean chosen = including.contains(name) || numbers && !isIndex(table, column, columns.of(column));
            (chosen ? numeric : numbers ? counting : others).add(name);
        }
        if (numeric.isEmpty()) {
            if (counting.isEmpty() && clocks.isEmpty()) {
                throw new IllegalArgumentException(table.file() + " has no column of numbers; the first line of values is "
                        + String.join(", ", table.lines().get(0).getFields()) + ". A number stands alone, such as 12.5");
            }
            numeric.addAll(counting.isEmpty() ? clocks : counting); // nothing else is there to be read
            counting.clear();
            clocks.clear();
        }
        if (!others.isEmpty()) {
            notes.add("left out, as they hold no numbers: " + ColumnNames.list(others));
        }
        if (!moreTimes.isEmpty()) {
            notes.add("left out, as they hold times: " + ColumnNames.list(moreTimes));
        }
        if (!clocks.isEmpty()) {
            notes.add("left out, as they say again what the times say: " + ColumnNames.list(clocks));
        }
        if (!counting.isEmpty()) {
            notes.add("left out, as they only count the lines: " + ColumnNames.list(counting));
        }
        skipped.addAll(others);
        skipped.addAll(moreTimes);
        skipped.addAll(clocks);
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
