package org.tidegate.task.translate;

import org.tidegate.task.TrainableFormat;

/** The file format of the task {@code translate}. */
public final class TranslatorFormat extends TrainableFormat<TranslatorReading, Translator, TranslatorAnswers> {
    /** Creates the format, for the service loader. */
    public TranslatorFormat() {
        super(Translator.TASK, TranslatorReading::of, Translator::new,
                (reading, model, workers) -> new TranslatorAnswers(reading, AttentionWeights.of(model), workers));
    }
}
