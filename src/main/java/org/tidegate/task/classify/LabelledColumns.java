package org.tidegate.task.classify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tidegate.data.TsvFile;

/**
 * The columns of labels and texts in tab-separated files; folders of texts have none. A text has one label; with a separator the label's
 * column holds any number of them, {@code "news|sport"}, and an empty one none.
 *
 * @param label the label's column: its number from 1 on, or its name in the header
 * @param text the text's column
 * @param header whether the first line names the columns
 * @param separator what stands between the labels of a text, if it may have several
 */
public record LabelledColumns(String label, String text, boolean header, Optional<String> separator) {
    /** What stands between the labels of a text, unless another separator is asked for. */
    public static final String SEPARATOR = "|";
    /** The label, a tab, the text; no header. */
    public static final LabelledColumns LABEL_THEN_TEXT = new LabelledColumns("1", "2", false);
    /** The text, a tab, the label; no header. */
    public static final LabelledColumns TEXT_THEN_LABEL = new LabelledColumns("2", "1", false);

    private static final int LEAST_ROWS = 10; // of fewer nothing can be said
    private static final double MOST_LABELS = 0.8; // different ones, of the rows
    private static final double LEAST_TEXTS = 0.3;

    /**
     * Checks that these are two columns.
     *
     * @param label the label's column: its number from 1 on, or its name in the header
     * @param text the text's column
     * @param header whether the first line names the columns
     * @param separator what stands between the labels of a text, if it may have several
     * @throws IllegalArgumentException if one is empty, or both are the same; if the separator is empty, or has a tab or a line break
     */
    public LabelledColumns {
        if (label.isBlank() || text.isBlank() || label.equals(text)) {
            throw new IllegalArgumentException("the label's column is \"" + label + "\" and the text's \"" + text
                    + "\"; expected two columns, by number from 1 on or by the names of a header");
        }
        if (separator.isPresent() && !separator.get().matches("[^\\t\\n\\r]+")) {
            throw new IllegalArgumentException("the separator of labels is \"" + separator.get()
                    + "\"; expected one character or more, no tab and no line break");
        }
    }

    /**
     * Columns of texts with one label.
     *
     * @param label the label's column: its number from 1 on, or its name in the header
     * @param text the text's column
     * @param header whether the first line names the columns
     * @throws IllegalArgumentException if one is empty, or both are the same
     */
    public LabelledColumns(String label, String text, boolean header) {
        this(label, text, header, Optional.empty());
    }

    /**
     * Sets that a text may have several labels.
     *
     * @param between what stands between them in the label's column; spaces around labels are taken off, and what is empty between two
     *     separators is no label
     * @return a changed copy
     * @throws IllegalArgumentException if it is empty, or has a tab or a line break
     */
    public LabelledColumns separator(String between) {
        return new LabelledColumns(label, text, header, Optional.of(between));
    }

    /**
     * Reads the labelled texts of files, one file after the other. Where one is a folder, it has a folder for each label, named by it
     * (several labels with the separator between them), with a file for each text; hidden files have no part.
     *
     * @param files the files and folders
     * @return the texts
     * @throws IllegalArgumentException if a file is malformed; the message names file, line and column, as {@link TsvFile#read}; if a folder
     *     or a file in it is empty; if almost every line has a label of its own and few lines have a text of their own, so that the columns
     *     are most likely exchanged
     * @throws IOException if one cannot be read
     */
    public List<LabelledText> read(List<Path> files) throws IOException {
        List<LabelledText> texts = new ArrayList<>();
        for (Path file : files) {
            if (Files.isDirectory(file)) {
                LabelFolders.read(file).forEach(each -> texts.add(new LabelledText(labels(each.label()), each.text(),
                        each.file().toString())));
                continue;
            }
            int first = texts.size();
            for (TsvFile.Row row : TsvFile.read(file, List.of(label, text), separator.isPresent() ? Set.of(label) : Set.of(), header)) {
                texts.add(new LabelledText(labels(row.fields().get(0)), row.fields().get(1), file + ", line " + row.line()));
            }
            checkOrder(file, texts.subList(first, texts.size()));
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

    private void checkOrder(Path file, List<LabelledText> rows) {
        long differentLabels = rows.stream().map(LabelledText::labels).distinct().count();
        long differentTexts = rows.stream().map(LabelledText::text).distinct().count();
        if (rows.size() >= LEAST_ROWS && differentLabels >= MOST_LABELS * rows.size() && differentTexts <= LEAST_TEXTS * rows.size()) {
            throw new IllegalArgumentException(String.format(Locale.ROOT, "%s: the column of the labels, %s, has %,d different values in %,d"
                    + " lines, and that of the texts, %s, has %,d; they seem to be exchanged. Take the label from column %s and the text from"
                    + " column %s: --columns %s,%s", file, label, differentLabels, rows.size(), text, differentTexts, text, label, text,
                    label));
        }
    }

    private SortedSet<String> labels(String field) {
        return Stream.of(separator.isPresent() ? field.split(Pattern.quote(separator.get())) : new String[] {field}).map(String::strip)
                .filter(each -> !each.isEmpty()).collect(Collectors.toCollection(TreeSet::new));
    }
}
