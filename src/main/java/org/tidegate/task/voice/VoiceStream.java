package org.tidegate.task.voice;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tidegate.State;
import org.tidegate.audio.Audio;
import org.tidegate.task.TaskStream;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;

/**
 * Hears sound as it arrives: takes samples in pieces of any size and tells where speech begins and ends. Its probabilities have the bits of
 * {@link VoiceAnswers#probabilities(Audio)}, and its events are the spans of {@link VoiceAnswers#detect(Audio)}. Its memory does not grow.
 * For one thread at a time; the caller closes it.
 */
public final class VoiceStream extends TaskStream {
    private static final int MAGIC = 'T' | 'G' << 8 | 'V' << 16 | 'S' << 24;
    private static final int HEADER = 2 * Integer.BYTES + SpeechTracker.BYTES + Float.BYTES;

    private final VoiceReading reading;
    private final SpeechRules rules;
    private final float[] chunk;
    private SpeechTracker tracker;
    private int waiting; // samples of the chunk that is not complete
    private float probability = Float.NaN;

    VoiceStream(VoiceReading reading, SpeechRules rules, Workers workers) {
        super(workers);
        this.reading = reading;
        this.rules = rules;
        tracker = new SpeechTracker(rules, reading.rate());
        chunk = new float[reading.chunk()];
    }

    /** {@return the sample rate of the samples, in Hz} */
    public int rate() {
        return reading.rate();
    }

    /**
     * Appends samples.
     *
     * @param samples the next samples, at {@link #rate()}
     * @return what they make certain, in the order of time; often nothing
     * @throws IllegalArgumentException if one is not finite; the stream is as before
     * @throws IllegalStateException if the stream is closed, or another thread is using it
     */
    public List<VoiceEvent> accept(float... samples) {
        float[] checked = new Audio(samples, rate()).samples();
        return with(worker -> {
            List<VoiceEvent> events = new ArrayList<>();
            for (int at = 0; at < checked.length;) {
                int count = Math.min(chunk.length - waiting, checked.length - at);
                System.arraycopy(checked, at, chunk, waiting, count);
                at += count;
                waiting += count;
                if (waiting == chunk.length) {
                    complete(worker, events);
                }
            }
            return events;
        });
    }

    /**
     * Ends the sound; the next samples begin another one.
     *
     * @return what the end makes certain
     * @throws IllegalStateException if the stream is closed, or another thread is using it
     */
    public List<VoiceEvent> finish() {
        return with(worker -> {
            List<VoiceEvent> events = new ArrayList<>();
            if (waiting > 0) {
                Arrays.fill(chunk, waiting, chunk.length, 0);
                complete(worker, events);
            }
            tracker.finish(events);
            tracker = new SpeechTracker(rules, reading.rate());
            worker.session().reset();
            return events;
        });
    }

    private void complete(Worker worker, List<VoiceEvent> events) {
        worker.session().step(chunk);
        probability = worker.session().output(reading.output()).buffer().get(0);
        tracker.accept(probability, waiting, events);
        waiting = 0;
    }

    /** {@return the probability of speech in the last whole chunk; NaN before the first} */
    public float probability() {
        return with(worker -> probability);
    }

    /** {@return whether somebody speaks: speech has begun that was told of, and not ended} */
    public boolean isSpeech() {
        return with(worker -> tracker.speaks());
    }

    /** {@return all that the stream knows, with the samples that wait for their chunk to be complete: for {@link #setState}} */
    public byte[] state() {
        return with(worker -> {
            byte[] recurrent = worker.session().state().toBytes();
            ByteBuffer bytes = ByteBuffer.allocate(HEADER + waiting * Float.BYTES + recurrent.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.putInt(MAGIC).putInt(waiting).putFloat(probability);
            tracker.save(bytes);
            for (int i = 0; i < waiting; i++) {
                bytes.putFloat(chunk[i]);
            }
            return bytes.put(recurrent).array();
        });
    }

    /**
     * Continues from a state, of this stream or another one of the same model, in another process too. The rules stay this stream's.
     *
     * @param state what {@link #state} returned
     * @throws IllegalArgumentException if it is no state of a voice stream, or one of another model; the stream is as before
     * @throws IllegalStateException if the stream is closed, or another thread is using it
     */
    public void setState(byte[] state) {
        ByteBuffer bytes = ByteBuffer.wrap(state.clone()).order(ByteOrder.LITTLE_ENDIAN); // once: another thread may write there
        if (bytes.limit() < HEADER || bytes.getInt() != MAGIC) {
            throw new IllegalArgumentException(state.length + " bytes that are no state of a voice stream: expected at least " + HEADER
                    + " that begin with TGVS");
        }
        int count = bytes.getInt();
        if (count < 0 || count >= chunk.length || count > (bytes.limit() - HEADER) / Float.BYTES) {
            throw new IllegalArgumentException("the state of a voice stream has " + count + " samples that wait; expected fewer than the "
                    + chunk.length + " of a chunk, and all of them in its " + bytes.limit() + " bytes");
        }
        float last = bytes.getFloat();
        SpeechTracker told = SpeechTracker.read(rules, reading.rate(), bytes);
        float[] samples = new float[count];
        bytes.asFloatBuffer().get(samples);
        bytes.position(HEADER + count * Float.BYTES);
        byte[] rest = new byte[bytes.remaining()];
        bytes.get(rest);
        float[] checked = new Audio(samples, rate()).samples();
        State recurrent = State.fromBytes(rest);
        if (recurrent.sequences() > 1) {
            throw new IllegalArgumentException("a state of " + recurrent.sequences() + " streams; expected one");
        }
        with(worker -> {
            worker.session().setState(recurrent);
            System.arraycopy(checked, 0, chunk, 0, count);
            waiting = count;
            probability = last;
            tracker = told;
            return null;
        });
    }
}
