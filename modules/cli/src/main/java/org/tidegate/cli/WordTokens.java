package org.tidegate.cli;

import org.tidegate.data.WordSplitter;

/** How a text becomes words, the values of --tokens where words are tagged or filled in. */
enum WordTokens {
    /** The words of the training data, as far as they can be known. */
    WORDS,
    /** What stands between spaces: words that are ready. */
    WHITESPACE;

    /** The splitter of a model, unless words are ready; of a model that was trained on ready words Unicode's, if not. */
    WordSplitter of(WordSplitter model) {
        return this == WHITESPACE ? WordSplitter.READY : model.isReady() ? WordSplitter.WORDS : model;
    }
}
