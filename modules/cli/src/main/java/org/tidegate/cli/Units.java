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

    /** The vocabulary of a training text. A word that occurs once becomes {@code <unk>}: so a model learns what unknown words do. */
    Vocabulary vocabulary(String text) {
        return this == CHAR ? Vocabulary.ofCodePoints(text)
                : Vocabulary.builder(Vocabulary.Unit.WORD).add(text).minimumCount(2).build();
    }
}
