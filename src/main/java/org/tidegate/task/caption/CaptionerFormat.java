package org.tidegate.task.caption;

import org.tidegate.task.TrainableFormat;

/** The door of the task {@code caption}. */
public final class CaptionerFormat extends TrainableFormat<CaptionerReading, Captioner, CaptionerAnswers> {
    /** For the service loader. */
    public CaptionerFormat() {
        super(Captioner.TASK, CaptionerReading::of, Captioner::new,
                (reading, model, workers) -> new CaptionerAnswers(reading, workers));
    }
}
