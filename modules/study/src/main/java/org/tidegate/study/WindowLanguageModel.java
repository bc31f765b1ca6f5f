package org.tidegate.study;

import java.io.IOException;
import java.nio.file.Path;
import org.tidegate.Activation;
import org.tidegate.Attribute;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.Precision;
import org.tidegate.task.ExampleTrainable;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.text.Vocabulary;

/**
 * A language model that sees a window: the embeddings of the last k tokens side by side → tanh → scores of the next one
 * (Y. Bengio, R. Ducharme, P. Vincent and C. Jauvin: A neural probabilistic language model, 2003). It has no state, so what has left
 * the window is forgotten. It is there to hold a recurrent {@link LanguageModel} against.
 *
 * <p>It learns from {@link WindowLanguageModelReading#passages passages} of as many predictions as a recurrent model's gradients flow back,
 * and then makes as many predictions a step as that one.
 */
public final class WindowLanguageModel extends ExampleTrainable<Passage, WindowLanguageModelReading, WindowLanguageModelAnswers> {
    /** The task's name. */
    public static final String TASK = "window_lm";

    private static final WindowLanguageModelFormat FORMAT = new WindowLanguageModelFormat();

    WindowLanguageModel(WindowLanguageModelReading reading, Model model) {
        super(FORMAT, reading, model);
    }

    /**
     * {@return an untrained model} The caller closes it.
     *
     * @param vocabulary the tokens
     * @param window k, the number of tokens of the window
     * @param embedding the columns of a token's embedding
     * @param hidden the units of the hidden layer
     * @param dropout the probability with which a unit's output is dropped in training
     * @param seed the seed
     * @throws IllegalArgumentException if a size is not positive, or the dropout is not at least 0 and less than 1
     */
    public static WindowLanguageModel create(Vocabulary vocabulary, int window, int embedding, int hidden, double dropout, long seed) {
        Checks.positive("window", window);
        Checks.positive("embedding", embedding);
        Checks.positive("hidden", hidden);
        Checks.probability("dropout", dropout);
        ModelBuilder net = new ModelBuilder();
        // The last row stands for what is before the text; it stays zero, as the state that a recurrent model begins with.
        Node embedded = net.embedding(net.ids(WindowLanguageModelReading.TOKENS, Attribute.axis(WindowLanguageModelReading.CONTEXT)),
                vocabulary.size() + 1, embedding, Attribute.name(WindowLanguageModelReading.EMBEDDING),
                Attribute.padding(vocabulary.size()));
        Node next = net.ids(WindowLanguageModelReading.NEXT, Attribute.axis(WindowLanguageModelReading.TEXT));
        Node[] seen = new Node[window];
        for (int k = 0; k < window; k++) {
            seen[k] = net.gather(embedded, net.ids(WindowLanguageModelReading.BEFORE + (k + 1), next));
        }
        Node units = net.activation(net.linear(window == 1 ? seen[0] : net.concat(seen), hidden), Activation.TANH);
        Node kept = dropout == 0 ? units : net.dropout(units, dropout);
        net.crossEntropy(net.linear(kept, vocabulary.size(), Attribute.name(WindowLanguageModelReading.LOGITS)), next);
        return new WindowLanguageModel(new WindowLanguageModelReading(vocabulary, window), net.build(seed));
    }

    /**
     * Loads a model to train it further: {@link WindowLanguageModelFormat#load}. The caller closes it.
     *
     * @param file the model's file
     * @return the model
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static WindowLanguageModel load(Path file) throws IOException {
        return FORMAT.load(file);
    }

    /**
     * Opens a model's file for inference: {@link WindowLanguageModelFormat#open(Path, Precision)}. The caller closes it.
     *
     * @param file the model's file
     * @param precision the precision of the weights
     * @return the answers
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or of another task; the message names the reason
     * @throws IOException if it cannot be read
     */
    public static WindowLanguageModelAnswers open(Path file, Precision precision) throws IOException {
        return FORMAT.open(file, precision);
    }
}
