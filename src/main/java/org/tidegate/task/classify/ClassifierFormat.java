package org.tidegate.task.classify;

import org.tidegate.Model;
import org.tidegate.json.JsonObject;
import org.tidegate.task.TrainableFormat;
import org.tidegate.task.Workers;

/** The door of the task {@code classify}. */
public final class ClassifierFormat extends TrainableFormat<ClassifierReading, Classifier, ClassifierAnswers> {
    /** For the service loader. */
    public ClassifierFormat() {
        super(Classifier.TASK);
    }

    @Override
    protected ClassifierReading reading(JsonObject json) {
        return ClassifierReading.of(json);
    }

    @Override
    protected Classifier trainable(ClassifierReading reading, Model model) {
        return new Classifier(reading, model);
    }

    @Override
    protected ClassifierAnswers answers(ClassifierReading reading, Workers workers) {
        return new ClassifierAnswers(reading, workers);
    }
}
