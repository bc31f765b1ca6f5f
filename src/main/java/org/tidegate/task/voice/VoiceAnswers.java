package org.tidegate.task.voice;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tidegate.Batch;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.Tensor;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Resampler;
import org.tidegate.task.Answers;
import org.tidegate.task.Worker;
import org.tidegate.task.Workers;

/**
 * Finds where somebody speaks, for any number of threads at once.
 *
 * <pre>{@code
 * try (VoiceAnswers voice = VoiceAnswers.open(Path.of("vad.safetensors"), Precision.FLOAT32)) {
 *     for (SpeechSpan span : voice.detect(AudioFile.read(Path.of("talk.wav")))) {
 *         System.out.printf("%.2f s to %.2f s%n", span.start(), span.end());
 *     }
 * }
 * }</pre>
 */
public final class VoiceAnswers extends Answers<VoiceReading> {
    /** Recordings of a batch. */
    private static final int BATCH = 64;
    /** Samples of one call, of all recordings together: bounds its memory. */
    private static final int SAMPLES = 1 << 16;

    private static final VoiceFormat FORMAT = new VoiceFormat();

    private final String axis;

    VoiceAnswers(VoiceReading reading, Workers workers) {
        super(reading, workers);
        axis = reading.axis(workers.model());
    }

    /**
     * Opens a model's file: {@link VoiceFormat#open(Path, Precision)}. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @return the answers
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static VoiceAnswers open(Path file, Precision precision) throws IOException {
        return FORMAT.open(file, precision);
    }

    /**
     * {@return the spans of speech in a recording, in their order; they do not overlap}
     *
     * @param audio the recording, of any length and sample rate; it is resampled to the model's
     */
    public List<SpeechSpan> detect(Audio audio) {
        return detect(audio, reading().rules());
    }

    /**
     * {@return the spans of speech in a recording}
     *
     * @param audio the recording, of any length and sample rate
     * @param rules how probabilities become spans
     */
    public List<SpeechSpan> detect(Audio audio, SpeechRules rules) {
        return detect(List.of(audio), rules).get(0);
    }

    /**
     * {@return the spans of speech in each of many recordings, which the network reads side by side}
     *
     * @param sounds the recordings, of any lengths and sample rates
     */
    public List<List<SpeechSpan>> detect(List<Audio> sounds) {
        return detect(sounds, reading().rules());
    }

    /**
     * {@return the spans of speech in each of many recordings}
     *
     * @param sounds the recordings, of any lengths and sample rates
     * @param rules how probabilities become spans
     */
    public List<List<SpeechSpan>> detect(List<Audio> sounds, SpeechRules rules) {
        List<float[]> found = probabilities(sounds);
        return IntStream.range(0, found.size()).mapToObj(i -> reading().spans(sounds.get(i), found.get(i), rules)).toList();
    }

    /**
     * {@return the probability of speech in each chunk of a recording} The last chunk is filled up with silence.
     *
     * @param audio the recording, of any length and sample rate
     */
    public float[] probabilities(Audio audio) {
        return probabilities(List.of(audio)).get(0);
    }

    /**
     * {@return the probabilities of speech in each of many recordings}
     *
     * @param sounds the recordings, of any lengths and sample rates
     */
    public List<float[]> probabilities(List<Audio> sounds) {
        return inGroups(sounds, audio -> audio.samples().length, BATCH, this::probabilities);
    }

    /** {@return a stream that hears sound of the model's rate as it arrives} The caller closes it. */
    public VoiceStream stream() {
        return stream(reading().rate(), reading().rules());
    }

    /**
     * {@return a stream that hears sound as it arrives} The caller closes it.
     *
     * @param rate the sample rate of the sound in Hz, which is resampled to the model's
     * @param rules how probabilities become spans
     * @throws IllegalArgumentException if the rate is not positive, or more than 10000 times the model's or less than its 10000th part
     */
    public VoiceStream stream(int rate, SpeechRules rules) {
        Resampler.Stream resampler = rate == reading().rate() ? null : new Resampler(rate, reading().rate()).newStream();
        return new VoiceStream(reading(), rate, resampler, rules, workers());
    }

    /** In pieces, whose state is carried on; a recording that has ended is taken out of the batch. */
    private List<float[]> probabilities(Worker worker, List<Audio> sounds) {
        List<float[]> samples = sounds.stream().map(audio -> audio.at(reading().rate()).samples()).toList();
        List<float[]> found = samples.stream().map(some -> new float[reading().chunks(some.length)]).toList();
        Session session = worker.session();
        session.setCarry(true);
        int[] heard = going(found, IntStream.range(0, found.size()).toArray(), 0);
        int from = 0;
        while (heard.length > 0) {
            int most = Math.max(1, SAMPLES / reading().chunk() / heard.length);
            piece(worker, samples, found, heard, from, most);
            from += most;
            int[] still = going(found, heard, from);
            if (still.length > 0 && still.length < heard.length) {
                int[] before = heard;
                session.select(axis, Arrays.stream(still).map(i -> Arrays.binarySearch(before, i)).toArray());
            }
            heard = still;
        }
        return found;
    }

    /** Those of some recordings that have chunks from a chunk on. */
    private static int[] going(List<float[]> found, int[] heard, int from) {
        return Arrays.stream(heard).filter(i -> found.get(i).length > from).toArray();
    }

    private void piece(Worker worker, List<float[]> samples, List<float[]> found, int[] heard, int from, int most) {
        Batch batch = worker.batch();
        batch.lengths(axis, Arrays.stream(heard).map(i -> Math.min(most, found.get(i).length - from)).toArray());
        FloatBuffer rows = batch.writableReals(reading().input());
        int chunk = reading().chunk();
        for (int s = 0; s < heard.length; s++) {
            float[] sound = samples.get(heard[s]);
            for (int t = 0; t < batch.length(axis, s); t++) {
                int row = batch.row(axis, s, t) * chunk;
                int at = (from + t) * chunk;
                int count = Math.min(chunk, sound.length - at);
                rows.put(row, sound, at, count);
                for (int i = count; i < chunk; i++) {
                    rows.put(row + i, 0);
                }
            }
        }
        worker.session().forward(batch);
        Tensor output = worker.session().output(reading().output());
        for (int s = 0; s < heard.length; s++) {
            for (int t = 0; t < batch.length(axis, s); t++) {
                output.get(batch.row(axis, s, t), found.get(heard[s]), from + t, 1);
            }
        }
    }
}
