package org.tidegate.task.caption;

import org.tidegate.task.TrainableFormat;

/** The file format of the task {@code caption}. */
public final class CaptionerFormat extends TrainableFormat<CaptionerReading, Captioner, CaptionerAnswers> {
    /** Creates the format, for the service loader. */
    public CaptionerFormat() {
        super(Captioner.TASK, CaptionerReading::of, Captioner::new,
                (reading, model, workers) -> new CaptionerAnswers(reading, workers));
    }
}
