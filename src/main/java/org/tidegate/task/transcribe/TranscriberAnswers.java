package org.tidegate.task.transcribe;

import java.util.ArrayList;
import java.util.List;
import org.tidegate.Batch;
import org.tidegate.audio.Audio;
import org.tidegate.audio.LogMel;
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
     * {@return the transcription of audio by best-path decoding}
     *
     * @param audio the audio, of any sample rate
     * @throws IllegalArgumentException if it is shorter than one frame of features
     */
    public Transcription transcribe(Audio audio) {
        return transcribe(List.of(audio)).get(0);
    }

    /**
     * Transcribes audio as {@link #transcribe(Audio)}, in batches.
     *
     * @param sounds the audio of each recording
     * @return the transcription of each, in their order
     * @throws IllegalArgumentException if one is shorter than one frame of features
     */
    public List<Transcription> transcribe(List<Audio> sounds) {
        return transcriptions(frames(sounds));
    }

    /**
     * Transcribes features as {@link #transcribe(List)} audio. For who reads sounds in one thread and answers them in another.
     *
     * @param recordings the features of each recording, of {@link TranscriberReading#frames}
     * @return the transcription of each, in their order
     */
    public List<Transcription> transcriptions(List<float[]> recordings) {
        return logits(recordings).stream().map(this::bestPath).toList();
    }

    /**
     * Transcribes audio by prefix beam search.
     *
     * @param audio the audio, of any sample rate
     * @param beam the number of prefixes of the beam
     * @param count the maximum number of transcriptions
     * @return the most likely transcriptions, best first
     * @throws IllegalArgumentException if the audio is shorter than one frame of features, or a number is not positive
     */
    public List<Transcription> transcribe(Audio audio, int beam, int count) {
        return search(logits(frames(List.of(audio))).get(0), beam, count);
    }

    /**
     * {@return a stream that transcribes audio as it arrives} The caller closes it.
     *
     * @throws IllegalStateException if the model is bidirectional, or this object is closed
     */
    public SpeechStream stream() {
        if (reading().directions() != 1) {
            throw new IllegalStateException("This transcriber reads in both directions, so it needs the end first; transcribe the whole"
                    + " recording, or train one of one direction.");
        }
        return new SpeechStream(reading(), workers());
    }

    /**
     * By best-path decoding. The loss is that of the recordings whose transcript can be scored: its letters are in the vocabulary, and no
     * more than the recording allows; NaN if there is none.
     */
    @Override
    public TranscriptionEvaluation evaluate(List<Recording> recordings) {
        return evaluate(recordings, 0);
    }

    /**
     * Measures the model on held-out recordings, as {@link #evaluate(List)}, by prefix beam search.
     *
     * @param recordings the recordings, at least one
     * @param beam the number of prefixes of the beam, or 0 for best-path decoding
     * @return the evaluation
     * @throws IllegalArgumentException if there are no recordings, or one is shorter than one frame of features
     */
    public TranscriptionEvaluation evaluate(List<Recording> recordings, int beam) {
        if (recordings.isEmpty()) {
            throw new IllegalArgumentException("there are no recordings to evaluate");
        }
        checkKnown(recordings);
        // Resampled once, for the features and for the loss.
        List<Recording> resampled = recordings.stream().map(recording -> recording.at(reading().features().rate())).toList();
        List<float[]> logits = logits(resampled.stream().map(recording -> reading().frames(recording.name(), recording.audio())).toList());
        TranscriptionEvaluation.Counts counts = new TranscriptionEvaluation.Counts();
        for (int i = 0; i < logits.size(); i++) {
            Recording recording = recordings.get(i);
            String heard = (beam == 0 ? bestPath(logits.get(i)) : search(logits.get(i), beam, 1).get(0)).text();
            counts.add(recording.text(), heard, reading().letters().unknown(recording.text()), recording.audio().seconds());
        }
        double loss = resampled.stream().anyMatch(reading()::hasLoss) ? loss(resampled) : Double.NaN;
        return counts.evaluation(loss, figures(recordings, loss).put("beam", beam));
    }

    private List<float[]> frames(List<Audio> sounds) {
        return sounds.stream().map(audio -> reading().frames("the recording", audio)).toList();
    }

    private Transcription bestPath(float[] logits) {
        LogMel logMel = reading().features().logMel();
        int samplesPerStep = reading().framesPerStep() * logMel.hop();
        Letters letters = reading().letters();
        CtcDecoder.Stream stream = decoder.stream();
        StringBuilder text = new StringBuilder();
        List<Double> seconds = new ArrayList<>();
        for (int at = 0; at < logits.length; at += letters.labels()) {
            int label = stream.accept(logits, at);
            if (label >= 0) {
                text.append(letters.letter(label));
                // The centre of the step's frames.
                double samples = at / letters.labels() * (double) samplesPerStep + (samplesPerStep - logMel.hop() + logMel.size()) / 2.0;
                seconds.add(samples / logMel.rate());
            }
        }
        return new Transcription(text.toString(), decoder.bestPath(logits).logProbability(), seconds);
    }

    private List<Transcription> search(float[] logits, int beam, int count) {
        return decoder.beam(logits, beam, count).stream()
                .map(found -> new Transcription(reading().letters().text(found.labels()), found.logProbability(), List.of())).toList();
    }

    /** The logits {@code [steps, labels]} of each recording. */
    private List<float[]> logits(List<float[]> frames) {
        return inGroups(frames, some -> some.length, BATCH, this::logits);
    }

    private List<float[]> logits(Worker worker, List<float[]> frames) {
        Batch batch = worker.batch();
        reading().fillFrames(batch, frames);
        worker.session().forward(batch);
        return reading().logits(worker.session(), batch, frames.size());
    }
}
