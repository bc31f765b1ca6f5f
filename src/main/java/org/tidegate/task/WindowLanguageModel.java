package org.tidegate.task;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tidegate.Activation;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.ModelBuilder;
import org.tidegate.Node;
import org.tidegate.Attribute;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

/**
 * A language model that sees a window: the embeddings of the last k tokens side by side → tanh → scores of the next one
 * (Y. Bengio, R. Ducharme, P. Vincent and C. Jauvin: A neural probabilistic language model, 2003). It has no state, so what has left
 * the window is forgotten. It is there to hold a recurrent {@link LanguageModel} against.
 *
 * <p>For one thread at a time. Holds native memory until it is closed; closing twice is harmless.
 */
public final class WindowLanguageModel extends ExampleModel<WindowLanguageModel.Passage> {
    /** The task's name in a model's file. */
    public static final String TASK = "window_language_model";

    /** The graph's input of tokens: those of the passage and the window before it. */
    private static final String TOKENS = "tokens";
    /** The graph's inputs of rows of the tokens that stand 1 … k before the predicted one: "before_1", … */
    private static final String BEFORE = "before_";
    /** The graph's input of the tokens that are predicted. */
    private static final String NEXT = "next";
    /** The graph's output, unnormalised log probabilities of the next token. */
    private static final String LOGITS = "logits";
    /** The axis of the tokens that are embedded. */
    private static final String CONTEXT = "context";
    /** The axis of the predictions. */
    private static final String TEXT = "text";

    private static final String VOCABULARY = "vocabulary";
    /** Predictions of a passage where only the sum counts. */
    private static final int MEASURED = 50;

    private final Vocabulary vocabulary;
    private final int window;

    /**
     * A part of a text, whose tokens are predicted each from the window before it.
     *
     * @param ids the whole text
     * @param from the first token that is predicted
     * @param length how many are predicted
     */
    public record Passage(int[] ids, int from, int length) {
        /** All tokens of a text but the first, in passages of at most that many predictions. */
        public static List<Passage> of(int[] ids, int most) {
            List<Passage> passages = new ArrayList<>();
            for (int from = 1; from < ids.length; from += most) {
                passages.add(new Passage(ids, from, Math.min(most, ids.length - from)));
            }
            return passages;
        }
    }

    private WindowLanguageModel(Vocabulary vocabulary, Model model, int window) {
        super(model);
        this.vocabulary = vocabulary;
        this.window = window;
    }

    /**
     * A model, untrained. The caller closes it.
     *
     * @param window k, how many tokens a prediction sees
     * @param embedding columns of a token's embedding
     * @param hidden units of the layer over the window
     * @param dropout the probability with which a unit's output is dropped in training
     * @throws IllegalArgumentException if a size is not positive, or the dropout is not at least 0 and less than 1
     */
    public static WindowLanguageModel create(Vocabulary vocabulary, int window, int embedding, int hidden, double dropout, long seed) {
        Settings.positive("window", window);
        Settings.positive("embedding size", embedding);
        Settings.positive("hidden size", hidden);
        Settings.share("dropout", dropout);
        ModelBuilder net = new ModelBuilder();
        // The last row stands for what is before the text; it stays zero, as the state that a recurrent model begins with.
        Node embedded = net.embedding(net.ids(TOKENS, Attribute.axis(CONTEXT)), vocabulary.size() + 1, embedding,
                Attribute.padding(vocabulary.size()));
        Node next = net.ids(NEXT, Attribute.axis(TEXT));
        Node[] seen = new Node[window];
        for (int k = 0; k < window; k++) {
            seen[k] = net.gather(embedded, net.ids(BEFORE + (k + 1), next));
        }
        Node units = net.activation(net.linear(window == 1 ? seen[0] : net.concat(seen), hidden), Activation.TANH);
        Node kept = dropout > 0 ? net.dropout(units, dropout) : units;
        net.crossEntropy(net.linear(kept, vocabulary.size(), Attribute.name(LOGITS)), next);
        return new WindowLanguageModel(vocabulary, net.build(seed), window);
    }

    /**
     * Loads a model. The caller closes it.
     *
     * @throws CheckpointException if the file is damaged or holds no such model; the message says why
     * @throws IOException if it cannot be read
     */
    public static WindowLanguageModel load(Path file) throws IOException {
        return OldTaskFile.load(file, TASK, WindowLanguageModel::read);
    }

