package org.tidegate.task.transcribe;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.tidegate.Batch;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Recording;
import org.tidegate.decode.CtcDecoder;
import org.tidegate.task.ExampleAnswers;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;

/** Transcribes recordings, for any number of threads at once. */
public final class TranscriberAnswers extends ExampleAnswers<Recording, TranscriberReading> {
    /** Recordings of a batch. */
    private static final int BATCH = 16;

    private final CtcDecoder decoder;

    TranscriberAnswers(TranscriberReading reading, Workers workers) {
        super(reading, workers);
        decoder = new CtcDecoder(reading.letters().labels(), Letters.BLANK);
    }

    /**
     * What is said in a sound, decoded along the likeliest path.
     *
     * @param audio at any rate
     * @throws IllegalArgumentException if it is shorter than one frame of features
     */
    public Transcription transcribe(Audio audio) {
        return transcribe(List.of(audio)).get(0);
    }

    /** As {@link #transcribe(Audio)}, for many sounds: an answer for each, in their order. */
    public List<Transcription> transcribe(List<Audio> sounds) {
        return logits(steps(sounds)).stream().map(this::bestPath).toList();
    }

    /**
     * The likeliest transcriptions of a sound, found by prefix beam search.
     *
     * @param audio at any rate
     * @param beam how many prefixes are kept
     * @param count how many answers are wanted
     * @return the likeliest first
     * @throws IllegalArgumentException if the sound is shorter than one frame of features, or a number is not positive
     */
    public List<Transcription> transcribe(Audio audio, int beam, int count) {
        return search(logits(steps(List.of(audio))).get(0), beam, count);
    }

    /**
     * Transcribes while somebody speaks. The caller closes the stream.
     *
     * @throws IllegalStateException if the model reads in both directions, or this object is closed
     */
    public SpeechStream stream() {
        if (reading().directions() != 1) {
            throw new IllegalStateException("the model reads in both directions, so it must have heard the end first; train one with one"
                    + " direction to transcribe while somebody speaks");
        }
        return new SpeechStream(reading(), workers());
    }

    /** The likeliest path is compared with what is said. */
    @Override
    public TranscriptionEvaluation evaluate(List<Recording> recordings) {
        return evaluate(recordings, 0);
    }

    /**
     * Compares with what is said. The loss is that of the recordings whose text can be scored: of letters that the model knows, and no
     * longer than the recording allows; NaN if there is none.
     *
     * @param beam the prefixes of a beam search, or 0 for the likeliest path
     * @throws IllegalArgumentException if there is no recording or one is shorter than one frame of features
     */
    public TranscriptionEvaluation evaluate(List<Recording> recordings, int beam) {
        if (recordings.isEmpty()) {
            throw new IllegalArgumentException("there are no recordings to evaluate");
        }
        List<float[]> logits = logits(recordings.stream().map(recording -> reading().steps(recording.name(), recording.audio())).toList());
        TranscriptionEvaluation.Counts counts = new TranscriptionEvaluation.Counts();
        for (int i = 0; i < logits.size(); i++) {
            Recording recording = recordings.get(i);
            String heard = (beam == 0 ? bestPath(logits.get(i)) : search(logits.get(i), beam, 1).get(0)).text();
            counts.add(recording.text(), heard, reading().letters().unknown(recording.text()), recording.audio().seconds());
        }
        List<Recording> scored = recordings.stream().filter(reading()::canBeScored).toList();
        double loss = scored.isEmpty() ? Double.NaN : loss(scored);
        return counts.evaluation(loss, figures(recordings.size(), loss).put("beam", beam));
    }

    private List<float[]> steps(List<Audio> sounds) {
        return sounds.stream().map(audio -> reading().steps("the recording", audio)).toList();
    }

    private Transcription bestPath(float[] logits) {
        SpeechFeatures features = reading().features();
        Letters letters = reading().letters();
        CtcDecoder.Stream stream = decoder.stream();
        StringBuilder text = new StringBuilder();
        List<Double> seconds = new ArrayList<>();
        for (int at = 0; at < logits.length; at += letters.labels()) {
            int label = stream.accept(logits, at);
            if (label >= 0) {
                text.append(letters.letter(label));
                // The centre of the step's receptive field.
                double samples = at / letters.labels() * (double) features.samplesPerStep()
                        + (features.samplesPerStep() - features.logMel().hop() + features.logMel().size()) / 2.0;
                seconds.add(samples / features.rate());
            }
        }
        return new Transcription(text.toString(), decoder.bestPath(logits).logProbability(), seconds);
    }

    private List<Transcription> search(float[] logits, int beam, int count) {
        return decoder.beam(logits, beam, count).stream()
                .map(found -> new Transcription(reading().letters().text(found.labels()), found.logProbability(), List.of())).toList();
    }

    /** The logits {@code [steps, labels]} of each, given its steps. */
    private List<float[]> logits(List<float[]> steps) {
        return inGroups(steps, some -> some.length, BATCH, this::logits);
    }

    private List<float[]> logits(Worker worker, List<float[]> steps) {
        Batch batch = worker.batch();
        reading().fillSteps(batch, steps);
        worker.session().forward(batch);
        FloatBuffer output = worker.session().output(TranscriberReading.LOGITS).buffer();
        int labels = reading().letters().labels();
        List<float[]> logits = new ArrayList<>();
        for (int s = 0; s < steps.size(); s++) {
            float[] rows = new float[batch.length(TranscriberReading.FEATURES, s) * labels];
            for (int t = 0; t * labels < rows.length; t++) {
                output.get(batch.row(TranscriberReading.FEATURES, s, t) * labels, rows, t * labels, labels);
            }
            logits.add(rows);
        }
        return logits;
    }
}
