package org.tidegate.task.voice;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tidegate.State;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Resampler;
import org.tidegate.task.TaskStream;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;

/**
 * Hears sound as it arrives: takes samples in pieces of any size and tells where speech begins and ends. Its probabilities have the bits of
 * {@link VoiceAnswers#probabilities(Audio)}, and its events are the spans of {@link VoiceAnswers#detect(Audio)}. Between its calls it holds
 * its state alone, a few kilobytes that do not grow, so that thousands may be open; the answers must stay open, too. For one thread at a
 * time; the caller closes it.
 */
public final class VoiceStream extends TaskStream {
    private static final int MAGIC = 'T' | 'G' << 8 | 'V' << 16 | 'S' << 24;
    private static final int HEADER = 4 * Integer.BYTES + Float.BYTES + SpeechTracker.BYTES;

    private final VoiceReading reading;
    private final SpeechRules rules;
    private final int rate;
    private final Resampler.Stream resampler;
    private final float[] chunk;
    private SpeechTracker tracker;
    private int waiting; // samples of the chunk that is not complete
    private float probability = Float.NaN;

    /** resampler: from the stream's rate to the model's, null where it is that. */
    VoiceStream(VoiceReading reading, int rate, Resampler.Stream resampler, SpeechRules rules, Workers workers) {
        super(workers, true);
        this.reading = reading;
        this.rate = rate;
        this.rules = rules;
        this.resampler = resampler;
        tracker = new SpeechTracker(rules, reading.rate());
        chunk = new float[reading.chunk()];
    }

    /** {@return the sample rate of the samples, in Hz} */
    public int rate() {
        return rate;
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
            hear(worker, resampler == null ? checked : resampler.accept(checked), events);
            return given(events);
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
            if (resampler != null) {
                hear(worker, resampler.finish(), events);
            }
            if (waiting > 0) {
                Arrays.fill(chunk, waiting, chunk.length, 0);
                complete(worker, events);
            }
            tracker.finish(events);
            tracker = new SpeechTracker(rules, reading.rate());
            worker.session().reset();
            return given(events);
        });
    }

    /** Takes samples at the model's rate. */
    private void hear(Worker worker, float[] samples, List<VoiceEvent> events) {
        for (int at = 0; at < samples.length;) {
            int count = Math.min(chunk.length - waiting, samples.length - at);
            System.arraycopy(samples, at, chunk, waiting, count);
            at += count;
            waiting += count;
            if (waiting == chunk.length) {
                complete(worker, events);
            }
        }
    }

    private void complete(Worker worker, List<VoiceEvent> events) {
        probability = worker.session().step(chunk).get(0);
        tracker.accept(probability, waiting, events);
        waiting = 0;
    }

    /** The events with their samples counted at this stream's rate. */
    private List<VoiceEvent> given(List<VoiceEvent> events) {
        return resampler == null ? events : events.stream().map(event -> new VoiceEvent(event.kind(),
                reading.at(event.sample(), rate), event.seconds(), event.probability())).toList();
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
            byte[] resampled = resampler == null ? new byte[0] : resampler.state();
            ByteBuffer bytes = ByteBuffer.allocate(HEADER + waiting * Float.BYTES + resampled.length + recurrent.length)
                    .order(ByteOrder.LITTLE_ENDIAN);
            bytes.putInt(MAGIC).putInt(rate).putInt(waiting).putInt(resampled.length).putFloat(probability);
            tracker.save(bytes);
            for (int i = 0; i < waiting; i++) {
                bytes.putFloat(chunk[i]);
            }
            return bytes.put(resampled).put(recurrent).array();
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
        int heard = bytes.getInt();
        int count = bytes.getInt();
        int resampled = bytes.getInt();
        if (heard != rate) {
            throw new IllegalArgumentException("the state of a voice stream of " + heard + " Hz; this one has " + rate + " Hz");
        }
        if (count < 0 || count >= chunk.length || resampled < 0 || (resampled > 0) != (resampler != null)
                || resampled + (long) count * Float.BYTES > bytes.limit() - HEADER) {
            throw new IllegalArgumentException("the state of a voice stream is damaged: " + count + " samples wait, and " + resampled
                    + " bytes for the resampler, in " + bytes.limit());
        }
        float last = bytes.getFloat();
        SpeechTracker told = SpeechTracker.read(rules, reading.rate(), bytes);
        float[] samples = new float[count];
        bytes.asFloatBuffer().get(samples);
        bytes.position(HEADER + count * Float.BYTES);
        byte[] between = new byte[resampled];
        byte[] rest = new byte[bytes.remaining() - resampled];
        bytes.get(between).get(rest);
        float[] checked = new Audio(samples, rate).samples();
        State recurrent = State.fromBytes(rest);
        if (recurrent.sequences() > 1) {
            throw new IllegalArgumentException("a state of " + recurrent.sequences() + " streams; expected one");
        }
        with(worker -> {
            State before = worker.session().state();
            worker.session().setState(recurrent);
            if (resampler != null) {
                try {
                    resampler.setState(between);
                } catch (IllegalArgumentException e) {
                    worker.session().setState(before);
                    throw e;
                }
            }
            System.arraycopy(checked, 0, chunk, 0, count);
            waiting = count;
            probability = last;
            tracker = told;
            return null;
        });
    }
}
