package org.tidegate.task.classify;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tidegate.data.TsvFile;

/**
 * Where in tab-separated files the labels and the texts stand.
 *
 * @param label the label's column: its number from 1 on, or the name that the header gives it
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
     * @throws IllegalArgumentException if a file is not as it should be; the message names file, line and column, as
     *     {@link TsvFile#read} has it
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

    /** As {@link #read(List)}, of one file. */
    public List<LabelledText> read(Path file) throws IOException {
        return read(List.of(file));
    }
}
