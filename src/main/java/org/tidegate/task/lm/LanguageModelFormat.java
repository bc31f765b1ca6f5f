package org.tidegate.task.lm;

import org.tidegate.task.TrainableFormat;

/** The file format of the task {@code lm}. */
public final class LanguageModelFormat extends TrainableFormat<LanguageModelReading, LanguageModel, LanguageModelAnswers> {
    /** Creates the format, for the service loader. */
    public LanguageModelFormat() {
        super(LanguageModel.TASK, LanguageModelReading::of, LanguageModel::new,
                (reading, model, workers) -> new LanguageModelAnswers(reading, workers));
    }
}
