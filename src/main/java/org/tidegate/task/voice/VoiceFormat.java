package org.tidegate.task.voice;

import org.tidegate.task.TaskFormat;

/** The file format of the task {@code voice}, which answers only. */
public final class VoiceFormat extends TaskFormat<VoiceReading, VoiceAnswers> {
    /** Creates the format, for the service loader. */
    public VoiceFormat() {
        super(VoiceReading.TASK, VoiceReading::of, (reading, model, workers) -> new VoiceAnswers(reading, workers));
    }
}
