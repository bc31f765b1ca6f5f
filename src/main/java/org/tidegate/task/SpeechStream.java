package org.tidegate.task;

import java.nio.FloatBuffer;
import org.tidegate.Session;
import org.tidegate.decode.CtcDecoder;

/**
 * Transcribes sound as it comes: takes samples in pieces of any size and gives letters as soon as they are heard. In the end these are
 * the letters that {@link Transcriber#transcribe} hears in the whole. For one thread at a time. Close it when done; closing twice is
 * harmless.
 */
public final class SpeechStream implements AutoCloseable {
    private final SpeechFeatures features;
    private final Letters letters;
    private final CtcDecoder decoder;
    private final Session session;
    private final float[] logits;
    private SpeechFeatures.Stream steps;
    private CtcDecoder.Stream path;
    private StringBuilder heard = new StringBuilder();

    /** A stream over a session, which belongs to it from now on. */
    SpeechStream(Session session, SpeechFeatures features, Letters letters) {
        this.session = session;
        this.features = features;
        this.letters = letters;
        decoder = new CtcDecoder(letters.labels(), Letters.BLANK);
        logits = new float[letters.labels()];
        begin();
    }

    /** Samples a second of the sound that it takes. */
    public int rate() {
        return features.rate();
    }

    /**
     * Hears the next samples, at {@link #rate()}.
     *
     * @return the letters that they add, often none
     */
    public String accept(float... samples) {
        steps.accept(samples);
        return take();
    }

    /**
     * Ends the sound, and is ready for another one.
     *
     * @return the letters that its end adds
     */
    public String finish() {
        steps.finish();
        String last = take();
        begin();
        return last;
    }

    @Override
    public void close() {
        session.close();
    }

    private void begin() {
        session.reset();
        steps = features.new Stream(this::step);
        path = decoder.stream();
    }

    private void step(float... step) {
        FloatBuffer scores = session.step(step);
        scores.get(0, logits);
        int label = path.accept(logits, 0);
        if (label >= 0) {
            heard.append(letters.letter(label));
        }
    }

    private String take() {
        String text = heard.toString();
        heard = new StringBuilder();
        return text;
    }
}
