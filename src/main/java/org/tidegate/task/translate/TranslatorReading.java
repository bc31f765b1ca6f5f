package org.tidegate.task.translate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.decode.TeacherForcing;
import org.tidegate.json.JsonObject;
import org.tidegate.json.JsonObjectBuilder;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.GraphCheck;
import org.tidegate.task.NextWordScore;
import org.tidegate.text.Unicode;
import org.tidegate.text.Vocabulary;

/**
 * What a translator knows besides its network. Sentences are put into lower case and split into words and punctuation marks, an apostrophe
 * being a mark of its own ({@link Vocabulary.Unit#WORD_PART}); or spelled by parts of words ({@link Vocabulary.Unit#BPE}).
 *
 * @param sourceVocabulary the words of the source sentences
 * @param targetVocabulary the words of the target sentences
 * @param maximumLength the maximum number of words of a translation, the end token included
 * @param copied whether a word of a translation that the vocabulary lacks is copied from the sentence; false for {@code <unk>} in its place
 */
public record TranslatorReading(Vocabulary sourceVocabulary, Vocabulary targetVocabulary, int maximumLength, boolean copied)
        implements ExampleReading<SentencePair> {
    private static final int MOST_WORDS = 1 << 16;

    /** What a token is. An apostrophe joins words of which many pairs are rare (l'homme, j'ai), while each of them is frequent. */
    static final Vocabulary.Unit UNIT = Vocabulary.Unit.WORD_PART;

    /** The encoder's axis, and its input of words. */
    static final String SOURCE = "source";
    /** The decoder's axis. */
    static final String TARGET = "target";
    /** The decoder's input of words. */
    static final String WORDS = "words";
    /** The input of the next words, the decoder's targets. */
    static final String NEXT = "next";
    /** The node of the encoder's word embeddings. */
    static final String READ = "read";
    /** The node of the decoder's word embeddings. */
    static final String WRITTEN = "written";
    /** The node of the attention, unless there is none. */
    static final String ATTENTION = "attention";
    /** The output {@code [R,V]}, the logits of the next word. */
    static final String LOGITS = "logits";

    /**
     * Checks the values.
     *
     * @param sourceVocabulary the words of the source sentences
     * @param targetVocabulary the words of the target sentences
     * @param maximumLength the maximum number of words of a translation, the end token included
     * @param copied whether a word of a translation that the vocabulary lacks is copied from the sentence; false for {@code <unk>} in its
     *     place
     * @throws IllegalArgumentException if a vocabulary lacks the begin or end token, or the maximum length is not 1 to 65536
     */
    public TranslatorReading {
        if (sourceVocabulary.endId() < 0 || targetVocabulary.endId() < 0 || targetVocabulary.beginId() < 0) {
            throw new IllegalArgumentException("a translator's vocabulary lacks the begin or end token");
        }
        if (maximumLength < 1 || maximumLength > MOST_WORDS) {
            throw new IllegalArgumentException("the maximum length is " + maximumLength + "; expected 1 to " + MOST_WORDS + " words");
        }
    }

    static TranslatorReading of(JsonObject json) {
        json.only("source_vocabulary", "target_vocabulary", "maximum_length", "copied");
        return new TranslatorReading(Vocabulary.fromJson(json.object("source_vocabulary")),
                Vocabulary.fromJson(json.object("target_vocabulary")), json.integer("maximum_length"),
                json.has("copied") && json.flag("copied"));
    }

    @Override
    public JsonObject toJson() {
        JsonObjectBuilder json = JsonObject.builder().put("maximum_length", maximumLength);
        if (copied) {
            json.put("copied", true);
        }
        return json.put("source_vocabulary", sourceVocabulary.toJson())
                .put("target_vocabulary", targetVocabulary.toJson()).build();
    }

    @Override
    public String task() {
        return Translator.TASK;
    }

    @Override
    public String target() {
        return targetVocabulary.unit().noun();
    }

    @Override
    public String examples() {
        return "pairs of sentences";
    }

    @Override
    public String describe() {
        return String.format(Locale.ROOT, "a translator of %,d into %,d %s%s", sourceVocabulary.size() - sourceVocabulary.specials(),
                targetVocabulary.size() - targetVocabulary.specials(), isSpelled(targetVocabulary) ? "parts of words" : "words",
                copied ? ", which copies words that it does not know" : "");
    }

    @Override
    public void checkFits(Network network) {
        GraphCheck.of(network).axes(SOURCE, TARGET).ids(SOURCE).idsOf(READ, sourceVocabulary.size()).ids(WORDS)
                .idsOf(WRITTEN, targetVocabulary.size()).ids(NEXT).output(LOGITS, Value.Rows.PER_STEP, targetVocabulary.size());
    }

    /** The number of words of both sentences. */
    @Override
    public int length(SentencePair example) {
        return source(example.source()).length - 1 + targetTokens(example.target()).size();
    }

    @Override
    public List<String> answer(SentencePair example) {
        return targetTokens(example.target());
    }

    /** A word that the vocabulary lacks is {@code <unk>} in the loss, and no answer has it. */
    @Override
    public boolean knows(String word) {
        return targetVocabulary.id(word) >= targetVocabulary.specials();
    }

    @Override
    public void fill(Batch batch, List<SentencePair> examples) {
        fillSources(batch, examples.stream().map(pair -> source(pair.source())).toList());
        List<int[]> next = examples.stream().map(pair -> target(targetTokens(pair.target()))).toList();
        batch.lengths(TARGET, lengths(next)).ids(NEXT, next.toArray(int[][]::new))
                .ids(WORDS, next.stream().map(ids -> TeacherForcing.inputs(targetVocabulary, ids)).toArray(int[][]::new));
    }

    /** Of what the decoder gives after the right words. */
    @Override
    public Optional<String> figure() {
        return Optional.of(NextWordScore.name(targetVocabulary));
    }

    @Override
    public Optional<Score<SentencePair>> score(Model model) {
        return Optional.of(score());
    }

    Score<SentencePair> score() {
        return new NextWordScore<>(targetVocabulary, LOGITS, NEXT);
    }

    @Override
    public Stream<byte[]> content(SentencePair example) {
        return Stream.of(example.source(), example.target()).map(part -> part.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<SentencePair> read(List<Path> files) throws IOException {
        return SentencePair.read(files);
    }

    /**
     * {@return the words and punctuation marks of a sentence, lower-cased}
     *
     * @param sentence the sentence
     */
    public static List<String> words(String sentence) {
        return UNIT.tokens(Unicode.lowerCase(sentence));
    }

    /**
     * {@return the tokens of a sentence that is read: its words, or their parts}
     *
     * @param sentence the sentence
     */
    public List<String> sourceTokens(String sentence) {
        return tokens(sourceVocabulary, sentence);
    }

    /**
     * {@return the tokens of a translation: its words, or their parts}
     *
     * @param sentence the translation
     */
    public List<String> targetTokens(String sentence) {
        return tokens(targetVocabulary, sentence);
    }

    private static List<String> tokens(Vocabulary vocabulary, String sentence) {
        return isSpelled(vocabulary) ? vocabulary.tokens(spelled(sentence)) : words(sentence);
    }

    static boolean isSpelled(Vocabulary vocabulary) {
        return vocabulary.unit() == Vocabulary.Unit.BPE;
    }

    /** A sentence as its parts are read: a space is before the first word as before all others, so that it has the same tokens. */
    static String spelled(String sentence) {
        return " " + Unicode.lowerCase(sentence).strip();
    }

    /** Writes the source sentences of a batch. */
    void fillSources(Batch batch, List<int[]> sources) {
        batch.lengths(SOURCE, lengths(sources)).ids(SOURCE, sources.toArray(int[][]::new));
    }

    /** The encoder's ids, the words and the end token; fails if there is no word. */
    int[] source(String sentence) {
        if (words(sentence).isEmpty()) {
            throw new IllegalArgumentException("the sentence \"" + sentence + "\" has no word to translate");
        }
        return ended(sourceVocabulary, sourceTokens(sentence));
    }

    /** The decoder's target ids: the words and the end token. */
    int[] target(List<String> words) {
        words.forEach(word -> Objects.requireNonNull(word, "a word of the translation is null"));
        return ended(targetVocabulary, words);
    }

    private static int[] ended(Vocabulary vocabulary, List<String> words) {
        return TeacherForcing.targets(vocabulary, vocabulary.encodeTokens(words));
    }

    /** The lengths of sequences. */
    static int[] lengths(List<int[]> sequences) {
        return sequences.stream().mapToInt(ids -> ids.length).toArray();
    }
}
