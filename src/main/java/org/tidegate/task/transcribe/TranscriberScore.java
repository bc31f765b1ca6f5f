package org.tidegate.task.transcribe;

import java.util.List;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.audio.Recording;
import org.tidegate.decode.CtcDecoder;
import org.tidegate.metrics.EditDistance;
import org.tidegate.task.ExampleReading;
import org.tidegate.text.Unicode;

/** The letter error rate of a validation, by best-path decoding. */
final class TranscriberScore implements ExampleReading.Score<Recording> {
    private final TranscriberReading reading;
    private final CtcDecoder decoder;
    private long letters;
    private long errors;

    TranscriberScore(TranscriberReading reading) {
        this.reading = reading;
        decoder = new CtcDecoder(reading.letters().labels(), Letters.BLANK);
    }

    @Override
    public void add(Session session, Batch batch, List<Recording> recordings) {
        List<float[]> logits = reading.logits(session, batch, recordings.size());
        for (int s = 0; s < logits.size(); s++) {
            String right = Unicode.nfc(recordings.get(s).text());
            letters += right.codePoints().count();
            errors += EditDistance.ofLetters(reading.letters().text(decoder.bestPath(logits.get(s)).labels()), right);
        }
    }

    @Override
    public double value() {
        return (double) errors / letters;
    }
}
