package org.tidegate.task.classify;

import java.util.Objects;

/**
 * A text and its class.
 *
 * @param label the class
 * @param text the text
 * @param source the file and line of the text, for messages: {@code "train.tsv, line 7"}
 */
public record LabelledText(String label, String text, String source) {

    /**
     * Checks that nothing is missing.
     *
     * @param label the class
     * @param text the text
     * @param source the file and line of the text, for messages: {@code "train.tsv, line 7"}
     */
    public LabelledText {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(source, "source");
    }

    /**
     * Creates a text that is from no file.
     *
     * @param label the class
     * @param text the text
     */
    public LabelledText(String label, String text) {
        this(label, text, "the text \"" + text + "\"");
    }
}
