package org.tidegate.task.tag;

import java.util.List;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.metrics.Accuracy;
import org.tidegate.task.ExampleReading;

/** The accuracy of a validation, the share of words with the right tag. */
final class TaggerScore implements ExampleReading.Score<TaggedSentence> {
    private final TaggerReading reading;
    private final BestTags best;
    private final Accuracy accuracy = new Accuracy();

    TaggerScore(TaggerReading reading, BestTags best) {
        this.reading = reading;
        this.best = best;
    }

    @Override
    public void add(Session session, Batch batch, List<TaggedSentence> sentences) {
        if (!reading.crf()) { // each word by itself, in the order of the batch
            accuracy.add(session.output(TaggerReading.SCORES).buffer(), reading.tags().size(), 0, batch.writableIds(TaggerReading.TAGS));
            return;
        }
        for (int s = 0; s < sentences.size(); s++) {
            int[] right = reading.tagIds(sentences.get(s));
            int[] given = best.of(session, batch, s, right.length);
            for (int t = 0; t < right.length; t++) {
                accuracy.add(given[t] == right[t]);
            }
        }
    }

    @Override
    public double value() {
        return accuracy.value();
    }
}
