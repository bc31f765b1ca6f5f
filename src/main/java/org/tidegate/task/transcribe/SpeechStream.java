package org.tidegate.task.transcribe;

import java.nio.FloatBuffer;
import org.tidegate.Session;
import org.tidegate.audio.Audio;
import org.tidegate.decode.CtcDecoder;
import org.tidegate.task.TaskStream;
import org.tidegate.task.Workers;

/**
 * Transcribes audio as it arrives: takes samples in pieces of any size and returns letters as soon as they are decoded. Together they are
 * the text that {@link TranscriberAnswers#transcribe} finds in the whole audio. For one thread at a time; the caller closes it.
 */
public final class SpeechStream extends TaskStream {
    private final SpeechFeatures features;
    private final int framesPerStep;
    private final Letters letters;
    private final CtcDecoder decoder;
    private final float[] logits;
    private final StringBuilder heard = new StringBuilder();
    private Session session; // while with() runs
    private SpeechFeatures.Stream frames;
    private float[] last; // frame
    private int incomplete; // frames of the step that is not complete
    private CtcDecoder.Stream path;

    SpeechStream(TranscriberReading reading, Workers workers) {
        super(workers);
        features = reading.features();
        framesPerStep = reading.framesPerStep();
        letters = reading.letters();
        decoder = new CtcDecoder(letters.labels(), Letters.BLANK);
        logits = new float[letters.labels()];
        begin();
    }

    /** {@return the sample rate of the samples, in Hz} */
    public int rate() {
        return features.rate();
    }

    /**
     * Appends samples.
     *
     * @param samples the next samples, at {@link #rate()}
     * @return the letters that they add, often none
     * @throws IllegalArgumentException if one is not finite; the stream is as before
     * @throws IllegalStateException if the stream is closed, or another thread is using it
     */
    public String accept(float[] samples) {
        float[] checked = new Audio(samples, rate()).samples();
        return with(worker -> {
            session = worker.session();
            frames.accept(checked);
            return take();
        });
    }

    /**
     * Ends the audio; the next samples begin another one.
     *
     * @return the letters that the end adds
     * @throws IllegalStateException if the stream is closed, or another thread is using it
     */
    public String finish() {
        return with(worker -> {
            session = worker.session();
            while (incomplete > 0) {
                frame(last);
            }
            session.reset();
            begin();
            return take();
        });
    }

    private void begin() {
        frames = features.new Stream(this::frame);
        incomplete = 0;
        path = decoder.stream();
    }

    private void frame(float[] frame) {
        last = frame;
        incomplete = (incomplete + 1) % framesPerStep;
        FloatBuffer step = session.step(frame);
        if (!step.hasRemaining()) {
            return;
        }
        step.get(0, logits);
        int label = path.accept(logits, 0);
        if (label >= 0) {
            heard.append(letters.letter(label));
        }
    }

    private String take() {
        String text = heard.toString();
        heard.setLength(0);
        return text;
    }
}
