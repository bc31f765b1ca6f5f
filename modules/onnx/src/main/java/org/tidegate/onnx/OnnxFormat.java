package org.tidegate.onnx;

import org.tidegate.task.TaskFormat;

/** The files of imported models. They answer; to train one, {@link org.tidegate.Model#load} gives its network. */
public final class OnnxFormat extends TaskFormat<OnnxReading, OnnxAnswers> {
    /** Creates the format. */
    public OnnxFormat() {
        super(OnnxReading.TASK, OnnxReading::of, (reading, model, workers) -> new OnnxAnswers(reading, workers));
    }
}
