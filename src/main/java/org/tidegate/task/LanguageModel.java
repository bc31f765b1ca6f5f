package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Value;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.data.Split;
import org.tidegate.data.TextStreams;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

/**
 * A recurrent language model: learns to predict the next character or word of a text, and continues a prompt.
 *
 * <pre>{@code
 * try (LanguageModel model = LanguageModel.builder(Vocabulary.ofCodePoints(text)).cell(Cell.LSTM).hidden(256).build()) {
 *     model.train(text, Training.epochs(5));
 *     System.out.println(model.generate("LATIN ", 80, Sampling.temperature(0.8)));
 *     model.save(Path.of("names.safetensors"));
 * }
 * }</pre>
 *
 * <p>For one thread at a time. Holds native memory until it is closed; closing twice is harmless.
 */
public final class LanguageModel extends TaskModel {
    /** The task's name in a model's file. */
    public static final String TASK = "language_model";

    /** The graph's input of tokens, {@code [T,N]} ids. */
    static final String TOKENS = "tokens";
    /** The graph's input of the tokens that follow. */
    static final String NEXT = "next";
    /** The graph's output, {@code [T,N,V]} unnormalised log probabilities of the token that follows. */
    static final String LOGITS = "logits";
    /** The graph's only axis. */
    static final String AXIS = "text";

    private static final String VOCABULARY = "vocabulary";

    private final Vocabulary vocabulary;

    LanguageModel(Vocabulary vocabulary, Model model) {
        super(model);
        this.vocabulary = vocabulary;
    }

    /** A builder for a new model that knows the tokens of a vocabulary. */
    public static LanguageModelBuilder builder(Vocabulary vocabulary) {
        return new LanguageModelBuilder(vocabulary);
    }

    /**
     * Loads a model, to generate, to evaluate, or to train it further on new text from where its parameters stand. The caller closes it.
     *
     * @throws org.tidegate.checkpoint.CheckpointException if the file is damaged or holds no language model; the message says why
     * @throws IOException if it cannot be read
     */
    public static LanguageModel load(Path file) throws IOException {
        return OldTaskFile.load(file, TASK, LanguageModel::read);
    }

    /**
     * Loads a model with the state of its training: the next {@link #train} goes on where that one stopped, to the bit as if it never had.
     * The caller closes it.
     *
     * @throws org.tidegate.checkpoint.CheckpointException as {@link #load}, or if the file holds no state of a training
     * @throws IOException if it cannot be read
     */
    public static LanguageModel resume(Path file) throws IOException {
        return OldTaskFile.resume(file, TASK, LanguageModel::read);
    }

