package org.tidegate.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.tidegate.text.InputFile;

/**
 * A strict reader of tab-separated text, of any {@link InputFile}: one row a line, every line with the same number of columns, no empty
 * field in a column that is read, unless it may be empty. There is no quoting: a tab always separates. Blank lines at the end are no rows;
 * one between rows is refused, for what stood there may have been lost.
 */
public final class TsvFile {

    /**
     * The chosen fields of a line.
     *
     * @param line the line's number in the file, from 1 on
     * @param fields the fields of the requested columns, in the order of the request
     */
    public record Row(int line, List<String> fields) {}

    private final String name;
    private final List<String> lines;

    private TsvFile(String name, List<String> lines) {
        this.name = name;
        this.lines = lines;
    }

    /**
     * Opens a file, of which all lines are kept.
     *
     * @param file the file
     * @return its lines, at least one
     * @throws IllegalArgumentException if it has none or is no text; the message names file and line
     * @throws IOException if the file cannot be read
     */
    public static TsvFile open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + " is a folder; expected a file of tab-separated text");
        }
        List<String> lines = InputFile.lines(file);
        int end = lines.size();
        while (end > 0 && lines.get(end - 1).isBlank()) {
            end--;
        }
        if (end == 0) {
            throw new IllegalArgumentException(file + (lines.isEmpty() ? " is empty" : " has nothing but blank lines")
                    + "; expected lines of tab-separated columns");
        }
        return new TsvFile(file.toString(), lines.subList(0, end));
    }

    /**
     * Reads some columns of a file.
     *
     * @param file the file
     * @param columns which, each by its number from 1 on or, if there is a header, by its name there
     * @param header whether the first line names the columns; it is no row then
     * @return one row for each line, at least one
     * @throws IllegalArgumentException if there is no such column, a line has more or fewer columns than the first, a field that is
     *     read is empty, or the file has no row or is no text; the message names file, line and column
     * @throws IOException if the file cannot be read
     */
    public static List<Row> read(Path file, List<String> columns, boolean header) throws IOException {
        return read(file, columns, Set.of(), header);
    }

    /**
     * Reads some columns of a file as {@link #read(Path, List, boolean)}, some of which may be empty.
     *
     * @param file the file
     * @param columns which, each by its number from 1 on or, if there is a header, by its name there
     * @param mayBeEmpty those of the columns whose fields may be empty
     * @param header whether the first line names the columns; it is no row then
     * @return one row for each line, at least one
     * @throws IllegalArgumentException as {@link #read(Path, List, boolean)}
     * @throws IOException if the file cannot be read
     */
    public static List<Row> read(Path file, List<String> columns, Set<String> mayBeEmpty, boolean header) throws IOException {
        return open(file).rows(columns, mayBeEmpty, header);
    }

    /** {@return the fields of the first line: the columns' names, if it is a header} */
    public List<String> first() {
        return List.of(split(lines.get(0)));
    }

    /**
     * {@return some columns of each line}
     *
     * @param columns as for {@link #read(Path, List, Set, boolean)}
     * @param mayBeEmpty those of the columns whose fields may be empty
     * @param header whether the first line names the columns; it is no row then
     * @throws IllegalArgumentException as {@link #read(Path, List, boolean)}
     */
    public List<Row> rows(List<String> columns, Set<String> mayBeEmpty, boolean header) {
        int first = header ? 1 : 0;
        if (lines.size() <= first) {
            throw new IllegalArgumentException(name + " has a header and nothing after it; expected lines of tab-separated columns");
        }
        String[] firstLine = split(lines.get(0));
        int[] wanted = columns.stream().mapToInt(column -> find(firstLine, column, header)).toArray();
        List<Row> rows = new ArrayList<>(lines.size());
        for (int i = first; i < lines.size(); i++) {
            String[] fields = split(lines.get(i));
            if (fields.length != firstLine.length) {
                throw new IllegalArgumentException(name + ", line " + (i + 1) + " has " + count(fields.length) + "; expected "
                        + firstLine.length + " as in line 1. Columns are separated by tabs, so a text must not have one.");
            }
            rows.add(new Row(i + 1, pick(i + 1, fields, wanted, columns, mayBeEmpty)));
        }
        return rows;
    }

    private List<String> pick(int line, String[] fields, int[] wanted, List<String> columns,
            Set<String> mayBeEmpty) {
        String[] picked = new String[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            picked[i] = fields[wanted[i]];
            if (picked[i].isBlank() && !mayBeEmpty.contains(columns.get(i))) {
                String column = columns.get(i).equals(Integer.toString(wanted[i] + 1)) ? "" : " (" + columns.get(i) + ")";
                throw new IllegalArgumentException(name + ", line " + line + ", column " + (wanted[i] + 1) + column
                        + " is empty; expected text. Take the line out, or fill it in.");
            }
        }
        return List.of(picked);
    }

    private int find(String[] firstLine, String column, boolean header) {
        int byName = header ? Arrays.asList(firstLine).indexOf(column) : -1;
        if (byName >= 0) {
            return byName;
        }
        if (!column.matches("[0-9]{1,6}")) {
            throw new IllegalArgumentException(header
                    ? name + " has no column \"" + column + "\"; its header names " + String.join(", ", firstLine)
                    : "the column \"" + column + "\" is no number, and " + name + " was not said to have a header that names its"
                            + " columns;"
                            + " expected a number from 1 to " + firstLine.length);
        }
        int number = Integer.parseInt(column);
        if (number < 1 || number > firstLine.length) {
            throw new IllegalArgumentException(name + " has no column " + column + ": line 1 has " + count(firstLine.length)
                    + (firstLine.length == 1 ? ". Are they separated by tabs?" : ""));
        }
        return number - 1;
    }

    private static String count(int columns) {
        return columns + (columns == 1 ? " column" : " columns");
    }

    private static String[] split(String line) {
        return line.split("\t", -1);
    }
}
