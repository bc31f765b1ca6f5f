package org.tidegate.task;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.text.Vocabulary;

/**
 * Fills in the missing word of a sentence (the cloze task) from both sides: the state of a layer that has read the words before it
 * from left to right, and that of a layer that has read the words after it from right to left. In training every word of a sentence
 * is missing once, at the price of one pass.
 *
 * <pre>{@code
 * try (FillIn model = FillIn.builder(sentences).build()) {
 *     model.train(sentences, heldOut, Training.epochs(8).batch(16));
 *     System.out.println(model.fill(Cloze.parse("I plan to __ a new one."), 5));
 * }
 * }</pre>
 *
 * <p>Sentences are lists of words as {@link Cloze#words} makes them: lower-cased, each punctuation mark a word. For one thread at a
 * time. Holds native memory until it is closed; closing twice is harmless.
 */
public final class FillIn extends ExampleModel<List<String>> {
    /** The task's name. */
    public static final String TASK = "fill";

    /** The axis of the sentences with their ends. */
    static final String SENTENCES = "sentences";
    /** The axis of the gaps of all sentences. */
    static final String GAPS = "gaps";
    /** The graph's input of words. */
    static final String WORDS = "words";
    /** The graph's input of the row of the word before each gap. */
    static final String BEFORE = "before";
    /** The graph's input of the row of the word after each gap. */
    static final String AFTER = "after";
    /** The graph's input of the missing words. */
    static final String MISSING = "missing";
    /** The graph's scores of each word for each gap. */
    static final String SCORES = "scores";

    private static final String VOCABULARY = "vocabulary";

    private final Vocabulary vocabulary;

    FillIn(Vocabulary vocabulary, Model model) {
        super(model);
        this.vocabulary = vocabulary;
    }

    /** Which words are read to find the missing one. */
    public enum Side {
        /** Those before it and those after it. */
        BOTH,
        /** Those before it only, as a language model does. */
        LEFT
    }

    /**
     * A builder for a new model that knows the words of these sentences.
     *
     * @throws IllegalArgumentException if there is no sentence
     */
    public static FillInBuilder builder(List<List<String>> sentences) {
        return new FillInBuilder(sentences);
    }

    /**
     * Loads a model, to fill in, to evaluate, or to train it further. The caller closes it.
     *
     * @throws CheckpointException if the file is damaged or holds no such model; the message says why
     * @throws IOException if it cannot be read
     */
    public static FillIn load(Path file) throws IOException {
        return OldTaskFile.load(file, TASK, FillIn::read);
    }

    /**
     * Loads a model with the state of its training: the next training goes on where that one stopped. The caller closes it.
     *
     * @throws CheckpointException as {@link #load}, or if the file holds no state of a training
     * @throws IOException if it cannot be read
     */
    public static FillIn resume(Path file) throws IOException {
        return OldTaskFile.resume(file, TASK, FillIn::read);
    }

    /** The most likely words for a gap, the best first; see {@link #freeze} for many gaps. */
    public List<FrozenFillIn.Answer> fill(Cloze cloze, int count) {
        try (FrozenFillIn frozen = freeze(1, Precision.FLOAT32)) {
            return frozen.fill(cloze, count);
        }
    }

    /** The form of the model that fills many gaps, with its parameters as they are now. The caller closes it. */
    public FrozenFillIn freeze(int threads, Precision precision) {
        return new FrozenFillIn(this, threads, precision);
    }

    /** Measures how often the model finds the missing word: {@link FrozenFillIn#evaluate}. */
    public FillInEvaluation evaluate(List<List<String>> sentences, int threads) {
        try (FrozenFillIn frozen = freeze(threads, Precision.FLOAT32)) {
            return frozen.evaluate(sentences);
        }
    }

    /** The words that the model knows. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Which words it reads. */
    public Side side() {
        return model().values().stream().anyMatch(value -> value.name().equals(AFTER)) ? Side.BOTH : Side.LEFT;
    }

