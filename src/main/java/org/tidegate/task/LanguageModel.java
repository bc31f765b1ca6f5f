package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.Optimizer;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.data.Split;
import org.tidegate.data.TextStreams;
import org.tidegate.decode.Sampling;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.Trainer;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;
import org.tidegate.train.TrainingState;

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
public final class LanguageModel implements AutoCloseable {
    /** The graph's input of tokens, {@code [T,N]} ids. */
    static final String TOKENS = "tokens";
    /** The graph's input of the tokens that follow. */
    static final String NEXT = "next";
    /** The graph's output, {@code [T,N,V]} unnormalised log probabilities of the token that follows. */
    static final String LOGITS = "logits";
    /** The graph's only axis. */
    static final String AXIS = "text";

    private final Vocabulary vocabulary;
    private final Model model;
    private Optimizer optimizer;
    private TrainingState state;
    private boolean resumed;

    LanguageModel(Vocabulary vocabulary, Model model) {
        this.vocabulary = vocabulary;
        this.model = model;
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
        return LanguageModelFile.load(file);
    }

    /**
     * Loads a model with the state of its training: the next {@link #train} goes on where that one stopped, to the bit as if it never had.
     * The caller closes it.
     *
     * @throws org.tidegate.checkpoint.CheckpointException as {@link #load}, or if the file holds no state of a training
     * @throws IOException if it cannot be read
     */
    public static LanguageModel resume(Path file) throws IOException {
        return LanguageModelFile.resume(file);
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
        String learned = text;
        String heldOut = training.validationText().orElse("");
        if (training.validationFraction() > 0) {
            Split split = Split.tail(text, training.validationFraction());
            learned = split.train();
            heldOut = split.heldOut();
        }
        int[] ids = vocabulary.encode(learned);
        TextStreams streams = new TextStreams(ids, training.batch(), training.bptt(), training.seed());
        TrainingState.Settings settings = new TrainingState.Settings(training.optimizer(), training.batch(), training.bptt(),
                training.seed(), Fingerprint.of(ids));
        double charactersPerTarget = (double) learned.codePointCount(0, learned.length()) / ids.length;
        prepare(training, settings);
        try (Session session = model.newTrainingSession(training.seed());
                TextTraining task = new TextTraining(this, streams, state.step(), heldOut, charactersPerTarget, training.threads())) {
            session.threads(training.threads());
            session.carry(true);
            Trainer trainer = new Trainer(session, optimizer, task, training);
            TrainingResult result = trainer.run(state);
            state = trainer.state();
            return result;
        } catch (IOException | RuntimeException | Error e) {
            forgetTraining();
            throw e;
        }
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
        try (FrozenModel frozen = model.freeze(precision); TextGenerator generator = new TextGenerator(frozen, vocabulary)) {
            return generator.generate(prompt, length, sampling);
        }
    }

    /**
     * Measures how well the model predicts a text, read as one stream from its first token to its last.
     *
     * @throws IllegalArgumentException if the text has fewer than two tokens
     */
    public Evaluation evaluate(String text) {
        return evaluate(text, 1);
    }

    /** As {@link #evaluate(String)}, with several threads. */
    public Evaluation evaluate(String text, int threads) {
        return evaluate(text, threads, Precision.FLOAT32);
    }

    /** As {@link #evaluate(String, int)}, with the weights in a precision: what serving the model in it costs in loss. */
    public Evaluation evaluate(String text, int threads, Precision precision) {
        try (FrozenModel frozen = model.freeze(precision); TextReader reader = new TextReader(frozen, threads)) {
            return reader.evaluate(vocabulary, text);
        }
    }

    /**
     * Saves the model, whole or not at all: spec, parameters, vocabulary, and if it was trained the state from which the training can be
     * resumed.
     *
     * @throws IOException if it cannot be written; a file that was there before is then unchanged
     */
    public void save(Path file) throws IOException {
        save(file, state);
    }

    /** The tokens that the model knows. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The network. It belongs to this object and is closed with it. */
    public Model model() {
        return model;
    }

    /** The points of the training's history, empty if it was never trained. */
    public List<HistoryPoint> history() {
        return state == null ? List.of() : state.history();
    }

    @Override
    public void close() {
        if (optimizer != null) {
            optimizer.close();
            optimizer = null;
        }
        model.close();
    }

    /** Saves with a state of the training that is going on. */
    void save(Path file, TrainingState current) throws IOException {
        LanguageModelFile.save(file, this, optimizer, current);
    }

    /** Saves for use, without what only a resumed training needs. */
    void saveModel(Path file, TrainingState current) throws IOException {
        LanguageModelFile.save(file, this, null, current);
    }

    /** Puts in the state of a training; with an optimizer the next training goes on from there. The optimizer is then this object's. */
    void restore(TrainingState restored, Optimizer restoredOptimizer) {
        state = restored;
        optimizer = restoredOptimizer;
        resumed = restoredOptimizer != null;
    }

    private void prepare(Training training, TrainingState.Settings settings) {
        if (resumed) {
            state.checkResumable(settings);
            resumed = false;
            return;
        }
        Optimizer fresh = model.newOptimizer(training.optimizer());
        forgetTraining();
        optimizer = fresh;
        state = TrainingState.start(settings);
    }

    private void forgetTraining() {
        if (optimizer != null) {
            optimizer.close();
        }
        optimizer = null;
        state = null;
        resumed = false;
    }
}
