package org.tidegate.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.tidegate.data.Series;
import org.tidegate.text.Utf8;

/**
 * Reads a CSV file (RFC 4180; separated by commas, semicolons or tabs) with a header as a {@link Series}: a line is a moment, in the order
 * of time. Numbers have a decimal point. A missing value is an error, never filled in.
 *
 * @param series the columns that were read
 * @param skipped the names of the columns that were left out because they are not numeric, a date for instance
 */
public record SeriesCsv(Series series, List<String> skipped) {
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Set<String> MISSING = Set.of("", "na", "n/a", "nan", "null", "none", "?", "-");

    /**
     * Takes a copy of the names.
     *
     * @param series the columns that were read
     * @param skipped the names of the columns that were left out because they are not numeric, a date for instance
     */
    public SeriesCsv {
        skipped = List.copyOf(skipped);
    }

    /**
     * Reads all numeric columns of a file: those whose first value that is not missing is a number.
     *
     * @param file the file
     * @return the series and the names of the other columns
     * @throws IllegalArgumentException if the file is malformed; the message names file, line and column
     * @throws IOException if it cannot be read
     */
    public static SeriesCsv read(Path file) throws IOException {
        Table table = Table.read(file);
        List<String> numeric = table.numeric();
        if (numeric.isEmpty()) {
            throw new IllegalArgumentException(file + " has no column of numbers; the first line of values is "
                    + String.join(", ", table.lines.get(1).getFields()) + ". A number is written with a point, 12.5, and stands alone");
        }
        return new SeriesCsv(table.series(numeric), table.names.stream().filter(name -> !numeric.contains(name)).toList());
    }

    /**
     * Reads some columns of a file.
     *
     * @param file the file
     * @param columns the names of the columns, at least one, in the order of the series
     * @return the series
     * @throws IllegalArgumentException if there is no such column, it is not numeric, or as {@link #read(Path)}
     * @throws IOException if it cannot be read
     */
    public static SeriesCsv read(Path file, List<String> columns) throws IOException {
        return new SeriesCsv(Table.read(file).series(columns), List.of());
    }

    /** The lines of a file, with as many values in each as there are names. */
    private record Table(Path file, List<String> names, List<CsvRecord> lines) {
        static Table read(Path file) throws IOException {
            if (Files.isDirectory(file)) {
                throw new IllegalArgumentException(file + " is a folder; expected a CSV file");
            }
            List<CsvRecord> lines = parse(file, Utf8.read(file));
            if (lines.isEmpty()) {
                throw new IllegalArgumentException(file + " is empty; expected a line with the columns' names, then lines of numbers");
            }
            Table table = new Table(file, lines.get(0).getFields().stream().map(String::strip).toList(), lines);
            table.check();
            return table;
        }

        private void check() {
            for (int column = 0; column < names.size(); column++) {
                if (names.indexOf(names.get(column)) < column) {
                    throw new IllegalArgumentException(where(lines.get(0), column) + ": there already is a column of this name; give each"
                            + " its own");
                }
            }
            if (names.stream().anyMatch(name -> NUMBER.matcher(name).matches())) {
                throw new IllegalArgumentException(file + ", line 1: " + String.join(", ", names)
                        + " are no names of columns; expected the names in the first line");
            }
            for (CsvRecord line : lines) {
                if (line.getFieldCount() != names.size()) {
                    throw new IllegalArgumentException(String.format(Locale.ROOT,
                            "%s, line %d has %d columns; expected %d, as the first line has", file, line.getStartingLineNumber(),
                            line.getFieldCount(), names.size()));
                }
            }
            if (lines.size() < 2) {
                throw new IllegalArgumentException(file + " has a line of names and no more; expected lines of numbers under it");
            }
        }

        /** The names of the numeric columns. */
        List<String> numeric() {
            return IntStream.range(0, names.size()).filter(this::isNumeric).mapToObj(names::get).toList();
        }

        Series series(List<String> wanted) {
            return Series.of(wanted, wanted.stream().map(this::column).toArray(double[][]::new));
        }

        /** Whether the first value that is not missing is a number. */
        private boolean isNumeric(int column) {
            return lines.stream().skip(1).map(line -> line.getField(column).strip()).filter(value -> !isMissing(value)).findFirst()
                    .filter(value -> NUMBER.matcher(value).matches()).isPresent();
        }

        private double[] column(String name) {
            int column = names.indexOf(name);
            if (column < 0) {
                throw new IllegalArgumentException(file + " has no column '" + name + "'; it has " + String.join(", ", names));
            }
            return IntStream.range(1, lines.size()).mapToDouble(line -> number(line, column)).toArray();
        }

        private double number(int line, int column) {
            String value = lines.get(line).getField(column).strip();
            if (isMissing(value)) {
                throw new IllegalArgumentException(where(lines.get(line), column) + ": the value is missing ('" + value
                        + "'); fill the gap or leave the line out");
            }
            if (!NUMBER.matcher(value).matches()) {
                String numeric = numeric().isEmpty() ? "none of this file" : String.join(", ", numeric());
                throw new IllegalArgumentException(where(lines.get(line), column) + ": '" + value + "' is not a number; "
                        + (line == 1 ? "choose columns of numbers, such as " + numeric : "expected one such as 12.5"));
            }
            double number = Double.parseDouble(value);
            if (!Double.isFinite(number)) {
                throw new IllegalArgumentException(where(lines.get(line), column) + ": '" + value + "' is too large");
            }
            return number;
        }

        private String where(CsvRecord line, int column) {
            return file + ", line " + line.getStartingLineNumber() + ", column " + (column + 1) + " (" + names.get(column) + ")";
        }

        private static List<CsvRecord> parse(Path file, String text) {
            List<CsvRecord> records = new ArrayList<>();
            try (CsvReader<CsvRecord> reader = CsvReader.builder().fieldSeparator(separator(text)).allowExtraFields(true)
                    .allowMissingFields(true).ofCsvRecord(text)) {
                reader.forEach(records::add);
                return records;
            } catch (CsvParseException e) {
                long read = records.isEmpty() ? 0 : records.get(records.size() - 1).getStartingLineNumber();
                throw new IllegalArgumentException(file + ", after line " + read + ": a value in quotes does not end, or something stands"
                        + " between its last quote and the separator; a quote inside a value is written twice, \"\"", e);
            } catch (IOException e) {
                throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
            }
        }

        /** The most frequent separator of the header; of equally many (none, in a file of one column) the first here. */
        private static char separator(String text) {
            String head = text.lines().findFirst().orElse("");
            char best = ',';
            for (char separator : new char[] {';', '\t'}) {
                best = count(head, separator) > count(head, best) ? separator : best;
            }
            return best;
        }
    }

    private static boolean isMissing(String value) {
        return MISSING.contains(value.toLowerCase(Locale.ROOT));
    }

    private static long count(String text, char separator) {
        return text.chars().filter(c -> c == separator).count();
    }
}
