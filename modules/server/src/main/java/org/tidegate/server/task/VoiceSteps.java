/* Sound as it arrives. */
package org.tidegate.server.task;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.tidegate.Batch;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Resampler;
import org.tidegate.server.protocol.InferenceRequest;
import org.tidegate.server.protocol.InferenceTensor;
import org.tidegate.server.protocol.ProtocolException;
import org.tidegate.server.sequence.SequenceRequest;
import org.tidegate.server.sequence.Steps;
import org.tidegate.task.voice.VoiceAnswers;
import org.tidegate.task.voice.VoiceReading;

/**
 * Sequences of sound: a request has the next samples, any number of them, and shows the probability of speech in each chunk that they
 * complete. What is less than a chunk is left over for the request after it; behind the last one is silence. The probabilities of all
 * requests have the bits of those of the whole sound.
 */
final class VoiceSteps extends Steps<VoiceSteps.Piece> {
    /** The sample rates of microphones and files, in Hz: the filters from each to the model's are made once. */
    private static final Set<Integer> RATES = Set.of(8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 192000);
    private static final String SHOWN = VoiceServing.PROBABILITIES + ", " + VoiceServing.PROBABILITIES + VoiceServing.LENGTHS;

    private final VoiceReading reading;
    private final String axis; // of the chunks
    private final Set<Integer> rates;
    private final Map<Integer, Resampler> resamplers = new ConcurrentHashMap<>();

    /**
     * A request.
     *
     * @param samples those that it gives; joined, those of whole chunks at the model's rate
     * @param rate its sample rate in Hz, 0 where it names none
     * @param last whether the sound ends with it
     * @param left joined, what is left over of it
     */
    record Piece(float[] samples, int rate, boolean last, byte[] left) {}

    /**
     * What requests leave over.
     *
     * @param rate the sample rate of the sequence in Hz
     * @param samples at the model's rate, less than a chunk
     * @param resampler the state of the resampler; nothing where the sound has the model's rate
     */
    private record Left(int rate, float[] samples, byte[] resampler) {
        byte[] bytes() {
            ByteBuffer bytes = ByteBuffer.allocate((2 + samples.length) * Integer.BYTES + resampler.length).putInt(rate).putInt(samples.length);
            bytes.asFloatBuffer().put(samples);
            return bytes.position(bytes.position() + Float.BYTES * samples.length).put(resampler).array();
        }

        static Left of(byte[] all) {
            ByteBuffer bytes = ByteBuffer.wrap(all);
            int rate = bytes.remaining() < 2 * Integer.BYTES ? 0 : bytes.getInt();
            int count = rate == 0 ? -1 : bytes.getInt();
            if (count < 0 || count > bytes.remaining() / Float.BYTES) {
                throw new IllegalArgumentException("the state is of no sound");
            }
            float[] samples = new float[count];
            bytes.asFloatBuffer().get(samples);
            byte[] resampler = new byte[bytes.position(bytes.position() + Float.BYTES * count).remaining()];
            bytes.get(resampler);
            return new Left(rate, new Audio(samples, 1).samples(), resampler);
        }
    }

    VoiceSteps(VoiceAnswers answers, int capacity, int threads) {
        super(answers.model(), answers.reading().output(), capacity, threads);
        reading = answers.reading();
        axis = answers.model().value(reading.input()).axis().orElseThrow();
        rates = new TreeSet<>(RATES);
        rates.add(reading.rate());
    }

    @Override
    protected Piece read(InferenceRequest request) {
        for (InferenceRequest.Output wanted : request.outputs()) {
            String name = wanted.name();
            if (!name.startsWith(VoiceServing.PROBABILITIES) && !name.equals(SequenceRequest.STATE)) {
                throw ProtocolException.invalid("a sequence of sound shows " + SHOWN + " alone; output '" + name
                        + "' is there for whole requests, without a sequence_id");
            }
        }
        if (request.find(Sounds.AUDIO).isPresent()) {
            throw ProtocolException.invalid("a sequence of sound takes '" + Sounds.SAMPLES + "'; the files of '" + Sounds.AUDIO
                    + "' are for whole requests, without a sequence_id");
        }
        int rate = Sounds.rate(request, 0);
        checkRate(rate == 0 ? reading.rate() : rate);
        Audio finite = new Audio(Sounds.samples(request), reading.rate());
        return new Piece(finite.samples(), rate, SequenceRequest.finishes(request), null);
    }

