package org.tidegate.task.transcribe;

import org.tidegate.task.TrainableFormat;

/** The door of the task {@code transcribe}. */
public final class TranscriberFormat extends TrainableFormat<TranscriberReading, Transcriber, TranscriberAnswers> {
    /** For the service loader. */
    public TranscriberFormat() {
        super(Transcriber.TASK, TranscriberReading::of, Transcriber::new, (reading, model, workers) -> new TranscriberAnswers(reading, workers));
    }
}
