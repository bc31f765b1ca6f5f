package org.tidegate.task.classify;

import org.tidegate.task.TrainableFormat;

/** The file format of the task {@code classify}. */
public final class ClassifierFormat extends TrainableFormat<ClassifierReading, Classifier, ClassifierAnswers> {
    /** Creates the format, for the service loader. */
    public ClassifierFormat() {
        super(Classifier.TASK, ClassifierReading::of, Classifier::new,
                (reading, model, workers) -> new ClassifierAnswers(reading, workers));
    }
}
