package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.task.voice.SpeechRules;
import org.tidegate.task.voice.SpeechSpan;
import org.tidegate.task.voice.VoiceReading;

/** The probability of speech over a recording, with the spans of speech behind it. */
final class VoiceChart {
    /** More would fall on the same pixels: of the chunks between them the greatest is drawn. */
    private static final int MOST_POINTS = 4000;
    private static final int CURVE = 0;
    private static final int SPEECH = 1;
    private static final int THRESHOLD = 5;
    /** Corners of a span: from below to above and down again. */
    private static final double[] CORNERS = {0, 1, 1, 0};

    private VoiceChart() {}

    /**
     * Writes the picture (PNG).
     *
     * @throws IOException if the file cannot be written
     */
    static void save(Path file, String title, VoiceReading reading, float[] probabilities, List<SpeechSpan> spans, SpeechRules rules)
            throws IOException {
        double chunk = (double) reading.chunk() / reading.rate();
        LineChart chart = new LineChart(title, "seconds", "probability of speech", false);
        if (!spans.isEmpty()) {
            double[] x = new double[CORNERS.length * spans.size()];
            double[] high = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                SpeechSpan span = spans.get(i / CORNERS.length);
                x[i] = i % CORNERS.length < CORNERS.length / 2 ? span.start() : span.end();
                high[i] = CORNERS[i % CORNERS.length];
            }
            chart.band("speech", x, new double[x.length], high, SPEECH);
        }
        int every = (probabilities.length - 1) / MOST_POINTS + 1;
        double[] x = new double[(probabilities.length + every - 1) / every];
        double[] y = new double[x.length];
        for (int i = 0; i < probabilities.length; i++) {
            x[i / every] = (i + 0.5) * chunk;
            y[i / every] = Math.max(y[i / every], probabilities[i]);
        }
        double[] ends = {0, probabilities.length * chunk};
        chart.curve("probability", x, y, CURVE, false)
                .curve("threshold", ends, new double[] {rules.threshold(), rules.threshold()}, THRESHOLD, true).save(file);
    }
}
