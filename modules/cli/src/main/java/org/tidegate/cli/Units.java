package org.tidegate.cli;

import org.tidegate.text.Vocabulary;

/** The units of a language model's tokens, the values of --unit. */
enum Units {
    CHAR("character", Vocabulary.Unit.CODE_POINT),
    WORD("word", Vocabulary.Unit.WORD),
    WHITESPACE("word", Vocabulary.Unit.WHITESPACE),
    BPE("token", Vocabulary.Unit.BPE);

    /** What --unit says of its values. */
    static final String VALUES = "What is predicted: char, word, bpe: parts of words by byte-pair encoding, so that none is unknown, or"
            + " whitespace: the tokens between white space and the line breaks of a text that is tokenised already, as papers count them"
            + " (${DEFAULT-VALUE}).";

    private final String noun;
    private final Vocabulary.Unit unit;

    Units(String noun, Vocabulary.Unit unit) {
        this.noun = noun;
        this.unit = unit;
    }

    String noun() {
        return noun;
    }

    /**
     * The vocabulary of a training text. A word that occurs once becomes {@code <unk>}, so that the model is trained on unknown words; not so of
     * a text that has them already. Of parts of words a character that occurs once is spelled by bytes, to the same end.
     */
    Vocabulary vocabulary(String text, VocabularyOptions options) {
        boolean all = this == CHAR || this == WHITESPACE && unit.tokens(text).contains(Vocabulary.UNKNOWN);
        return options.put(Vocabulary.builder(unit).add(text).minimumCount(all ? 1 : 2)).build();
    }
}
