package org.example.signal;

import java.util.List;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.metrics.Accuracy;
import org.tidegate.task.ExampleReading;

/** The accuracy of a validation. */
final class SignalScore implements ExampleReading.Score<LabelledSignal> {
    private final SignalReading reading;
    private final Accuracy accuracy = new Accuracy();

    SignalScore(SignalReading reading) {
        this.reading = reading;
    }

    @Override
    public void add(Session session, Batch batch, List<LabelledSignal> signals) {
        for (int s = 0; s < signals.size(); s++) {
            accuracy.add(session.output(SignalReading.LOGITS).buffer(), s, reading.labels().size(), 0,
                    reading.labels().indexOf(signals.get(s).label()));
        }
    }

    @Override
    public double value() {
        return accuracy.value();
    }
}
