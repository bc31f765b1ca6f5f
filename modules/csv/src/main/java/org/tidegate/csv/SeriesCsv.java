package org.tidegate.csv;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.data.Series;

/**
 * A {@link Series} of a CSV file (RFC 4180) with a line of names at its top: a line is a moment. Commas, semicolons, tabs or bars separate
 * the fields, found with regard to quotes; numbers have a decimal point or, all of a column, a decimal comma. {@link SeriesCsvReader} has
 * what can be chosen.
 *
 * @param series the columns that were read
 * @param skipped the names of the columns that were left out: they are not numeric, or only count the lines
 * @param notes what was decided about the file and a user should know, a sentence each
 */
public record SeriesCsv(Series series, List<String> skipped, List<String> notes) {
    /**
     * Takes copies of the lists.
     *
     * @param series the columns that were read
     * @param skipped the names of the columns that were left out: they are not numeric, or only count the lines
     * @param notes what was decided about the file and a user should know, a sentence each
     */
    public SeriesCsv {
        skipped = List.copyOf(skipped);
        notes = List.copyOf(notes);
    }

    /**
     * Reads all columns of numbers of a file, but for those that only count its lines.
     *
     * @param file the file
     * @return the series and the names of the other columns
     * @throws IllegalArgumentException if the file is malformed; the message names file, line and column
     * @throws IOException if it cannot be read
     */
    public static SeriesCsv read(Path file) throws IOException {
        return SeriesCsvReader.of().read(file);
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
        return SeriesCsvReader.of().columns(columns).read(file);
    }
}
