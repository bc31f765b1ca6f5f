package org.tidegate.task.classify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tidegate.data.TsvFile;

/**
 * The columns of labels and texts in tab-separated files.
 *
 * @param label the label's column: its number from 1 on, or its name in the header
 * @param text the text's column
 * @param header whether the first line names the columns
 */
public record LabelledColumns(String label, String text, boolean header) {
    /** The label, a tab, the text; no header. */
    public static final LabelledColumns LABEL_THEN_TEXT = new LabelledColumns("1", "2", false);
    /** The text, a tab, the label; no header. */
    public static final LabelledColumns TEXT_THEN_LABEL = new LabelledColumns("2", "1", false);

    /**
     * Checks that these are two columns.
     *
     * @param label the label's column: its number from 1 on, or its name in the header
     * @param text the text's column
     * @param header whether the first line names the columns
     * @throws IllegalArgumentException if one is empty, or both are the same
     */
    public LabelledColumns {
        if (label.isBlank() || text.isBlank() || label.equals(text)) {
            throw new IllegalArgumentException("the label's column is \"" + label + "\" and the text's \"" + text
                    + "\"; expected two columns, by number from 1 on or by the names of a header");
        }
    }

    /**
     * Reads the labelled texts of files, one file after the other.
     *
     * @param files the files
     * @return the texts
     * @throws IllegalArgumentException if a file is malformed; the message names file, line and column, as {@link TsvFile#read}
     * @throws IOException if one cannot be read
     */
    public List<LabelledText> read(List<Path> files) throws IOException {
        List<LabelledText> texts = new ArrayList<>();
        for (Path file : files) {
            for (TsvFile.Row row : TsvFile.read(file, List.of(label, text), header)) {
                texts.add(new LabelledText(row.fields().get(0).strip(), row.fields().get(1), file + ", line " + row.line()));
            }
        }
        return texts;
    }

    /**
     * Reads the labelled texts of a file, as {@link #read(List)}.
     *
     * @param file the file
     * @return the texts
     * @throws IllegalArgumentException as {@link #read(List)}
     * @throws IOException if it cannot be read
     */
    public List<LabelledText> read(Path file) throws IOException {
        return read(List.of(file));
    }
}
