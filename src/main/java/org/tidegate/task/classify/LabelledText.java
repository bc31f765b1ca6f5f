package org.tidegate.task.classify;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A text and its labels: one, its class, or of a classifier of several labels a text any number.
 *
 * @param labels the labels, sorted; unmodifiable
 * @param text the text
 * @param source the file and line of the text, for messages: {@code "train.tsv, line 7"}
 */
public record LabelledText(SortedSet<String> labels, String text, String source) {

    /**
     * Takes a copy of the labels, and checks that nothing is missing.
     *
     * @param labels the labels, sorted; unmodifiable
     * @param text the text
     * @param source the file and line of the text, for messages: {@code "train.tsv, line 7"}
     */
    public LabelledText {
        labels = sorted(labels);
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(source, "source");
    }

    /**
     * Creates a text with one label.
     *
     * @param label the class
     * @param text the text
     * @param source the file and line of the text, for messages: {@code "train.tsv, line 7"}
     */
    public LabelledText(String label, String text, String source) {
        this(sorted(List.of(Objects.requireNonNull(label, "label"))), text, source);
    }

    /**
     * Creates a text with one label that is from no file.
     *
     * @param label the class
     * @param text the text
     */
    public LabelledText(String label, String text) {
        this(label, text, source(text));
    }

    /**
     * Creates a text with any number of labels that is from no file.
     *
     * @param labels the labels; one that is given twice counts once
     * @param text the text
     */
    public LabelledText(Collection<String> labels, String text) {
        this(sorted(labels), text, source(text));
    }

    /**
     * {@return the only label}
     *
     * @throws IllegalStateException if the text has none or several
     */
    public String label() {
        if (labels.size() != 1) {
            throw new IllegalStateException(source + " has " + describeLabels() + "; ask for its labels");
        }
        return labels.first();
    }

    /** "no label", "the labels a, b". */
    String describeLabels() {
        return labels.isEmpty() ? "no label" : (labels.size() == 1 ? "the label " : "the labels ") + String.join(", ", labels);
    }

    private static SortedSet<String> sorted(Collection<String> labels) {
        return Collections.unmodifiableSortedSet(new TreeSet<>(labels));
    }

    private static String source(String text) {
        return "the text \"" + text + "\"";
    }
}
