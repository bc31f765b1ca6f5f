package org.tidegate.task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Counts what a tagger got right. */
final class TaggerCounts {
    private final Tagger tagger;
    private final long[][] confusion;
    private long words;
    private long correct;
    private long unseen;
    private long unseenCorrect;
    private long sentences;
    private long correctSentences;
    private double lossSum;
    private long targets;

    TaggerCounts(Tagger tagger) {
        this.tagger = tagger;
        confusion = new long[tagger.tags().size()][tagger.tags().size()];
    }

    /** Adds a sentence and the tags that it got. */
    void add(TaggedSentence sentence, int... given) {
        int right = 0;
        for (int t = 0; t < given.length; t++) {
            int gold = tagger.tagId(sentence, t);
            int hit = given[t] == gold ? 1 : 0;
            confusion[gold][given[t]]++;
            right += hit;
            if (!tagger.inputs().isSeen(sentence.words().get(t))) {
                unseen++;
                unseenCorrect += hit;
            }
        }
        words += given.length;
        correct += right;
        sentences++;
        correctSentences += right == given.length ? 1 : 0;
    }

    /** Adds a batch's mean loss. */
    void loss(double mean, long counted) {
        lossSum += mean * counted;
        targets += counted;
    }

    TaggerEvaluation evaluation() {
        List<String> names = new ArrayList<>();
        for (int tag = 0; tag < confusion.length; tag++) {
            names.add(tagger.tags().token(tag));
        }
        return new TaggerEvaluation(words, correct, unseen, unseenCorrect, sentences, correctSentences, lossSum / targets, names,
                Arrays.stream(confusion).map(row -> Arrays.stream(row).boxed().toList()).toList());
    }
}
