package org.tidegate.task.transcribe;

import org.tidegate.task.TrainableFormat;

/** The file format of the task {@code transcribe}. */
public final class TranscriberFormat extends TrainableFormat<TranscriberReading, Transcriber, TranscriberAnswers> {
    /** Creates the format, for the service loader. */
    public TranscriberFormat() {
        super(Transcriber.TASK, TranscriberReading::of, Transcriber::new,
                (reading, model, workers) -> new TranscriberAnswers(reading, workers));
    }
}
