package org.tidegate.task.classify;

import java.util.Objects;

/**
 * A text and the class that it belongs to.
 *
 * @param label the class
 * @param text the text
 * @param source where it stands, for messages: {@code "train.tsv, line 7"}
 */
public record LabelledText(String label, String text, String source) {

    /** Checks that nothing is missing. */
    public LabelledText {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(source, "source");
    }

    /** A text that stands in no file. */
    public LabelledText(String label, String text) {
        this(label, text, "the text \"" + text + "\"");
    }
}
