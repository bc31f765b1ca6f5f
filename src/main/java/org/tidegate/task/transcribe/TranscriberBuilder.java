package org.tidegate.task.transcribe;

import static org.tidegate.Attribute.axis;
import static org.tidegate.Attribute.bidirectional;
import static org.tidegate.Attribute.name;

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
import org.tidegate.task.Layers;
import org.tidegate.task.RecurrentBuilder;

/**
 * The network of a transcriber: log-mel features → recurrent layers → logits of the letters and the blank. Dropout is before, between
 * and after the layers. The defaults are {@link #LAYERS}, bidirectional, over {@link #MELS} mel bands and {@link #STACK} frames a step,
 * without a pyramid and without augmentation.
 *
 * <p>With a {@link #pyramid} of P halvings the steps are stacked in pairs after each of the first P layers, so that the next one reads half
 * as many, as the listener of Listen, Attend and Spell does (Chan, Jaitly, Le and Vinyals 2016, arXiv 1508.01211). A step
 * of the output, and so a letter, then takes {@code stack * 2^P} frames.
 */
public final class TranscriberBuilder extends RecurrentBuilder<TranscriberBuilder> {
    /** The recurrent layers by default. */
    public static final Layers LAYERS = new Layers(Cell.LSTM, 128, 1, 0.3);
    /** Mel bands of a frame by default. */
    public static final int MELS = 40;
    /** The scale of the mel bands by default. */
    public static final MelScale SCALE = MelScale.HTK;
    /** Frames of 10 ms that are stacked into one step by default. */
    public static final int STACK = 2;
    /** Halvings of the steps by default: no pyramid. */
    public static final int PYRAMID = 0;
    /** The directions of the recurrent layers by default: both. */
    public static final int DIRECTIONS = 2;

    private final List<Recording> training;
    private int rate;
    private int mels = MELS;
    private MelScale scale = SCALE;
    private int stack = STACK;
    private int pyramid = PYRAMID;
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

    /**
     * {@return the lowest sample rate of recordings, in Hz, to which all can be resampled without invention of high frequencies}
     *
     * @param recordings the recordings, at least one
     */
    public static int lowestRate(List<Recording> recordings) {
        return recordings.stream().mapToInt(recording -> recording.audio().rate()).min().orElseThrow();
    }

    /**
     * Sets the sample rate of the network's audio, by default the lowest of the training recordings.
     *
     * @param hertz the sample rate
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public TranscriberBuilder rate(int hertz) {
        rate = positive("rate", hertz);
        return this;
    }

    /**
     * Sets the number of mel bands, 40 by default.
     *
     * @param bands the number
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public TranscriberBuilder mels(int bands) {
        mels = positive("number of mel bands", bands);
        return this;
    }

    /**
     * Sets the mel scale, {@link MelScale#HTK} by default.
     *
     * @param value the scale
     * @return this builder
     */
    public TranscriberBuilder scale(MelScale value) {
        scale = Objects.requireNonNull(value, "scale");
        return this;
    }

    /**
     * Sets how many frames of 10 ms are stacked into one step of the first layer, 2 by default.
     *
     * @param frames the number
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public TranscriberBuilder stack(int frames) {
        stack = positive("number of frames a step", frames);
        return this;
    }

    /**
     * Sets how often the steps are halved, 0 by default: once after each of the first layers, by stacking two steps into one for the next
     * layer.
     *
     * @param halvings the number, less than that of the recurrent layers
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public TranscriberBuilder pyramid(int halvings) {
        if (halvings < 0) {
            throw new IllegalArgumentException("the height of the pyramid is " + halvings + "; expected 0 or more");
        }
        pyramid = halvings;
        return this;
    }

    /**
     * Sets the directions of the recurrent layers, 2 by default; a stream needs 1.
     *
     * @param count 1 for forwards, 2 for bidirectional
     * @return this builder
     * @throws IllegalArgumentException if it is neither
     */
    public TranscriberBuilder directions(int count) {
        if (count != 1 && count != 2) {
            throw new IllegalArgumentException("the number of directions is " + count + "; expected 1 or 2");
        }
        directions = count;
        return this;
    }

    /**
     * Sets the data augmentation, none by default.
     *
     * @param value the augmentation
     * @return this builder
     */
    public TranscriberBuilder augmentation(SpeechAugmentation value) {
        augmentation = Objects.requireNonNull(value, "augmentation");
        return this;
    }

    /**
     * Sets the columns of the lists of recordings; kept with the model, so that it can be evaluated on lists of the same form.
     *
     * @param value the columns
     * @return this builder
     */
    public TranscriberBuilder columns(RecordingIndex.Columns value) {
        columns = Objects.requireNonNull(value, "columns");
        return this;
    }

    /**
     * {@return the untrained model} The caller closes it.
     *
     * @throws IllegalArgumentException if all texts are empty, all recordings too short, the mel bands too many for the rate, the layers
     *     too few for the pyramid, or its steps absurdly long
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public Transcriber build() {
        int after = layers().count() - pyramid; // the layers after the last halving
        if (after < 1) {
            throw new IllegalArgumentException("a pyramid of height " + pyramid + " needs at least " + (pyramid + 1L) + " recurrent layers,"
                    + " for it halves the steps after each of the first " + pyramid + ", and there are " + layers().count()
                    + "; add layers, or halve less often");
        }
        TranscriberReading reading = new TranscriberReading(SpeechFeatures.of(training, new LogMel(rate, mels, scale)),
                Letters.of(training), stack, pyramid, directions, augmentation, columns);
        double dropout = layers().dropout();
        ModelBuilder net = new ModelBuilder();
        Node input = net.input(TranscriberReading.FEATURES, mels, axis(TranscriberReading.FEATURES));
        Node read = net.dropout(stack == 1 ? input : net.frames(input, stack, name(TranscriberReading.STACKED)), dropout);
        for (int i = 1; i <= pyramid; i++) {
            Node layer = recurrent(net, read, 1, i);
            read = net.dropout(net.frames(layer, 2, name(TranscriberReading.numbered(TranscriberReading.PAIRS, i))), dropout);
        }
        read = recurrent(net, read, after, pyramid + 1);
        Node logits = net.linear(net.dropout(read, dropout), reading.letters().labels(), name(TranscriberReading.LOGITS));
        Node targets = net.ids(TranscriberReading.LETTERS, axis(TranscriberReading.LETTERS));
        net.ctc(logits, targets, name("loss"));
        return new Transcriber(reading, net.build(seed()));
    }

    private Node recurrent(ModelBuilder net, Node input, int count, int number) {
        Attribute[] more = directions == 2 ? new Attribute[] {bidirectional()} : new Attribute[0];
        return recurrent(net, input, layers().count(count), TranscriberReading.numbered(TranscriberReading.RECURRENT, number), more);
    }
}
