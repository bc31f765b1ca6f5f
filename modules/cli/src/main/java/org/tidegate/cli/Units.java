package org.tidegate.cli;

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
}
