package org.tidegate.task.caption;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.tidegate.Activation;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.task.Layers;
import org.tidegate.task.TextBuilder;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.VocabularyBuilder;

/**
 * The network of a captioner: a linear layer and tanh map an image's pixels to the initial state of a decoder, which writes words until the
 * end token. Dropout is on the initial state and the decoder's output. The defaults are {@link #LAYERS} over {@link #WORDS}, and shifts of
 * up to {@link #SHIFT} pixel as augmentation. The model's image size is the largest of the examples.
 */
public final class CaptionerBuilder extends TextBuilder<CaptionerBuilder> {
    /** The recurrent layers by default. */
    public static final Layers LAYERS = new Layers(Cell.GRU, 128, 1, 0.2);
    /** The words by default. */
    public static final Words WORDS = new Words(64, 1);
    /** The maximum shift by default, in pixels. */
    public static final int SHIFT = 1;

    private final List<CaptionedImage> examples;
    private int shift = SHIFT;
    private SideBySide sideBySide = SideBySide.ALONE;

    CaptionerBuilder(List<CaptionedImage> examples) {
        super(LAYERS, WORDS, CaptionerReading.UNIT);
        this.examples = List.copyOf(examples);
    }

    /**
     * Sets the augmentation by random shifts, 1 pixel by default.
     *
     * @param pixels the maximum shift in each direction, 0 for none
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public CaptionerBuilder shift(int pixels) {
        if (pixels < 0) {
            throw new IllegalArgumentException("the shift is " + pixels + " pixels; expected 0 or more");
        }
        shift = pixels;
        return this;
    }

    /**
     * Sets how the examples were put side by side, alone by default; kept with the model, so that it can be evaluated on images of the same
     * form.
     *
     * @param value the setting
     * @return this builder
     */
    public CaptionerBuilder sideBySide(SideBySide value) {
        sideBySide = Objects.requireNonNull(value, "sideBySide");
        return this;
    }

    /**
     * {@return the untrained model} The caller closes it.
     *
     * @throws IllegalArgumentException if there are no examples, or no word occurs often enough
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public Captioner build() {
        VocabularyBuilder counted = counter().sequenceEnds();
        int rows = 1;
        int columns = 1;
        for (CaptionedImage example : examples) {
            counted.add(example.caption());
            rows = Math.max(rows, example.image().rows());
            columns = Math.max(columns, example.image().columns());
        }
        Vocabulary words = counted.build();
        int longest = examples.stream().mapToInt(example -> words.tokens(example.caption()).size()).max().orElse(0);
        CaptionerReading reading = new CaptionerReading(words, rows, columns, longest + 1, shift, sideBySide);
        return new Captioner(reading, network(reading.vocabulary().size(), rows * columns).build(seed()));
    }

    private ModelBuilder network(int wordCount, int pixels) {
        ModelBuilder net = new ModelBuilder();
        Node image = net.input(CaptionerReading.IMAGE, pixels, Attribute.axis(CaptionerReading.AXIS), Attribute.perSequence());
        Node words = net.ids(CaptionerReading.WORDS, image);
        Node next = net.ids(CaptionerReading.NEXT, image);
        List<Attribute> start = new ArrayList<>(List.of(Attribute.h0(start(net, image, "h"))));
        if (layers().cell() == Cell.LSTM) {
            start.add(Attribute.c0(start(net, image, "c")));
        }
        Node embedded = net.embedding(words, wordCount, words().embedding(), Attribute.name(CaptionerReading.EMBEDDING));
        Node decoded = recurrent(net, embedded, layers(), "rnn", start.toArray(Attribute[]::new));
        Node logits = net.linear(dropped(net, decoded), wordCount, Attribute.name(CaptionerReading.LOGITS));
        net.crossEntropy(logits, next, Attribute.name("loss"));
        return net;
    }

    /** An initial state of all the decoder's layers. */
    private Node start(ModelBuilder net, Node image, String state) {
        Node seen = net.linear(image, layers().count() * layers().hidden(), Attribute.name("seen_" + state));
        return dropped(net, net.activation(seen, Activation.TANH, Attribute.name("start_" + state)));
    }

    private Node dropped(ModelBuilder net, Node x) {
        return dropped(net, x, layers().dropout(), Attribute.name(x.name() + "_dropped"));
    }
}
