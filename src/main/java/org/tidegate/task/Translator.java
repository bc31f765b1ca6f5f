package org.tidegate.task;

import java.io.IOException;
import java.nio.file.Path;
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
import org.tidegate.decode.BeamSearch;
import org.tidegate.metrics.Bleu;
import org.tidegate.text.PunctuationTokenizer;
import org.tidegate.text.Vocabulary;

/**
 * Translates sentences: an encoder reads one, a decoder that looks back at its words writes the other (Sutskever et al. 2014; Bahdanau
 * et al. 2015; Luong et al. 2015).
 *
 * <pre>{@code
 * try (Translator model = Translator.builder(pairs).attention(Attention.GENERAL).build()) {
 *     model.train(pairs, heldOut, Training.epochs(20).batch(64).learningRate(2e-3).clipNorm(1));
 *     System.out.println(model.translate("I am cold.").text());
 * }
 * }</pre>
 *
 * <p>Sentences are lower-cased and split into words and punctuation marks ({@link PunctuationTokenizer}). For one thread at a time.
 */
public final class Translator extends ExampleModel<SentencePair> {
    /** The task's name in a model's file. */
    public static final String TASK = "translate";

    static final String SOURCE = "source";
    static final String TARGET = "target";
    static final String WORDS = "words";
    static final String NEXT = "next";
    static final String ATTENTION = "attention";
    static final String LOGITS = "logits";

    private static final String SOURCE_VOCABULARY = "source_vocabulary";
    private static final String TARGET_VOCABULARY = "target_vocabulary";
    private static final String MAXIMUM_LENGTH = "maximum_length";

    private final Vocabulary source;
    private final Vocabulary target;
    private final int maximumLength;

    Translator(Vocabulary source, Vocabulary target, int maximumLength, Model model) {
        super(model);
        this.source = source;
        this.target = target;
        this.maximumLength = maximumLength;
    }

    /** A builder whose vocabularies are those of the pairs. */
    public static TranslatorBuilder builder(List<SentencePair> pairs) {
        return new TranslatorBuilder(pairs);
    }

    /**
     * Loads a model to use it or to train it on new data. The caller closes it.
     *
     * @throws CheckpointException if the file is damaged or is of another task
     * @throws IOException if it cannot be read
     */
    public static Translator load(Path file) throws IOException {
        return OldTaskFile.load(file, TASK, Translator::read);
    }

    /**
     * Loads a model to go on with its training.
     *
     * @throws CheckpointException as {@link #load}, or if the file holds no state of a training
     * @throws IOException if it cannot be read
     */
    public static Translator resume(Path file) throws IOException {
        return OldTaskFile.resume(file, TASK, Translator::read);
    }

    private static Translator read(Checkpoint checkpoint) throws IOException {
        Vocabulary source = OldTaskFile.vocabulary(checkpoint, SOURCE_VOCABULARY);
        Vocabulary target = OldTaskFile.vocabulary(checkpoint, TARGET_VOCABULARY);
        String length = checkpoint.require(MAXIMUM_LENGTH);
        if (!length.matches("[1-9][0-9]{0,8}")) {
            throw new CheckpointException(checkpoint.path() + " says that " + MAXIMUM_LENGTH + " is \"" + length
                    + "\"; expected a number of words");
        }
        return OldTaskFile.checked(checkpoint, "translator", model -> {
            long read = model.parameter(TranslatorBuilder.READ + ".weight").shape()[0];
            long scores = model.value(LOGITS).columns();
            if (read != source.size() || scores != target.size() || source.endId() < 0 || target.endId() < 0) {
                throw new IllegalArgumentException("its graph reads " + read + " words and gives " + scores
                        + " scores, its vocabularies have " + source.size() + " and " + target.size() + " words");
            }
            return new Translator(source, target, Integer.parseInt(length), model);
        });
    }

    /** The words and punctuation marks of a sentence, lower-cased. */
    public static List<String> words(String sentence) {
        return PunctuationTokenizer.split(sentence.toLowerCase(Locale.ROOT));
    }

    /** The words that it reads. */
    public Vocabulary sourceVocabulary() {
        return source;
    }

    /** The words that it writes. */
    public Vocabulary targetVocabulary() {
        return target;
    }

    /** Whether its decoder looks back at the sentence. */
    public boolean hasAttention() {
        return model().values().stream().anyMatch(value -> value.name().equals(ATTENTION));
    }

