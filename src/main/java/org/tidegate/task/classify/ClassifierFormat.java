package org.tidegate.task.classify;

import org.tidegate.task.TrainableFormat;

/** The door of the task {@code classify}. */
public final class ClassifierFormat extends TrainableFormat<ClassifierReading, Classifier, ClassifierAnswers> {
    /** For the service loader. */
    public ClassifierFormat() {
        super(Classifier.TASK, ClassifierReading::of, Classifier::new, (reading, model, workers) -> new ClassifierAnswers(reading, workers));
    }
}
