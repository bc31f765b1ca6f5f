package org.tidegate.task;

import java.util.ArrayList;
import java.util.List;
import org.tidegate.Batch;
import org.tidegate.Session;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Recording;
import org.tidegate.decode.CtcDecoder;

/**
 * A {@link Transcriber} that answers: its weights as they were when this was made, packed for it. For one thread at a time. Close it
 * when done; closing twice is harmless.
 */
public final class FrozenTranscriber implements AutoCloseable {
    /** Recordings that are evaluated at once. */
    private static final int TOGETHER = 16;

    private final SpeechFeatures features;
    private final Letters letters;
    private final CtcDecoder decoder;
    private final Session session;
    private final Batch batch;

    /** Over a session, which belongs to it from now on. */
    FrozenTranscriber(Session session, SpeechFeatures features, Letters letters) {
        this.session = session;
        this.features = features;
        this.letters = letters;
        decoder = new CtcDecoder(letters.labels(), Letters.BLANK);
        batch = session.network().newBatch();
    }

    /**
     * What is said in a sound, read along the likeliest path.
     *
     * @param audio at any rate
     * @throws IllegalArgumentException if it is shorter than one frame of features
     */
    public Transcription transcribe(Audio audio) {
        return bestPath(logits(List.of(new Recording("the recording", audio, "", ""))).get(0));
    }

    /**
     * What is likeliest to be said in a sound, by prefix beam search.
     *
     * @param audio at any rate
     * @param beam how many prefixes are kept
     * @param count how many answers are wanted
     * @return the likeliest first
     * @throws IllegalArgumentException if the sound is shorter than one frame of features, or a number is not positive
     */
    public List<Transcription> transcribe(Audio audio, int beam, int count) {
        return search(logits(List.of(new Recording("the recording", audio, "", ""))).get(0), beam, count);
    }

    /**
     * Compares with what is said.
     *
     * @param beam the prefixes of a beam search, or 0 for the likeliest path
     * @throws IllegalArgumentException if there is no recording or one is shorter than one frame of features
     */
    public TranscriptionEvaluation evaluate(List<Recording> recordings, int beam) {
        if (recordings.isEmpty()) {
            throw new IllegalArgumentException("there are no recordings to evaluate on");
        }
        TranscriptionEvaluation evaluation = TranscriptionEvaluation.NONE;
        for (int from = 0; from < recordings.size(); from += TOGETHER) {
            List<Recording> some = recordings.subList(from, Math.min(from + TOGETHER, recordings.size()));
            List<float[]> logits = logits(some);
            for (int i = 0; i < some.size(); i++) {
                Recording recording = some.get(i);
                String heard = (beam == 0 ? bestPath(logits.get(i)) : search(logits.get(i), beam, 1).get(0)).text();
                evaluation = evaluation.with(recording.text(), heard, letters.unknown(recording.text()), recording.audio().seconds());
            }
        }
        return evaluation;
    }

    @Override
    public void close() {
        session.close();
    }

    private Transcription bestPath(float[] logits) {
        CtcDecoder.Stream stream = decoder.stream();
        StringBuilder text = new StringBuilder();
        List<Double> seconds = new ArrayList<>();
        for (int at = 0; at < logits.length; at += letters.labels()) {
            int label = stream.accept(logits, at);
            if (label >= 0) {
                text.append(letters.letter(label));
                // The middle of what the step hears.
                double samples = at / letters.labels() * (double) features.samplesPerStep()
                        + (features.samplesPerStep() - features.logMel().hop() + features.logMel().size()) / 2.0;
                seconds.add(samples / features.rate());
            }
        }
        return new Transcription(text.toString(), decoder.bestPath(logits).logProbability(), seconds);
    }

    private List<Transcription> search(float[] logits, int beam, int count) {
        return decoder.beam(logits, beam, count).stream()
                .map(found -> new Transcription(letters.text(found.labels()), found.logProbability(), List.of())).toList();
    }

    /** The scores {@code [steps, labels]} of each. */
    private List<float[]> logits(List<Recording> recordings) {
        List<float[]> steps = recordings.stream().map(recording -> SpeechExamples.steps(features, recording)).toList();
        SpeechBatch.write(batch, steps, features.columns());
        session.forward(batch);
        return SpeechBatch.read(batch, session.output(Transcriber.LOGITS).buffer(), letters.labels());
    }
}
