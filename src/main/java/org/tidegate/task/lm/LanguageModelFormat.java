package org.tidegate.task.lm;

import org.tidegate.task.TrainableFormat;

/** The door of the task {@code lm}. */
public final class LanguageModelFormat extends TrainableFormat<LanguageModelReading, LanguageModel, LanguageModelAnswers> {
    /** For the service loader. */
    public LanguageModelFormat() {
        super(LanguageModel.TASK, LanguageModelReading::of, LanguageModel::new,
                (reading, model, workers) -> new LanguageModelAnswers(reading, workers));
    }
}
