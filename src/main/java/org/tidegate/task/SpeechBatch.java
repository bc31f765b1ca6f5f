package org.tidegate.task;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import org.tidegate.Batch;

/** How recordings lie in the batch of a {@link Transcriber}. */
final class SpeechBatch {
    private SpeechBatch() {}

    /** Writes steps, {@code [steps, columns]} of each recording. */
    static void write(Batch batch, List<float[]> recordings, int columns) {
        batch.lengths(Transcriber.FEATURES, recordings.stream().mapToInt(steps -> steps.length / columns).toArray());
        FloatBuffer rows = batch.writableReals(Transcriber.FEATURES);
        for (int s = 0; s < recordings.size(); s++) {
            float[] steps = recordings.get(s);
            for (int t = 0; t < steps.length / columns; t++) {
                rows.position(batch.row(Transcriber.FEATURES, s, t) * columns).put(steps, t * columns, columns);
            }
        }
        rows.rewind();
    }

    /** Writes what is said. A text without letters is one blank, which stands for nothing. */
    static void writeLabels(Batch batch, List<int[]> labels) {
        batch.lengths(Transcriber.LETTERS, labels.stream().mapToInt(target -> Math.max(1, target.length)).toArray());
        IntBuffer rows = batch.writableIds(Transcriber.LETTERS);
        for (int s = 0; s < labels.size(); s++) {
            int[] target = labels.get(s);
            for (int t = 0; t < Math.max(1, target.length); t++) {
                rows.put(batch.row(Transcriber.LETTERS, s, t), target.length == 0 ? Letters.BLANK : target[t]);
            }
        }
    }

    /** Takes an output on the recordings' axis apart: {@code [steps, columns]} of each. */
    static List<float[]> read(Batch batch, FloatBuffer output, int columns) {
        List<float[]> recordings = new ArrayList<>();
        for (int s = 0; s < batch.sequences(Transcriber.FEATURES); s++) {
            int steps = batch.length(Transcriber.FEATURES, s);
            float[] rows = new float[steps * columns];
            for (int t = 0; t < steps; t++) {
                output.get(batch.row(Transcriber.FEATURES, s, t) * columns, rows, t * columns, columns);
            }
            recordings.add(rows);
        }
        return recordings;
    }
}