    private void checkRate(int rate) {
        if (!rates.contains(rate)) {
            throw new IllegalArgumentException("parameter '" + Sounds.RATE + "' is " + rate + "; a sequence of sound has one of "
                    + rates.stream().map(String::valueOf).collect(Collectors.joining(", ")) + " Hz");
        }
    }

    private int rate(Piece piece) {
        return piece.rate() == 0 ? reading.rate() : piece.rate();
    }

    @Override
    protected long held(Piece piece) {
        return (long) Float.BYTES * piece.samples().length;
    }

    /** The rate, which goes for all of the sequence. */
    @Override
    protected byte[] begin(Piece first) {
        return new Left(rate(first), new float[0], new byte[0]).bytes();
    }

    /** Chunks that the samples fill, with the one that they begin. */
    @Override
    protected int size(Piece piece, byte[] left) {
        int rate = left.length == 0 ? rate(piece) : Left.of(left).rate();
        return (int) ((long) piece.samples().length * reading.rate() / rate / reading.chunk()) + 1;
    }

    @Override
    protected Piece join(Piece piece, byte[] left) {
        Left before = Left.of(left.length == 0 ? begin(piece) : left);
        if (piece.rate() != 0 && piece.rate() != before.rate()) {
            throw new IllegalArgumentException("the sequence's sound has " + before.rate() + " samples a second; this request says "
                    + piece.rate() + ". Begin another sequence for it");
        }
        float[] heard = piece.samples();
        byte[] between = before.resampler();
        if (before.rate() != reading.rate()) {
            Resampler.Stream stream = resampler(before.rate(), between);
            heard = stream.accept(heard);
            heard = piece.last() ? joined(heard, stream.finish()) : heard;
            between = stream.state();
        }
        float[] all = joined(before.samples(), heard);
        int over = all.length % reading.chunk();
        int whole = all.length - over;
        if (piece.last()) {
            return new Piece(Arrays.copyOf(all, over == 0 ? whole : whole + reading.chunk()), before.rate(), true, new byte[0]);
        }
        byte[] rest = new Left(before.rate(), Arrays.copyOfRange(all, whole, all.length), between).bytes();
        return new Piece(Arrays.copyOf(all, whole), before.rate(), false, rest);
    }

    private Resampler.Stream resampler(int rate, byte[] state) {
        Resampler.Stream stream = resamplers.computeIfAbsent(rate, from -> new Resampler(from, reading.rate())).newStream();
        if (state.length > 0) {
            stream.setState(state);
        }
        return stream;
    }

    private static float[] joined(float[] first, float[] second) {
        float[] both = Arrays.copyOf(first, Math.addExact(first.length, second.length));
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Override
    protected byte[] left(Piece joined) {
        return joined.left();
    }

    @Override
    protected void checkLeft(byte[] left) {
        if (left.length == 0) {
            return;
        }
        Left given = Left.of(left);
        checkRate(given.rate());
        if (given.samples().length >= reading.chunk() || given.rate() == reading.rate() && given.resampler().length > 0) {
            throw new IllegalArgumentException("the state is of another model's sound");
        }
        if (given.rate() != reading.rate()) {
            resampler(given.rate(), given.resampler());
        }
    }

    @Override
    protected int count(Piece joined) {
        return joined.samples().length / reading.chunk();
    }

    @Override
    protected void feed(Batch target, List<Piece> joined, int step) {
        int chunk = reading.chunk();
        FloatBuffer rows = target.equalLengths(axis, joined.size(), 1).writableReals(reading.input());
        for (int i = 0; i < joined.size(); i++) {
            rows.put(i * chunk, joined.get(i).samples(), step * chunk, chunk);
        }
    }

    @Override
    protected List<InferenceTensor> write(InferenceRequest request, Piece piece, float[] rows) {
        return VoiceServing.probabilities(new TaskServing.Outputs(request), List.of(rows)).list();
    }
}
