package org.tidegate.cli;

import org.tidegate.text.Vocabulary;

/** The units of a language model's tokens, the values of --unit. */
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

    /** The vocabulary of a training text. A word that occurs once becomes {@code <unk>}, so that the model is trained on unknown words. */
    Vocabulary vocabulary(String text) {
        return this == CHAR ? Vocabulary.ofCodePoints(text)
                : Vocabulary.builder(Vocabulary.Unit.WORD).add(text).minimumCount(2).build();
    }
}
