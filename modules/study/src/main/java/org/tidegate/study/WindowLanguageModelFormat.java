package org.tidegate.study;

import org.tidegate.task.TrainableFormat;

/** The file format of the task {@code window_lm}. */
public final class WindowLanguageModelFormat
        extends TrainableFormat<WindowLanguageModelReading, WindowLanguageModel, WindowLanguageModelAnswers> {
    /** Creates the format, for the service loader. */
    public WindowLanguageModelFormat() {
        super(WindowLanguageModel.TASK, WindowLanguageModelReading::of, WindowLanguageModel::new,
                (reading, model, workers) -> new WindowLanguageModelAnswers(reading, workers));
    }
}
