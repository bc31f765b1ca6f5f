package org.tidegate.csv;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.tidegate.text.InputFile;

/**
 * The lines of a CSV file, with a field in each for every name.
 *
 * @param file the file
 * @param names of the columns; one without a name is called by its number, "column 1"
 * @param unnamed the positions of those without a name
 * @param lines the lines of values, without the names
 */
record CsvTable(Path file, List<String> names, Set<Integer> unnamed, List<CsvRecord> lines) {
    /** A first line of spreadsheets, which names the separator. */
    private static final Pattern SEPARATOR_LINE = Pattern.compile("\"?sep=(.)\"?\\R", Pattern.CASE_INSENSITIVE);
    private static final Pattern SPACES = Pattern.compile("\\s+");

    static CsvTable read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + " is a folder; expected a CSV file");
        }
        return read(file, InputFile.read(file));
    }

    static CsvTable read(Path file, String text) {
        List<CsvRecord> lines = withoutBlankOnes(parse(file, text));
        if (lines.isEmpty()) {
            throw new IllegalArgumentException(file + " is empty; expected a line with the columns' names, then lines of numbers");
        }
        if (lines.size() < 2) {
            throw new IllegalArgumentException(file + " has a line of names and no more; expected lines of numbers under it");
        }
        return of(file, lines.get(0), lines.subList(1, lines.size()));
    }

    private static CsvTable of(Path file, CsvRecord header, List<CsvRecord> lines) {
        List<String> names = new ArrayList<>(header.getFields().stream().map(name -> SPACES.matcher(name.strip()).replaceAll(" "))
                .toList());
        if (lines.stream().allMatch(line -> line.getFieldCount() == names.size() + 1)) {
            if (lines.stream().allMatch(line -> line.getField(names.size()).isBlank())) {
                names.add(""); // a separator behind each line
            } else if (counts(lines)) {
                names.add(0, ""); // R gives the names of rows no name
            }
        }
        for (CsvRecord line : lines) {
            if (line.getFieldCount() != names.size()) {
                throw new IllegalArgumentException(String.format(Locale.ROOT,
                        "%s, line %d has %d columns; expected %d, as the first line has", file, line.getStartingLineNumber(),
                        line.getFieldCount(), names.size()));
            }
        }
        while (names.size() > 1 && names.get(names.size() - 1).isEmpty()
                && lines.stream().allMatch(line -> line.getField(names.size() - 1).isBlank())) {
            names.remove(names.size() - 1);
        }
        Set<Integer> unnamed = new HashSet<>();
        for (int column = 0; column < names.size(); column++) {
            if (names.get(column).isEmpty()) {
                unnamed.add(column);
                names.set(column, "column " + (column + 1));
            }
        }
        CsvTable table = new CsvTable(file, List.copyOf(names), Set.copyOf(unnamed), lines);
        table.checkNames(header);
        return table;
    }

    /** Whether the first fields are 1, 2, 3, in any quotes. */
    private static boolean counts(List<CsvRecord> lines) {
        return IntStream.range(0, lines.size()).allMatch(i -> lines.get(i).getField(0).strip().equals(Integer.toString(i + 1)));
    }

    private void checkNames(CsvRecord header) {
        for (int column = 0; column < names.size(); column++) {
            String name = names.get(column);
            String where = where(header, column);
            if (names.indexOf(name) < column) {
                throw new IllegalArgumentException(where + ": there already is a column of this name; give each its own");
            }
            if (Numbers.isNumber(name)) {
                throw new IllegalArgumentException(where + ": a number is no name of a column. If the line of names is missing, put one"
                        + " before it, such as a,b,c; give names that are years a letter, such as y2019");
            }
        }
    }

    /** A field without the spaces around it. */
    String field(int line, int column) {
        return lines.get(line).getField(column).strip();
    }

    /**
     * The position of a column.
     *
     * @throws IllegalArgumentException if there is none
     */
    int column(String name) {
        int column = names.indexOf(name);
        if (column < 0) {
            throw new IllegalArgumentException(file + " has no column '" + name + "'; it has " + ColumnNames.list(names)
                    + (name.contains(",") || names.stream().noneMatch(each -> each.contains(",")) ? ""
                    : ". A name with a comma stands in double quotes in a list of names"));
        }
        return column;
    }

    /** The place of a field, for messages. */
    String where(int line, int column) {
        return where(lines.get(line), column);
    }

    /** The number of a line in the file. */
    long number(int line) {
        return lines.get(line).getStartingLineNumber();
    }

    private String where(CsvRecord line, int column) {
        return file + ", line " + line.getStartingLineNumber() + ", column " + (column + 1)
                + (unnamed.contains(column) ? "" : " (" + names.get(column) + ")");
    }

    /** Lines of spaces are left out everywhere, lines of separators alone at the end. */
    private static List<CsvRecord> withoutBlankOnes(List<CsvRecord> lines) {
        int end = lines.size();
        while (end > 0 && isBlank(lines.get(end - 1))) {
            end--;
        }
        return lines.subList(0, end).stream().filter(line -> line.getFieldCount() > 1 || !isBlank(line)).toList();
    }

    private static boolean isBlank(CsvRecord line) {
        return line.getFields().stream().allMatch(String::isBlank);
    }

    private static List<CsvRecord> parse(Path file, String text) {
        List<CsvRecord> records = new ArrayList<>();
        Matcher first = SEPARATOR_LINE.matcher(text);
        boolean named = first.lookingAt();
        char separator = named ? first.group(1).charAt(0) : Separator.of(text);
        try (CsvReader<CsvRecord> reader = Separator.reader(text, separator)) {
            reader.forEach(records::add);
            return named ? records.subList(1, records.size()) : records;
        } catch (CsvParseException e) {
            long read = records.isEmpty() ? 0 : records.get(records.size() - 1).getStartingLineNumber();
            throw new IllegalArgumentException(file + ", after line " + read + ": a value in quotes does not end, or something stands"
                    + " between its last quote and the separator; a quote inside a value is written twice, \"\"", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }
}
