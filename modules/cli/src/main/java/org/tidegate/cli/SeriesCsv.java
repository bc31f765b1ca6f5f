package org.tidegate.cli;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.tidegate.data.Series;
import org.tidegate.text.Utf8;

/**
 * A CSV file (RFC 4180; separated by commas, semicolons or tabs) with a line of names at its top as a {@link Series}. Only numbers
 * come in: a column of something else, a date say, is left out unless it was asked for, which is an error, as is a gap.
 *
 * @param series the columns of numbers that were wanted
 * @param skipped the names of the columns that hold no numbers and were left out
 */
record SeriesCsv(Series series, List<String> skipped) {
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Set<String> MISSING = Set.of("", "na", "n/a", "nan", "null", "none", "?", "-");
    private static final List<Character> SEPARATORS = List.of(',', ';', '\t');

    /**
     * Reads a file.
     *
     * @param wanted the columns to be read, in any order; empty for all that hold numbers
     * @throws IllegalArgumentException if the file is no such CSV file; the message names the file, the line and the column
     * @throws IOException if it cannot be read
     */
    static SeriesCsv read(Path file, List<String> wanted) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + " is a folder; expected a CSV file");
        }
        return new Table(file, Utf8.read(file)).read(wanted);
    }

    private static final class Table {
        private final Path file;
        private final List<CsvRecord> lines;
        private final List<String> names;

        Table(Path file, String text) {
            this.file = file;
            String head = text.lines().findFirst().orElse("");
            char separator = SEPARATORS.stream().max((a, b) -> Long.compare(count(head, a), count(head, b))).orElseThrow();
            // Of equally many (none, in a file of one column) max takes the last; a comma then is what a reader expects.
            lines = parse(text, count(head, separator) == 0 ? ',' : separator);
            if (lines.isEmpty()) {
                throw new IllegalArgumentException(file + " is empty; expected a line with the columns' names, then lines of numbers");
            }
            names = lines.get(0).getFields().stream().map(String::strip).toList();
            for (String name : names) {
                if (names.indexOf(name) != names.lastIndexOf(name)) {
                    throw new IllegalArgumentException(where(lines.get(0), names.lastIndexOf(name))
                        + ": there already is a column of this"
                        + " name; give each its own");
                }
            }
            if (names.stream().anyMatch(name -> NUMBER.matcher(name).matches())) {
                throw new IllegalArgumentException(file + ", line 1: " + String.join(", ", names)
                    + " are no names of columns; expected the"
                    + " names in the first line");
            }
        }

        SeriesCsv read(List<String> wanted) {
            for (String name : wanted) {
                if (!names.contains(name)) {
                    throw new IllegalArgumentException(file + " has no column '" + name + "'; it has " + String.join(", ", names));
                }
            }
            for (CsvRecord line : lines) {
                if (line.getFieldCount() != names.size()) {
                    throw new IllegalArgumentException(String.format(Locale.ROOT,
                        "%s, line %d has %d columns; expected %d, as the first line"
                        + " has", file, line.getStartingLineNumber(), line.getFieldCount(), names.size()));
                }
            }
            if (lines.size() < 2) {
                throw new IllegalArgumentException(file + " has a line of names and no more; expected lines of numbers under it");
            }
            List<String> skipped = wanted.isEmpty() ? names.stream().filter(name -> !isNumeric(names.indexOf(name))).toList()
                : List.of();
            List<String> kept = wanted.isEmpty() ? names.stream().filter(name -> !skipped.contains(name)).toList() : wanted;
            if (kept.isEmpty()) {
                throw new IllegalArgumentException(file + " has no column of numbers; the first line of values is "
                    + String.join(", ", lines.get(1).getFields()) + ". A number is written with a point, 12.5, and stands alone");
            }
            return new SeriesCsv(Series.of(kept, kept.stream().map(this::column).toArray(double[][]::new)), skipped);
        }

        /** Whether the first value that is there is a number. */
        private boolean isNumeric(int column) {
            return lines.stream().skip(1).map(line -> line.getField(column).strip()).filter(value -> !isMissing(value)).findFirst()
                .filter(value -> NUMBER.matcher(value).matches()).isPresent();
        }

        private double[] column(String name) {
            int column = names.indexOf(name);
            double[] numbers = new double[lines.size() - 1];
            for (int i = 0; i < numbers.length; i++) {
                CsvRecord line = lines.get(i + 1);
                String value = line.getField(column).strip();
                if (isMissing(value)) {
                    throw new IllegalArgumentException(where(line, column) + ": the value is missing ('" + value
                        + "'); fill the gap or leave"
                        + " the line out");
                }
                if (!NUMBER.matcher(value).matches()) {
                    throw new IllegalArgumentException(where(line, column) + ": '" + value + "' is not a number; "
                        + (i == 0 ? "choose columns of numbers, such as " + numeric() : "expected one such as 12.5"));
                }
                numbers[i] = Double.parseDouble(value);
                if (!Double.isFinite(numbers[i])) {
                    throw new IllegalArgumentException(where(line, column) + ": '" + value + "' is too large");
                }
            }
            return numbers;
        }

        private String numeric() {
            List<String> numeric = names.stream().filter(name -> isNumeric(names.indexOf(name))).toList();
            return numeric.isEmpty() ? "none of this file" : String.join(", ", numeric);
        }

        private String where(CsvRecord line, int column) {
            return file + ", line " + line.getStartingLineNumber() + ", column " + (column + 1) + " (" + names.get(column) + ")";
        }

        private List<CsvRecord> parse(String text, char separator) {
            List<CsvRecord> records = new ArrayList<>();
            try (CsvReader<CsvRecord> reader = CsvReader.builder().fieldSeparator(separator).allowExtraFields(true)
                .allowMissingFields(true)
                    .ofCsvRecord(text)) {
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
    }

    private static boolean isMissing(String value) {
        return MISSING.contains(value.toLowerCase(Locale.ROOT));
    }

    private static long count(String text, char separator) {
        return text.chars().filter(c -> c == separator).count();
    }

    /** The names of a list such as "temp_max,wind". */
    static List<String> names(String list) {
        return list == null ? List.of() : Arrays.stream(list.split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList();
    }
}
