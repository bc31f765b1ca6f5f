package org.tidegate.task;

import static org.tidegate.Attribute.axis;
import static org.tidegate.Attribute.bidirectional;
import static org.tidegate.Attribute.name;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.audio.LogMel;
import org.tidegate.audio.MelScale;
import org.tidegate.audio.Recording;
import org.tidegate.audio.RecordingIndex;
import org.tidegate.audio.SpeechAugmentation;

/**
 * The shape of a {@link Transcriber}. The defaults are 40 mel bands, two frames a step, one bidirectional LSTM layer of 128 units each
 * way, dropout 0.3 before and after it, and no augmentation.
 */
public final class TranscriberBuilder {
    private final List<Recording> training;
    private int rate;
    private int mels = 40;
    private MelScale scale = MelScale.HTK;
    private int stack = 2;
    private Cell cell = Cell.LSTM;
    private int hidden = 128;
    private int layers = 1;
    private int directions = 2;
    private double dropout = 0.3;
    private SpeechAugmentation augmentation = SpeechAugmentation.NONE;
    private RecordingIndex.Columns columns = RecordingIndex.Columns.USUAL;
    private long seed = 1;

    TranscriberBuilder(List<Recording> training) {
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
        rate = Settings.positive("rate", hertz);
        return this;
    }

    /** Mel bands of a frame, 40 by default. */
    public TranscriberBuilder mels(int bands) {
        mels = Settings.positive("number of mel bands", bands);
        return this;
    }

    /** The scale of the bands, {@link MelScale#HTK} by default. */
    public TranscriberBuilder scale(MelScale value) {
        scale = Objects.requireNonNull(value, "scale");
        return this;
    }

    /** Frames of 10 ms that make one step of the network, 2 by default. */
    public TranscriberBuilder stack(int frames) {
        stack = Settings.positive("number of frames a step", frames);
        return this;
    }

    /**
     * The recurrent cell, an LSTM by default.
     *
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}, whose projection this model has no size for
     */
    public TranscriberBuilder cell(Cell value) {
        cell = Settings.cell("a transcriber", value);
        return this;
    }

    /** Units of each recurrent layer in each direction, 128 by default. */
    public TranscriberBuilder hidden(int units) {
        hidden = Settings.positive("hidden size", units);
        return this;
    }

    /** Recurrent layers, 1 by default. */
    public TranscriberBuilder layers(int count) {
        layers = Settings.positive("number of layers", count);
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

    /**
     * Dropout between all layers, 0.3 by default.
     *
     * @throws IllegalArgumentException unless 0 ≤ p &lt; 1
     */
    public TranscriberBuilder dropout(double p) {
        dropout = Settings.share("dropout", p);
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

    /** The seed of the parameters, 1 by default. */
    public TranscriberBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * The model, untrained. The caller closes it.
     *
     * @throws IllegalArgumentException if all texts are empty, all recordings too short, or the mel bands too many for the rate
     */
    public Transcriber build() {
        Letters letters = Letters.of(training);
        SpeechFeatures features = SpeechFeatures.of(training, new LogMel(rate, mels, scale), stack);
        ModelBuilder net = new ModelBuilder();
        Node input = net.input(Transcriber.FEATURES, features.columns(), axis(Transcriber.FEATURES));
        List<Attribute> options = new ArrayList<>(List.of(name("rnn"), Attribute.layers(layers), Attribute.dropout(layers > 1 ? dropout : 0)));
        if (directions == 2) {
            options.add(bidirectional());
        }
        Node heard = net.recurrent(net.dropout(input, dropout), cell, hidden, options.toArray(Attribute[]::new));
        Node logits = net.linear(net.dropout(heard, dropout), letters.labels(), name(Transcriber.LOGITS));
        Node targets = net.ids(Transcriber.LETTERS, axis(Transcriber.LETTERS));
        net.ctc(logits, targets, name("loss"));
        return new Transcriber(features, letters, augmentation, columns, net.build(seed));
    }
}
