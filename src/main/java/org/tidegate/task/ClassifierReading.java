package org.tidegate.task;

import java.nio.IntBuffer;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.tidegate.Batch;
import org.tidegate.text.Vocabulary;

/**
 * How a classifier reads: what it knows besides its network.
 *
 * @param vocabulary the tokens
 * @param labels the classes in the order of their ids
 * @param lowerCase whether texts are put into lower case first
 * @param wordDropout the share of the tokens that training replaces by the unknown token
 * @param columns where in its files the labels and the texts stand
 */
record ClassifierReading(Vocabulary vocabulary, List<String> labels, boolean lowerCase, double wordDropout, LabelledColumns columns) {

    /** A text as the vocabulary is to see it. */
    static String prepared(String text, boolean lowerCase) {
        return lowerCase ? text.toLowerCase(Locale.ROOT) : text;
    }

    /** The ids of a text; fails if there are none. */
    int[] tokens(String text, String source) {
        int[] ids = vocabulary.encode(prepared(text, lowerCase));
        if (ids.length == 0) {
            throw new IllegalArgumentException(source + " has nothing to read: \"" + text + "\" has no "
                    + (vocabulary.unit() == Vocabulary.Unit.CODE_POINT ? "characters" : "words") + "; expected at least one");
        }
        return ids;
    }

    int[] tokens(LabelledText example) {
        return tokens(example.text(), example.source());
    }

    /** The id of an example's label; fails if it is none of those that the model knows. */
    int label(LabelledText example) {
        int id = labels.indexOf(example.label());
        if (id < 0) {
            throw new IllegalArgumentException(example.source() + " has the label \"" + example.label()
                    + "\", which the model did not see in its training; it knows " + String.join(", ", labels));
        }
        return id;
    }

    /** The tokens, some of them replaced by the unknown one. */
    int[] dropped(int[] tokens, RandomGenerator random) {
        if (wordDropout > 0) {
            for (int i = 0; i < tokens.length; i++) {
                if (random.nextDouble() < wordDropout) {
                    tokens[i] = vocabulary.unknownId();
                }
            }
        }
        return tokens;
    }

    /** Gives a batch the sequences. */
    void fill(Batch batch, List<int[]> sequences) {
        batch.lengths(Classifier.AXIS, sequences.stream().mapToInt(ids -> ids.length).toArray());
        IntBuffer rows = batch.writableIds(Classifier.TOKENS);
        for (int s = 0; s < sequences.size(); s++) {
            int[] ids = sequences.get(s);
            for (int t = 0; t < ids.length; t++) {
                rows.put(batch.row(Classifier.AXIS, s, t), ids[t]);
            }
        }
    }
}
