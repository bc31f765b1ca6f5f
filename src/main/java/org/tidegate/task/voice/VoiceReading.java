package org.tidegate.task.voice;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.audio.Audio;
import org.tidegate.json.JsonObject;
import org.tidegate.task.GraphCheck;
import org.tidegate.task.Reading;

/**
 * What a voice detector knows besides its network, which reads sound in chunks and gives each the probability that somebody speaks in it.
 * What a chunk needs of the sound before it the network keeps itself.
 *
 * @param rate the sample rate that the network hears, in Hz
 * @param chunk the samples of a chunk
 * @param rules how probabilities become spans of speech, unless others are given
 * @param input the network's only input, {@code [chunks, chunk]}, a row for each step
 * @param output the value that is the probability, {@code [chunks, 1]}
 */
public record VoiceReading(int rate, int chunk, SpeechRules rules, String input, String output) implements Reading {
    /** The task's name. */
    public static final String TASK = "voice";

    /** Bounds of what makes sense. */
    private static final int LEAST_RATE = 100;
    private static final int MOST_RATE = 1_000_000;
    private static final int MOST_CHUNK = 1 << 20;
    /** Lengths of a sequence that a network without steps of its own keeps. */
    private static final int[] LENGTHS = {1, 2, 3, 4093};

    /**
     * Checks the numbers.
     *
     * @param rate the sample rate that the network hears, in Hz
     * @param chunk the samples of a chunk
     * @param rules how probabilities become spans of speech, unless others are given
     * @param input the network's only input, {@code [chunks, chunk]}, a row for each step
     * @param output the value that is the probability, {@code [chunks, 1]}
     * @throws IllegalArgumentException if the rate is not of 100 to 1000000 Hz, or the chunk of 1 to 1048576 samples
     */
    public VoiceReading {
        if (rate < LEAST_RATE || rate > MOST_RATE) {
            throw new IllegalArgumentException("the sample rate is " + rate + " Hz; expected " + LEAST_RATE + " to " + MOST_RATE);
        }
        if (chunk < 1 || chunk > MOST_CHUNK) {
            throw new IllegalArgumentException("a chunk has " + chunk + " samples; expected 1 to " + MOST_CHUNK);
        }
    }

    static VoiceReading of(JsonObject json) {
        json.only("rate", "chunk", "rules", "input", "output");
        return new VoiceReading(json.integer("rate"), json.integer("chunk"), SpeechRules.of(json.object("rules")), json.string("input"),
                json.string("output"));
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("rate", rate).put("chunk", chunk).put("rules", rules.toJson()).put("input", input)
                .put("output", output).build();
    }

    @Override
    public String task() {
        return TASK;
    }

    @Override
    public String target() {
        return "chunk";
    }

    @Override
    public String describe() {
        return String.format(Locale.ROOT, "voice activity at %d Hz, a probability every %.1f ms, speech from %.2f on", rate,
                1000.0 * chunk / rate, rules.threshold());
    }

    @Override
    public List<String> kept() {
        return List.of(output);
    }

    /** Also that the network can be streamed, and has a row of output for each of the input. */
    @Override
    public void checkFits(Network network) {
        List<String> inputs = network.values().stream().filter(Value::input).map(Value::name).toList();
        GraphCheck.of(network).reals(input, Value.Rows.PER_STEP, chunk).output(output, Value.Rows.PER_STEP, 1)
                .holds(inputs.equals(List.of(input)), "its graph has the inputs " + inputs + "; expected " + input + " alone")
                .holds(keepsLengths(network), "its graph's '" + output + "' does not have one row for each of '" + input + "'").streams();
    }

    private boolean keepsLengths(Network network) {
        String from = axis(network);
        String to = network.value(output).axis().orElseThrow();
        Batch batch = network.newBatch().lengths(from, LENGTHS);
        try {
            return IntStream.range(0, LENGTHS.length).allMatch(i -> batch.length(to, i) == LENGTHS[i]);
        } catch (IllegalStateException e) { // a window is longer than a sequence
            return false;
        }
    }

    /** The axis of the input. */
    String axis(Network network) {
        return network.value(input).axis().orElseThrow();
    }

    /** The chunks of so many samples, the last one perhaps not whole. */
    int chunks(int samples) {
        return (int) (((long) samples + chunk - 1) / chunk);
    }

    /**
     * {@return the spans of speech in a recording whose probabilities are known: to try other rules without running the network again}
     *
     * @param audio the recording, of any sample rate
     * @param probabilities what {@link VoiceAnswers#probabilities(Audio)} gave for it
     * @param others the rules
     * @throws IllegalArgumentException if there are more or fewer probabilities than the recording has chunks
     */
    public List<SpeechSpan> spans(Audio audio, float[] probabilities, SpeechRules others) {
        int samples = audio.samples().length;
        long heard = ((long) samples * rate + audio.rate() - 1) / audio.rate(); // as the resampler has it
        if (probabilities.length != (heard + chunk - 1) / chunk) {
            throw new IllegalArgumentException(probabilities.length + " probabilities for " + (heard + chunk - 1) / chunk + " chunks");
        }
        List<SpeechSpan> spans = SpeechTracker.spans(others, rate, chunk, probabilities, heard);
        return audio.rate() == rate ? spans : spans.stream().map(span -> new SpeechSpan(at(span.firstSample(), audio.rate()),
                Math.min(samples, at(span.endSample(), audio.rate())), audio.rate(), span.probability())).toList();
    }

    /** Where a sample of the model's rate lies among those of another rate. */
    long at(long sample, int otherRate) {
        return (long) ((double) sample * otherRate / rate);
    }
}
