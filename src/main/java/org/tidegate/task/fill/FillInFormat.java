package org.tidegate.task.fill;

import org.tidegate.task.TrainableFormat;

/** The file format of the task {@code fill}. */
public final class FillInFormat extends TrainableFormat<FillInReading, FillIn, FillInAnswers> {
    /** Creates the format, for the service loader. */
    public FillInFormat() {
        super(FillIn.TASK, FillInReading::of, FillIn::new,
                (reading, model, workers) -> new FillInAnswers(reading, workers));
    }
}
