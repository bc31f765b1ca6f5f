package org.tidegate.task.lm;

import org.tidegate.text.Vocabulary;

/**
 * A text to continue. Of parts of words, a space is of the token behind it, and a text was never read that goes on behind a space alone: so
 * the last space waits for what comes next.
 *
 * @param ids its tokens
 * @param spaced whether a space before what follows is there already: it was read with white space, or waits
 */
record Prompt(int[] ids, boolean spaced) {
    /** Whether there is white space at the beginning of all texts. */
    static boolean beginsSpaced(Vocabulary vocabulary) {
        return vocabulary.unit() != Vocabulary.Unit.BPE;
    }

    /** spaced: of what stands before the text. */
    static Prompt of(Vocabulary vocabulary, String text, boolean spaced) {
        if (vocabulary.unit() == Vocabulary.Unit.BPE) {
            String whole = spaced ? " " + text : text;
            boolean waits = whole.endsWith(" ");
            return new Prompt(vocabulary.encodeKnown(waits ? whole.substring(0, whole.length() - 1) : whole), waits);
        }
        return new Prompt(vocabulary.encodeKnown(text), text.isEmpty() ? spaced : Character.isWhitespace(text.charAt(text.length() - 1)));
    }
}
