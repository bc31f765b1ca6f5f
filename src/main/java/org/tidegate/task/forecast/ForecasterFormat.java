package org.tidegate.task.forecast;

import org.tidegate.task.TrainableFormat;

/** The file format of the task {@code forecast}. */
public final class ForecasterFormat extends TrainableFormat<ForecasterReading, Forecaster, ForecasterAnswers> {
    /** Creates the format, for the service loader. */
    public ForecasterFormat() {
        super(Forecaster.TASK, ForecasterReading::of, Forecaster::new,
                (reading, model, workers) -> new ForecasterAnswers(reading, workers));
    }
}
