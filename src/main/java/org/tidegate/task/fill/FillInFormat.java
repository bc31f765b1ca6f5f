package org.tidegate.task.fill;

import org.tidegate.Model;
import org.tidegate.json.JsonObject;
import org.tidegate.task.TrainableFormat;
import org.tidegate.task.Workers;

/** The door of the task {@code fill}. */
public final class FillInFormat extends TrainableFormat<FillInReading, FillIn, FillInAnswers> {
    /** For the service loader. */
    public FillInFormat() {
        super(FillIn.TASK);
    }

    @Override
    protected FillInReading reading(JsonObject json) {
        return FillInReading.of(json);
    }

    @Override
    protected FillIn trainable(FillInReading reading, Model model) {
        return new FillIn(reading, model);
    }

    @Override
    protected FillInAnswers answers(FillInReading reading, Workers workers) {
        return new FillInAnswers(reading, workers);
    }
}
