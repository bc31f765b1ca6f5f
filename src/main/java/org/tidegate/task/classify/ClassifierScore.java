package org.tidegate.task.classify;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Set;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.metrics.Accuracy;
import org.tidegate.metrics.ClassScore;
import org.tidegate.task.ExampleReading;

/** The accuracy of a validation, or where a text may have several labels the micro F1. */
final class ClassifierScore implements ExampleReading.Score<LabelledText> {
    private final ClassifierReading reading;
    private final Accuracy accuracy = new Accuracy();
    private long count;
    private long given;
    private long correct;

    ClassifierScore(ClassifierReading reading) {
        this.reading = reading;
    }

    @Override
    public void add(Session session, Batch batch, List<LabelledText> texts) {
        FloatBuffer logits = session.output(ClassifierReading.LOGITS).buffer();
        int labels = reading.labels().size();
        if (!reading.multiLabel()) {
            accuracy.add(logits, labels, 0, batch.writableIds(ClassifierReading.LABEL));
            return;
        }
        for (int s = 0; s < texts.size(); s++) {
            Set<Integer> truth = reading.labels(texts.get(s));
            count += texts.get(s).labels().size(); // with those that training did not have
            for (int k = 0; k < labels; k++) {
                if (ClassifierReading.probability(logits.get(s * labels + k)) >= Classifier.THRESHOLD) {
                    given++;
                    correct += truth.contains(k) ? 1 : 0;
                }
            }
        }
    }

    @Override
    public double value() {
        return reading.multiLabel() ? ClassScore.microF1(List.of(new ClassScore("all", count, given, correct))) : accuracy.value();
    }
}