    /** The likeliest translation, found greedily. */
    public Translation translate(String sentence) {
        return translate(List.of(sentence), BeamSearch.greedy(), 1, Precision.FLOAT32).get(0).get(0);
    }

    /**
     * Translates sentences. A sentence's answer does not depend on the others.
     *
     * @return for each sentence its best translations, as many as the search says, best first
     * @throws IllegalArgumentException if a sentence has no word
     */
    public List<List<Translation>> translate(List<String> sentences, BeamSearch search, int threads, Precision precision) {
        try (FrozenTranslator frozen = freeze(threads, precision)) {
            return frozen.translate(sentences, search);
        }
    }

    /** What translates sentence after sentence with the model as it is now. The caller closes it. */
    public FrozenTranslator freeze(int threads, Precision precision) {
        return new FrozenTranslator(Sessions.frozen(model(), threads, precision), this, maximumLength);
    }

    /**
     * How much each word of a translation looked at each word of the sentence.
     *
     * @param words a translation's words
     * @return weights {@code [words + 1][source words + 1]}, each row with the sum 1; the last of both is the end of the sentence
     * @throws IllegalStateException if the model has no attention
     */
    public double[][] attention(String sentence, List<String> words) {
        if (!hasAttention()) {
            throw new IllegalStateException("this model has no attention: all that its decoder knows is the encoder's last state");
        }
        return AttentionWeights.of(this, sentence, words);
    }

    /**
     * Measures how well the model translates.
     *
     * @throws IllegalArgumentException if there is no pair, or a sentence has no word
     */
    public TranslatorEvaluation evaluate(List<SentencePair> pairs, BeamSearch search, int threads, Precision precision) {
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("there are no sentences to measure");
        }
        List<List<Translation>> found = translate(pairs.stream().map(SentencePair::source).toList(), search.best(1), threads,
                precision);
        Bleu bleu = new Bleu();
        for (int i = 0; i < found.size(); i++) {
            bleu.add(found.get(i).get(0).words(), words(pairs.get(i).target()));
        }
        return new TranslatorEvaluation(bleu, pairs.size(), loss(pairs, threads));
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
        return String.format(Locale.ROOT, "a translator of %,d into %,d words", source.size() - source.specials(),
                target.size() - target.specials());
    }

    @Override
    protected Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(SOURCE_VOCABULARY, source.toJson().toString());
        metadata.put(TARGET_VOCABULARY, target.toJson().toString());
        metadata.put(MAXIMUM_LENGTH, Integer.toString(maximumLength));
        return metadata;
    }

    /** The sentence to translate must have a word. */
    @Override
    protected void check(SentencePair example) {
        encodeSource(example.source());
    }

    @Override
    protected int length(SentencePair example) {
        return words(example.source()).size() + words(example.target()).size();
    }

    @Override
    protected void fill(Batch batch, List<SentencePair> examples) {
        List<int[]> read = examples.stream().map(pair -> encodeSource(pair.source())).toList();
        List<int[]> written = examples.stream().map(pair -> ended(target, words(pair.target()))).toList();
        batch.lengths(SOURCE, read.stream().mapToInt(ids -> ids.length).toArray());
        batch.lengths(TARGET, written.stream().mapToInt(ids -> ids.length).toArray());
        batch.ids(SOURCE, read.toArray(int[][]::new));
        batch.ids(NEXT, written.toArray(int[][]::new));
        batch.ids(WORDS, written.stream().map(ids -> DecoderWords.begun(target, ids)).toArray(int[][]::new));
    }

    @Override
    protected String fingerprint(List<SentencePair> examples) {
        return Fingerprint.of(examples.size(), "pairs of sentences",
                examples.stream().flatMap(pair -> Stream.of(pair.source(), pair.target())).map(part -> part.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    /** The ids that the encoder reads: the words and the end. */
    int[] encodeSource(String sentence) {
        List<String> words = words(sentence);
        if (words.isEmpty()) {
            throw new IllegalArgumentException("the sentence \"" + sentence + "\" has no word to translate");
        }
        return ended(source, words);
    }

    static int[] ended(Vocabulary vocabulary, List<String> words) {
        return DecoderWords.ended(vocabulary, vocabulary.encode(String.join(" ", words)));
    }
}
