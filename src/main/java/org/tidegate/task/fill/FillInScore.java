package org.tidegate.task.fill;

import java.nio.IntBuffer;
import java.util.List;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.metrics.Accuracy;
import org.tidegate.task.ExampleReading;
import org.tidegate.text.Vocabulary;

/** The share of missing words that are the first answer in a validation; one that the vocabulary lacks is not. */
final class FillInScore implements ExampleReading.Score<List<String>> {
    private final FillInReading reading;
    private final Accuracy top1 = new Accuracy();

    FillInScore(FillInReading reading) {
        this.reading = reading;
    }

    @Override
    public void add(Session session, Batch batch, List<List<String>> sentences) {
        Vocabulary vocabulary = reading.vocabulary();
        IntBuffer missing = batch.writableIds(FillInReading.MISSING);
        top1.add(session.output(FillInReading.SCORES).buffer(), vocabulary.size(), vocabulary.specials(), missing);
        for (long lacking = sentences.stream().mapToLong(List::size).sum() - missing.remaining(); lacking > 0; lacking--) {
            top1.add(false);
        }
    }

    @Override
    public double value() {
        return top1.value();
    }
}
