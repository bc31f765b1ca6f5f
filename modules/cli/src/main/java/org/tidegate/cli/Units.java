package org.tidegate.cli;

import org.tidegate.text.Vocabulary;

/** What a model's tokens are called on the command line: --unit takes these names. */
enum Units {
    CHAR("character"),
    WORD("word");

    private final String noun;

    Units(String noun) {
        this.noun = noun;
    }

    String noun() {
        return noun;
    }

    /** "character" or "word". */
    static String name(Vocabulary vocabulary) {
        return (vocabulary.unit() == Vocabulary.Unit.CODE_POINT ? CHAR : WORD).noun;
    }
}
