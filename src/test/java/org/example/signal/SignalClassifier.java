package org.example.signal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.Attribute;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.Pooling;
import org.tidegate.Precision;
import org.tidegate.task.ExampleTrainable;
import org.tidegate.task.Layers;
import org.tidegate.task.RecurrentBuilder;

/** Learns which class a signal belongs to. */
public final class SignalClassifier extends ExampleTrainable<LabelledSignal, SignalReading, SignalAnswers> {
    /** The task's name. */
    public static final String TASK = "signal";

    private static final SignalFormat FORMAT = new SignalFormat();

    SignalClassifier(SignalReading reading, Model model) {
        super(FORMAT, reading, model);
    }

    /** A builder whose labels and channels are those of the examples. */
    public static Builder builder(List<LabelledSignal> examples) {
        return new Builder(examples);
    }

    /** Loads a model to train it further. */
    public static SignalClassifier load(Path file) throws IOException {
        return FORMAT.load(file);
    }

    /** Opens a model's file to answer with it. */
    public static SignalAnswers open(Path file, Precision precision) throws IOException {
        return FORMAT.open(file, precision);
    }

    /** The shape: recurrent layers → the mean over the steps → scores of the classes. */
    public static final class Builder extends RecurrentBuilder<Builder> {
        private final SignalReading reading;

        Builder(List<LabelledSignal> examples) {
            super(new Layers(Cell.GRU, 32, 1, 0));
            reading = new SignalReading(examples.stream().map(LabelledSignal::label).distinct().sorted().toList(),
                    examples.get(0).steps()[0].length);
        }

        /** The model, untrained. The caller closes it. */
        public SignalClassifier build() {
            ModelBuilder net = new ModelBuilder();
            Node steps = net.input(SignalReading.STEPS, reading.channels(), Attribute.axis(SignalReading.AXIS));
            Node label = net.ids(SignalReading.LABEL, steps, Attribute.perSequence());
            Node pooled = net.pool(recurrent(net, steps, layers(), "rnn"), Pooling.MEAN);
            Node logits = net.linear(dropped(net, pooled, layers().dropout()), reading.labels().size(), Attribute.name(SignalReading.LOGITS));
            net.crossEntropy(logits, label, Attribute.name("loss"));
            return new SignalClassifier(reading, net.build(seed()));
        }
    }
}
