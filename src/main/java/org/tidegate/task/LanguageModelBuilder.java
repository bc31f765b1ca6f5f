package org.tidegate.task;

import java.util.Locale;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.text.Vocabulary;

/**
 * The shape of a language model: embedding → recurrent layers → scores of the next token, with dropout between them. The defaults are
 * one LSTM layer of 512 units over embeddings of 96, with dropout 0.3.
 */
public final class LanguageModelBuilder {
    private final Vocabulary vocabulary;
    private Cell cell = Cell.LSTM;
    private int hidden = 512;
    private int layers = 1;
    private int embedding = 96;
    private double dropout = 0.3;
    private long seed = 1;

    LanguageModelBuilder(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /**
     * The recurrent cell, an LSTM by default.
     *
     * @throws IllegalArgumentException for {@link Cell#LSTM_PROJECTED}, whose projection this model has no size for
     */
    public LanguageModelBuilder cell(Cell value) {
        if (value == Cell.LSTM_PROJECTED) {
            throw new IllegalArgumentException("a language model has no size for a projection; choose another cell than " + value);
        }
        cell = value;
        return this;
    }

    /**
     * Units of each recurrent layer, 512 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public LanguageModelBuilder hidden(int units) {
        hidden = positive("hidden size", units);
        return this;
    }

    /**
     * The number of recurrent layers, 1 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public LanguageModelBuilder layers(int count) {
        layers = positive("number of layers", count);
        return this;
    }

    /**
     * The size of a token's embedding, 96 by default.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public LanguageModelBuilder embedding(int columns) {
        embedding = positive("embedding size", columns);
        return this;
    }

    /**
     * The probability with which an element of each layer's output is dropped in training, 0.3 by default. (Dropping embeddings too
     * costs a small model more than it gives: 1.48 instead of below 1.47 nats on tiny-shakespeare in 7.5 epochs.)
     *
     * @throws IllegalArgumentException if it is not at least 0 and less than 1
     */
    public LanguageModelBuilder dropout(double probability) {
        if (!(probability >= 0 && probability < 1)) {
            throw new IllegalArgumentException("the dropout is " + probability + "; expected 0 or more and less than 1");
        }
        dropout = probability;
        return this;
    }

    /** The seed of the initial parameters, 1 by default. */
    public LanguageModelBuilder seed(long value) {
        seed = value;
        return this;
    }

    /**
     * The model, untrained. The caller closes it.
     *
     * @throws org.tidegate.TidegateException if the native library cannot be loaded or memory is short
     */
    public LanguageModel build() {
        return new LanguageModel(vocabulary, Model.of(spec(), seed));
    }

    private String spec() {
        StringBuilder spec = new StringBuilder();
        line(spec, "%s = ids axis=text", LanguageModel.TOKENS);
        line(spec, "%s = ids axis=text", LanguageModel.NEXT);
        line(spec, "embedding = embedding %s rows=%d cols=%d", LanguageModel.TOKENS, vocabulary.size(), embedding);
        String between = layers > 1 && dropout > 0 ? " dropout=" + dropout : "";
        line(spec, "rnn = recurrent embedding cell=%s size=%d layers=%d%s", cell.spec(), hidden, layers, between);
        if (dropout > 0) {
            line(spec, "rnn_dropped = dropout rnn p=%s", dropout);
        }
        line(spec, "%s = linear %s cols=%d", LanguageModel.LOGITS, dropout > 0 ? "rnn_dropped" : "rnn", vocabulary.size());
        line(spec, "loss = cross_entropy %s %s", LanguageModel.LOGITS, LanguageModel.NEXT);
        return spec.toString();
    }

    private static void line(StringBuilder spec, String format, Object... values) {
        spec.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static int positive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("the " + name + " is " + value + "; expected 1 or more");
        }
        return value;
    }
}