    /**
     * Trains on a text in passages of {@link Training#bptt} predictions, {@link Training#batch} of them at once: as many predictions a
     * step as a recurrent model has with these settings.
     *
     * @param heldOut to validate on, may be empty
     * @return how it ended
     * @throws IllegalArgumentException if the text has fewer than two tokens
     * @throws org.tidegate.train.DivergedException if the loss is no longer a finite number
     * @throws IOException if a file cannot be written
     */
    public TrainingResult train(String text, String heldOut, Training training) throws IOException {
        return train(passages(text, training.bptt().orElse(50)), Passage.of(vocabulary.encode(heldOut), MEASURED), training);
    }

    /**
     * Measures how well the model predicts a text, all its tokens but the first.
     *
     * @throws IllegalArgumentException if the text has fewer than two tokens
     */
    public LanguageModelEvaluation evaluate(String text, int threads) {
        List<Passage> passages = passages(text, MEASURED);
        return LanguageModelEvaluation.of(vocabulary, text, passages.get(0).ids(), loss(passages, threads));
    }

    /** The tokens that the model knows. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** k, how many tokens a prediction sees. */
    public int window() {
        return window;
    }

    @Override
    public String task() {
        return TASK;
    }

    @Override
    public String target() {
        return vocabulary.unit() == Vocabulary.Unit.CODE_POINT ? "character" : "word";
    }

    @Override
    public String describe() {
        return "a language model with a window of " + window + " over " + vocabulary;
    }

    @Override
    protected Map<String, String> metadata() {
        return Map.of(VOCABULARY, vocabulary.toJson().toString());
    }

    @Override
    protected int length(Passage passage) {
        return passage.length();
    }

    @Override
    protected void fill(Batch batch, List<Passage> passages) {
        batch.lengths(TEXT, passages.stream().mapToInt(Passage::length).toArray());
        batch.lengths(CONTEXT, passages.stream().mapToInt(passage -> passage.length() + window - 1).toArray());
        IntBuffer tokens = batch.writableIds(TOKENS);
        IntBuffer next = batch.writableIds(NEXT);
        IntBuffer[] before = new IntBuffer[window];
        for (int k = 0; k < window; k++) {
            before[k] = batch.writableIds(BEFORE + (k + 1));
        }
        for (int s = 0; s < passages.size(); s++) {
            Passage passage = passages.get(s);
            int first = passage.from() - window;
            for (int t = 0; t < passage.length() + window - 1; t++) {
                tokens.put(batch.row(CONTEXT, s, t), first + t < 0 ? vocabulary.size() : passage.ids()[first + t]);
            }
            for (int t = 0; t < passage.length(); t++) {
                int row = batch.row(TEXT, s, t);
                next.put(row, passage.ids()[passage.from() + t]);
                for (int k = 0; k < window; k++) {
                    before[k].put(row, batch.row(CONTEXT, s, t + window - 1 - k));
                }
            }
        }
    }

    @Override
    protected String fingerprint(List<Passage> passages) {
        return passages.size() + " passages of " + Fingerprint.of(passages.get(0).ids());
    }

    private List<Passage> passages(String text, int most) {
        int[] ids = vocabulary.encode(text);
        if (ids.length < 2) {
            throw new IllegalArgumentException("the text has " + ids.length + (ids.length == 1 ? " token" : " tokens")
                    + "; expected at least 2, as each is predicted from those before it");
        }
        return Passage.of(ids, most);
    }

    private static WindowLanguageModel read(Checkpoint checkpoint) throws IOException {
        Vocabulary vocabulary = OldTaskFile.vocabulary(checkpoint, VOCABULARY);
        return OldTaskFile.checked(checkpoint, "language model", model -> {
            int window = (int) model.values().stream().filter(value -> value.name().startsWith(BEFORE) && value.input()).count();
            if (window == 0 || model.value(LOGITS).columns() != vocabulary.size()) {
                throw new IllegalArgumentException("its graph has a window of " + window
                        + ", its vocabulary " + vocabulary.size() + " tokens");
            }
            return new WindowLanguageModel(vocabulary, model, window);
        });
    }
}
