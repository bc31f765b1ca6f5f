package org.tidegate.task.transcribe;

import static org.tidegate.Attribute.axis;
import static org.tidegate.Attribute.bidirectional;
import static org.tidegate.Attribute.name;

import java.util.List;
import java.util.Objects;
import org.tidegate.Cell;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.audio.LogMel;
import org.tidegate.audio.MelScale;
import org.tidegate.audio.Recording;
import org.tidegate.audio.RecordingIndex;
import org.tidegate.audio.SpeechAugmentation;
import org.tidegate.task.Layers;
import org.tidegate.task.RecurrentBuilder;

/**
 * The shape of a transcriber: log-mel features, {@link #MELS} bands and {@link #STACK} frames a step by default → recurrent layers,
 * {@link #LAYERS} in both directions by default → logits of the letters. Elements are dropped before and after the layers. Training
 * recordings are not varied by default.
 */
public final class TranscriberBuilder extends RecurrentBuilder<TranscriberBuilder> {
    /** The recurrent layers by default. */
    public static final Layers LAYERS = new Layers(Cell.LSTM, 128, 1, 0.3);
    /** Mel bands of a frame by default. */
    public static final int MELS = 40;
    /** The scale of the mel bands by default. */
    public static final MelScale SCALE = MelScale.HTK;
    /** Frames of 10 ms that make one step of the network by default. */
    public static final int STACK = 2;
    /** The directions that a recording is read in by default: forwards and backwards. */
    public static final int DIRECTIONS = 2;

    private final List<Recording> training;
    private int rate;
    private int mels = MELS;
    private MelScale scale = SCALE;
    private int stack = STACK;
    private int directions = DIRECTIONS;
    private SpeechAugmentation augmentation = SpeechAugmentation.NONE;
    private RecordingIndex.Columns columns = RecordingIndex.Columns.USUAL;

    TranscriberBuilder(List<Recording> training) {
        super(LAYERS);
        if (training.isEmpty()) {
            throw new IllegalArgumentException("there are no recordings to train on");
        }
        this.training = List.copyOf(training);
        rate = lowestRate(training);
    }

    /** The lowest sample rate of recordings: what all of them can carry. */
    public static int lowestRate(List<Recording> recordings) {
        return recordings.stream().mapToInt(recording -> recording.audio().rate()).min().orElseThrow();
    }

    /** Samples a second of the sound that the network hears; the lowest rate of the training recordings by default. */
    public TranscriberBuilder rate(int hertz) {
        rate = positive("rate", hertz);
        return this;
    }

    /** Mel bands of a frame, 40 by default. */
    public TranscriberBuilder mels(int bands) {
        mels = positive("number of mel bands", bands);
        return this;
    }

    /** The scale of the bands, {@link MelScale#HTK} by default. */
    public TranscriberBuilder scale(MelScale value) {
        scale = Objects.requireNonNull(value, "scale");
        return this;
    }

    /** Frames of 10 ms that make one step of the network, 2 by default. */
    public TranscriberBuilder stack(int frames) {
        stack = positive("number of frames a step", frames);
        return this;
    }

    /**
     * 2: the recording is read forwards and backwards, the default; 1: only forwards, so that letters come while somebody speaks.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public TranscriberBuilder directions(int count) {
        if (count != 1 && count != 2) {
            throw new IllegalArgumentException("got " + count + " directions; expected 1 or 2");
        }
        directions = count;
        return this;
    }

    /** How the training recordings are varied, not at all by default. */
    public TranscriberBuilder augmentation(SpeechAugmentation value) {
        augmentation = Objects.requireNonNull(value, "augmentation");
        return this;
    }

    /** The columns of the list that the recordings come from, kept for lists of the same form. */
    public TranscriberBuilder columns(RecordingIndex.Columns value) {
        columns = Objects.requireNonNull(value, "columns");
        return this;
    }

    /**
     * The model, untrained. The caller closes it.
     *
     * @throws IllegalArgumentException if all texts are empty, all recordings too short, or the mel bands too many for the rate
     */
    public Transcriber build() {
        TranscriberReading reading = new TranscriberReading(SpeechFeatures.of(training, new LogMel(rate, mels, scale), stack),
                Letters.of(training), directions, augmentation, columns);
        double dropout = layers().dropout();
        ModelBuilder net = new ModelBuilder();
        Node input = net.input(TranscriberReading.FEATURES, reading.features().columns(), axis(TranscriberReading.FEATURES));
        Node dropped = net.dropout(input, dropout);
        Node read = directions == 2 ? recurrent(net, dropped, layers(), TranscriberReading.RECURRENT, bidirectional())
                : recurrent(net, dropped, layers(), TranscriberReading.RECURRENT);
        Node logits = net.linear(net.dropout(read, dropout), reading.letters().labels(), name(TranscriberReading.LOGITS));
        Node targets = net.ids(TranscriberReading.LETTERS, axis(TranscriberReading.LETTERS));
        net.ctc(logits, targets, name("loss"));
        return new Transcriber(reading, net.build(seed()));
    }
}
