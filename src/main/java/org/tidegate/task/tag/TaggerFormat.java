package org.tidegate.task.tag;

import org.tidegate.task.TrainableFormat;

/** The file format of the task {@code tag}. */
public final class TaggerFormat extends TrainableFormat<TaggerReading, Tagger, TaggerAnswers> {
    /** Creates the format, for the service loader. */
    public TaggerFormat() {
        super(Tagger.TASK, TaggerReading::of, Tagger::new, TaggerAnswers::new);
    }
}