    /**
     * Trains on a text. On a model from {@link #resume} the text and the settings must be those of the run that it goes on with; the
     * number of epochs, the learning rate and what only watches may differ.
     *
     * @param text the training text; with {@link Training#validation(double)} its end is held back
     * @return how it ended
     * @throws IllegalArgumentException if the text is empty or too short, or a resumed run's settings differ; nothing is changed then
     * @throws org.tidegate.train.DivergedException if the loss is no longer a finite number
     * @throws org.tidegate.TidegateException if the optimizer's text is not understood
     * @throws IOException if a file cannot be written; found before the first step where possible
     */
    public TrainingResult train(String text, Training training) throws IOException {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the training text is empty");
        }
        return train(text, "", training);
    }

    /** As {@link #train(String, Training)}, validated on a text of its own. */
    public TrainingResult train(String text, String heldOutText, Training training) throws IOException {
        String learned = text;
        String heldOut = heldOutText;
        if (training.validation() > 0) {
            Split split = Split.tail(text, training.validation());
            learned = split.train();
            heldOut = split.heldOut();
        }
        int[] ids = vocabulary.encode(learned);
        int[] validated = vocabulary.encode(heldOut);
        if (validated.length == 1) {
            throw new IllegalArgumentException("the validation text has 1 token; expected at least 2");
        }
        TextStreams streams = new TextStreams(ids, training.batch(), training.bptt().orElse(50), training.seed());
        double charactersPerTarget = (double) learned.codePointCount(0, learned.length()) / ids.length;
        return train(training, Fingerprint.of(ids), true,
                step -> new TextTraining(this, streams, step, validated, charactersPerTarget, training.threads()));
    }

    /**
     * Continues a prompt.
     *
     * @param prompt the text to continue; empty: the model begins as after a line break
     * @param length how many tokens to add, 0 or more
     * @return what follows the prompt
     * @throws IllegalArgumentException if the prompt has a token that the vocabulary lacks (the message names it and its position), it is
     *     empty and the vocabulary has no line break to begin after, or the length is negative
     */
    public String generate(String prompt, int length, Sampling sampling) {
        return generate(prompt, length, sampling, Precision.FLOAT32);
    }

    /** As {@link #generate(String, int, Sampling)}, with the weights in a precision. */
    public String generate(String prompt, int length, Sampling sampling, Precision precision) {
        try (FrozenLanguageModel frozen = freeze(1, precision)) {
            return frozen.generate(prompt, length, sampling, -1);
        }
    }

    /**
     * Continues a prompt with what a beam search finds likeliest. Without an end all hypotheses have the same length, so the search's
     * length normalisation changes nothing here; it does in {@link #generateLine(String, int, BeamSearch, Precision)}.
     *
     * @param prompt the text to continue; empty: the model begins as after a line break
     * @param length how many tokens to add, 0 or more
     * @return what follows the prompt
     * @throws IllegalArgumentException as {@link #generate(String, int, Sampling)}
     */
    public String generate(String prompt, int length, BeamSearch search) {
        return generate(prompt, length, search, Precision.FLOAT32);
    }

    /** As {@link #generate(String, int, BeamSearch)}, with the weights in a precision. */
    public String generate(String prompt, int length, BeamSearch search, Precision precision) {
        try (FrozenLanguageModel frozen = freeze(1, precision)) {
            return frozen.generate(prompt, length, search, -1);
        }
    }

    /**
     * Continues a prompt to the end of its line.
     *
     * @param most how many tokens to add at most, if no line break comes before
     * @return what follows the prompt, without the line break
     * @throws IllegalArgumentException as {@link #generate(String, int, Sampling)}, or if the model knows no line break
     */
    public String generateLine(String prompt, int most, Sampling sampling, Precision precision) {
        try (FrozenLanguageModel frozen = freeze(1, precision)) {
            return frozen.generate(prompt, most, sampling, lineBreak());
        }
    }

    /** As {@link #generateLine(String, int, Sampling, Precision)}, with what a beam search finds likeliest. */
    public String generateLine(String prompt, int most, BeamSearch search, Precision precision) {
        try (FrozenLanguageModel frozen = freeze(1, precision)) {
            return frozen.generate(prompt, most, search, lineBreak());
        }
    }

    /** What continues prompt after prompt with the model as it is now. The caller closes it. */
    public FrozenLanguageModel freeze(int threads, Precision precision) {
        return new FrozenLanguageModel(Sessions.frozen(model(), threads, precision), vocabulary);
    }

    /**
     * A token that may come next.
     *
     * @param token its text
     * @param probability that it does, by the model
     */
    public record Candidate(String token, double probability) {}

    /**
     * The likeliest tokens after a prompt, the likeliest first.
     *
     * @param most how many; fewer if the vocabulary has no more
     * @throws IllegalArgumentException as {@link #generate(String, int, Sampling)}
     */
    public List<Candidate> next(String prompt, int most, Precision precision) {
        try (FrozenLanguageModel frozen = freeze(1, precision)) {
            return frozen.next(prompt, most);
        }
    }

    /**
     * Measures how well the model predicts a text, read as one stream from its first token to its last.
     *
     * @throws IllegalArgumentException if the text has fewer than two tokens
     */
    public LanguageModelEvaluation evaluate(String text) {
        return evaluate(text, 1);
    }

    /** As {@link #evaluate(String)}, with several threads. */
    public LanguageModelEvaluation evaluate(String text, int threads) {
        return evaluate(text, threads, Precision.FLOAT32);
    }

    /** As {@link #evaluate(String, int)}, with the weights in a precision: what serving the model in it costs in loss. */
    public LanguageModelEvaluation evaluate(String text, int threads, Precision precision) {
        try (FrozenModel frozen = model().freeze(precision); TextReader reader = new TextReader(frozen, threads)) {
            return reader.evaluate(vocabulary, text);
        }
    }

    /** The tokens that the model knows. */
    public Vocabulary vocabulary() {
        return vocabulary;
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
    public String describeLoss(double loss) {
        return super.describeLoss(loss) + String.format(Locale.ROOT, ", perplexity %.3f", Math.exp(loss));
    }

    @Override
    public String describe() {
        return "a language model over " + vocabulary;
    }

    @Override
    protected Map<String, String> metadata() {
        return Map.of(VOCABULARY, vocabulary.toJson().toString());
    }

    private int lineBreak() {
        int id = vocabulary.id("\n");
        if (id < 0) {
            throw new IllegalArgumentException("the model knows no line break, so no line ends; ask for a length alone");
        }
        return id;
    }

    private static LanguageModel read(Checkpoint checkpoint) throws IOException {
        Vocabulary vocabulary = OldTaskFile.vocabulary(checkpoint, VOCABULARY);
        return OldTaskFile.checked(checkpoint, "language model", model -> {
            checkGraph(model, vocabulary);
            return new LanguageModel(vocabulary, model);
        });
    }

    private static void checkGraph(Model model, Vocabulary vocabulary) {
        Value tokens = model.value(TOKENS);
        Value next = model.value(NEXT);
        Value logits = model.value(LOGITS);
        boolean fits = tokens.input() && next.input() && tokens.kind() == Value.Kind.IDS && logits.kind() == Value.Kind.REAL
                && logits.rows() == Value.Rows.PER_STEP && model.axes().equals(List.of(AXIS));
        if (!fits || logits.columns() != vocabulary.size()) {
            throw new IllegalArgumentException("its graph gives " + logits.columns() + " scores, and its vocabulary has "
                    + vocabulary.size() + " tokens");
        }
    }
}
