package org.tidegate.task.tag;

import org.tidegate.task.TrainableFormat;

/** The door of the task {@code tag}. */
public final class TaggerFormat extends TrainableFormat<TaggerReading, Tagger, TaggerAnswers> {
    /** For the service loader. */
    public TaggerFormat() {
        super(Tagger.TASK, TaggerReading::of, Tagger::new, TaggerAnswers::new);
    }
}
