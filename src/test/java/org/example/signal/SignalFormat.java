package org.example.signal;

import org.tidegate.task.TrainableFormat;

/** The file format of the task {@code signal}. */
public final class SignalFormat extends TrainableFormat<SignalReading, SignalClassifier, SignalAnswers> {
    /** For the service loader. */
    public SignalFormat() {
        super(SignalClassifier.TASK, SignalReading::of, SignalClassifier::new, (reading, model, workers) -> new SignalAnswers(reading, workers));
    }
}
