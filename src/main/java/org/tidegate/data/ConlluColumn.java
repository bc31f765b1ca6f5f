package org.tidegate.data;

import java.util.Locale;

/** The ten columns of CoNLL-U, in their order. */
public enum ConlluColumn {
    /** The word's number in its sentence, from 1; a range (1-2) or a decimal (8.1) is no word. */
    ID,
    /** The word as it stands in the text. */
    FORM,
    /** Its dictionary form. */
    LEMMA,
    /** The universal part of speech. */
    UPOS,
    /** The language's own part of speech. */
    XPOS,
    /** Morphological features. */
    FEATS,
    /** The number of the word that it depends on, 0 for the root. */
    HEAD,
    /** How it depends on that word. */
    DEPREL,
    /** The enhanced dependencies. */
    DEPS,
    /** Anything else. */
    MISC;

    /** {@return the number of the column in the file, from 1} */
    public int number() {
        return ordinal() + 1;
    }

    /** {@return the name in lower case, as options have it: "upos"} */
    public String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