    @Override
    public String task() {
        return TASK;
    }

    @Override
    public String target() {
        return "word";
    }

    @Override
    public String describe() {
        return String.format(Locale.ROOT, "%,d words, read from %s", vocabulary.size(),
                side() == Side.BOTH ? "both sides" : "the left");
    }

    @Override
    protected Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(VOCABULARY, vocabulary.toJson());
        return metadata;
    }

    @Override
    protected int length(List<String> sentence) {
        return sentence.size();
    }

    /** Every known word of the sentences is a gap; unknown ones cannot be answered and are none. */
    @Override
    protected void fill(Batch batch, List<List<String>> sentences) {
        List<int[]> gaps = new ArrayList<>();
        read(batch, sentences);
        for (int s = 0; s < sentences.size(); s++) {
            for (int t = 0; t < sentences.get(s).size(); t++) {
                int id = id(sentences.get(s).get(t));
                if (id != vocabulary.unknownId()) {
                    gaps.add(new int[] {s, t, id});
                }
            }
        }
        if (gaps.isEmpty()) {
            gaps.add(new int[] {0, 0, vocabulary.unknownId()}); // which the loss ignores: a batch has at least one row
        }
        place(batch, gaps);
    }

    @Override
    protected String fingerprint(List<List<String>> sentences) {
        return Fingerprint.of(sentences.size(), "sentences", sentences.stream().flatMap(
                sentence -> Stream.concat(sentence.stream(), Stream.of(""))).map(part -> part.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    /** Writes the words of sentences, with a beginning before and an end after each. */
    void read(Batch batch, List<List<String>> sentences) {
        batch.lengths(SENTENCES, sentences.stream().mapToInt(sentence -> sentence.size() + 2).toArray());
        IntBuffer ids = batch.writableIds(WORDS);
        for (int s = 0; s < sentences.size(); s++) {
            List<String> sentence = sentences.get(s);
            ids.put(batch.row(SENTENCES, s, 0), vocabulary.beginId());
            for (int t = 0; t < sentence.size(); t++) {
                ids.put(batch.row(SENTENCES, s, t + 1), id(sentence.get(t)));
            }
            ids.put(batch.row(SENTENCES, s, sentence.size() + 1), vocabulary.endId());
        }
    }

    /** Writes gaps: sentence, position in it, and the missing word's id. */
    void place(Batch batch, List<int[]> gaps) {
        batch.equalLengths(GAPS, 1, gaps.size());
        IntBuffer before = batch.writableIds(BEFORE);
        IntBuffer after = side() == Side.BOTH ? batch.writableIds(AFTER) : null;
        IntBuffer missing = batch.writableIds(MISSING);
        for (int[] gap : gaps) {
            before.put(batch.row(SENTENCES, gap[0], gap[1])); // one step further on stands the gap itself, as the beginning is step 0
            if (after != null) {
                after.put(batch.row(SENTENCES, gap[0], gap[1] + 2));
            }
            missing.put(gap[2]);
        }
    }

    /** The id of a word, that of the unknown one if need be. */
    int id(String word) {
        int id = vocabulary.id(word);
        return id < vocabulary.specials() ? vocabulary.unknownId() : id;
    }

    private static FillIn read(Checkpoint checkpoint) throws IOException {
        Vocabulary vocabulary = OldTaskFile.vocabulary(checkpoint, VOCABULARY);
        return OldTaskFile.checked(checkpoint, "fill-in model", model -> {
            long scores = model.value(SCORES).columns();
            if (scores != vocabulary.size() || vocabulary.endId() < 0 || vocabulary.unknownId() < 0) {
                throw new IllegalArgumentException("its graph gives " + scores
                        + " scores, its vocabulary has " + vocabulary.size() + " words");
            }
            return new FillIn(vocabulary, model);
        });
    }
}
