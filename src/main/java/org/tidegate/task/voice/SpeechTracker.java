package org.tidegate.task.voice;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.tidegate.task.voice.VoiceEvent.Kind;

/**
 * Makes spans of speech out of the probabilities of chunks, one after the other, by {@link SpeechRules}: in a stream and of a recording
 * alike. What it tells is final: speech is told of when it is long enough to count, its end when the silence is. So padding in front reaches
 * back to the span before at most, and padding behind to what was heard when the end was known. For one thread.
 */
final class SpeechTracker {
    /** Of a state in bytes. */
    static final int BYTES = 6 * Long.BYTES + 2 * Double.BYTES + 1;
    private static final long NONE = -1;
    /** Samples that a state may count, so that no sum overflows: the time of nine thousand years. */
    private static final long MOST = 1L << 52;

    private final SpeechRules rules;
    private final int rate;
    private final long shortestSpeech;
    private final long shortestSilence;
    private final long padding;

    private long heard; // samples
    private long start = NONE; // of the speech, without padding; NONE in silence
    private long quiet = NONE; // where the silence in it began that may be its end
    private boolean told; // that it began
    private long free; // the end of the span before, padded
    private long chunks; // of the speech, without those of the silence that may end it
    private double sum; // of their probabilities
    private long quietChunks;
    private double quietSum;

    SpeechTracker(SpeechRules rules, int rate) {
        this.rules = rules;
        this.rate = rate;
        shortestSpeech = SpeechRules.samples(rules.shortestSpeech(), rate);
        shortestSilence = SpeechRules.samples(rules.shortestSilence(), rate);
        padding = SpeechRules.samples(rules.padding(), rate);
    }

    /** Whether speech has begun that was told of and not ended. */
    boolean speaks() {
        return told;
    }

    /** Takes the next chunk of so many samples; adds what it makes certain. */
    void accept(double probability, int samples, List<VoiceEvent> events) {
        long from = heard;
        heard += samples;
        if (probability >= rules.threshold()) {
            if (start == NONE) {
                start = from;
            }
            bridge();
        } else if (start != NONE && quiet == NONE && probability < rules.endThreshold()) {
            quiet = from;
        }
        if (start == NONE) {
            return;
        }
        if (quiet != NONE) {
            quietChunks++;
            quietSum += probability;
            if (heard - quiet >= shortestSilence) {
                end(events);
            }
            return;
        }
        chunks++;
        sum += probability;
        tell(heard, events);
    }

    /** Ends the sound. */
    void finish(List<VoiceEvent> events) {
        if (start != NONE) {
            quiet = quiet == NONE ? heard : quiet;
            end(events);
        }
    }

    /** The silence was too short to end the speech. */
    private void bridge() {
        quiet = NONE;
        chunks += quietChunks;
        sum += quietSum;
        quietChunks = 0;
        quietSum = 0;
    }

    /** Tells that speech has begun, if it lasts long enough. */
    private void tell(long until, List<VoiceEvent> events) {
        if (!told && until - start >= shortestSpeech) {
            told = true;
            events.add(event(Kind.SPEECH_START, Math.max(free, start - padding)));
        }
    }

    private void end(List<VoiceEvent> events) {
        if (told) {
            free = Math.min(quiet + padding, heard);
            events.add(event(Kind.SPEECH_END, free));
        }
        start = NONE;
        quiet = NONE;
        told = false;
        chunks = 0;
        sum = 0;
        quietChunks = 0;
        quietSum = 0;
    }

    private VoiceEvent event(Kind kind, long sample) {
        return new VoiceEvent(kind, sample, (double) sample / rate, sum / chunks);
    }

    /** The spans of a sound of so many samples. */
    static List<SpeechSpan> spans(SpeechRules rules, int rate, int chunk, float[] probabilities, long samples) {
        SpeechTracker tracker = new SpeechTracker(rules, rate);
        List<VoiceEvent> events = new ArrayList<>();
        for (int i = 0; i < probabilities.length; i++) {
            tracker.accept(probabilities[i], (int) Math.min(chunk, samples - (long) i * chunk), events);
        }
        tracker.finish(events);
        List<SpeechSpan> spans = new ArrayList<>();
        for (int i = 0; i < events.size(); i += 2) {
            spans.add(new SpeechSpan(events.get(i).sample(), events.get(i + 1).sample(), rate, events.get(i + 1).probability()));
        }
        return spans;
    }

    /** Writes {@link #BYTES}. */
    void save(ByteBuffer to) {
        to.putLong(heard).putLong(start).putLong(quiet).putLong(free).putLong(chunks).putLong(quietChunks).putDouble(sum);
        to.putDouble(quietSum).put((byte) (told ? 1 : 0));
    }

    /** Reads what {@link #save} wrote; fails if that cannot be a state. */
    static SpeechTracker read(SpeechRules rules, int rate, ByteBuffer from) {
        SpeechTracker read = new SpeechTracker(rules, rate);
        read.heard = from.getLong();
        read.start = from.getLong();
        read.quiet = from.getLong();
        read.free = from.getLong();
        read.chunks = from.getLong();
        read.quietChunks = from.getLong();
        read.sum = from.getDouble();
        read.quietSum = from.getDouble();
        read.told = from.get() != 0;
        if (!read.isWhole()) {
            throw new IllegalArgumentException("the state of a voice stream is damaged: what it says of the speech contradicts itself");
        }
        return read;
    }

    private boolean isWhole() {
        boolean speech = start != NONE;
        boolean silence = quiet != NONE;
        return heard >= 0 && heard <= MOST && free >= 0 && free <= heard && (!speech || start >= free && start < heard)
                && (!silence || speech && quiet > start && quiet < heard) && speech == chunks > 0 && silence == quietChunks > 0
                && chunks >= 0 && quietChunks >= 0 && chunks <= heard && quietChunks <= heard && (speech || !told)
                && sum >= 0 && sum <= chunks && quietSum >= 0 && quietSum <= quietChunks;
    }
}
