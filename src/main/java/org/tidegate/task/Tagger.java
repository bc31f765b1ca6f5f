package org.tidegate.task;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Precision;
import org.tidegate.Value;
import org.tidegate.checkpoint.Checkpoint;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.text.Vocabulary;

/**
 * A tagger: gives every word of a sentence a tag, its part of speech for example. A small recurrent network spells each word, so that
 * an ending tells something of a word never seen; a larger one reads the sentence in both directions.
 *
 * <pre>{@code
 * try (Tagger tagger = Tagger.builder(sentences).build()) {
 *     tagger.train(sentences, heldOut, Training.epochs(12).batch(16));
 *     System.out.println(tagger.tag(List.of("The", "dog", "barks")));  // [DET, NOUN, VERB]
 * }
 * }</pre>
 *
 * <p>For one thread at a time. Holds native memory until it is closed; closing twice is harmless.
 */
public final class Tagger extends ExampleModel<TaggedSentence> {
    /** The task's name. */
    public static final String TASK = "tag";

    /** The graph's input of the right tags. */
    static final String TAGS = "tags";
    /** The graph's scores of each tag for each word. */
    static final String SCORES = "scores";
    /** The node of the conditional random field, where there is one. */
    static final String CRF = "crf";
    /** The node of the word embedding. */
    static final String WORD_EMBEDDING = "word_embedding";

    private static final String FORMS = "forms";
    private static final String WORDS = "words";
    private static final String LETTERS = "letters";
    private static final String WORD_DROPOUT = "word_dropout";
    private static final String COLUMN = "column";

    private final TaggerInputs inputs;
    private final Vocabulary tags;
    private final String column;

    Tagger(TaggerInputs inputs, Vocabulary tags, String column, Model model) {
        super(model);
        this.inputs = inputs;
        this.tags = tags;
        this.column = column;
    }

    /**
     * A builder for a new model that knows the words, letters and tags of these sentences.
     *
     * @throws IllegalArgumentException if there is no sentence
     */
    public static TaggerBuilder builder(List<TaggedSentence> sentences) {
        return new TaggerBuilder(sentences);
    }

    /**
     * Loads a model, to tag, to evaluate, or to train it further. The caller closes it.
     *
     * @throws CheckpointException if the file is damaged or holds no tagger; the message says why
     * @throws IOException if it cannot be read
     */
    public static Tagger load(Path file) throws IOException {
        return OldTaskFile.load(file, TASK, Tagger::read);
    }

    /**
     * Loads a model with the state of its training: the next training goes on where that one stopped. The caller closes it.
     *
     * @throws CheckpointException as {@link #load}, or if the file holds no state of a training
     * @throws IOException if it cannot be read
     */
    public static Tagger resume(Path file) throws IOException {
        return OldTaskFile.resume(file, TASK, Tagger::read);
    }

    /** The tags of a sentence's words; see {@link #freeze} for many sentences. */
    public List<String> tag(List<String> words) {
        try (FrozenTagger frozen = freeze(1, Precision.FLOAT32)) {
            return frozen.tag(words);
        }
    }

    /** The form of the model that tags many sentences, with its parameters as they are now. The caller closes it. */
    public FrozenTagger freeze(int threads, Precision precision) {
        return new FrozenTagger(this, threads, precision);
    }

    /** Measures how well the model tags sentences: {@link FrozenTagger#evaluate}. */
    public TaggerEvaluation evaluate(List<TaggedSentence> sentences, int threads) {
        try (FrozenTagger frozen = freeze(threads, Precision.FLOAT32)) {
            return frozen.evaluate(sentences);
        }
    }

    /** The tags, the most frequent first. */
    public Vocabulary tags() {
        return tags;
    }

    /** All words seen in training, exactly as they were written, the most frequent first. */
    public Vocabulary forms() {
        return inputs.forms();
    }

    /** What the tags are called in their file: "upos", for example; may be empty. */
    public String column() {
        return column;
    }

    /** The share of words whose embedding training hides. */
    public double wordDropout() {
        return inputs.wordDropout();
    }

    /** Whether a conditional random field scores whole sequences of tags. */
    public boolean hasCrf() {
        return model().values().stream().anyMatch(value -> value.name().equals(CRF));
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
        return String.format(Locale.ROOT, "%,d words (%,d of them with an embedding), %d letters, %d tags", inputs.forms().size(),
                inputs.words().size(), inputs.letters().size(), tags.size());
    }

    @Override
    protected Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(FORMS, inputs.forms().toJson());
        metadata.put(WORDS, inputs.words().toJson());
        metadata.put(LETTERS, inputs.letters().toJson());
        metadata.put(TAGS, tags.toJson());
        metadata.put(WORD_DROPOUT, Double.toString(inputs.wordDropout()));
        metadata.put(COLUMN, column);
        return metadata;
    }

    /** Each tag must be one that the model knows. */
    @Override
    protected void check(TaggedSentence sentence) {
        for (int t = 0; t < sentence.size(); t++) {
            tagId(sentence, t);
        }
    }

    @Override
    protected int length(TaggedSentence sentence) {
        return sentence.size();
    }

    @Override
    protected void fill(Batch batch, List<TaggedSentence> sentences) {
        fill(batch, sentences, null);
    }

    @Override
    protected void fill(Batch batch, List<TaggedSentence> sentences, RandomGenerator random) {
        inputs.fill(batch, sentences.stream().map(TaggedSentence::words).toList(), random);
        IntBuffer ids = batch.writableIds(TAGS);
        for (int s = 0; s < sentences.size(); s++) {
            for (int t = 0; t < sentences.get(s).size(); t++) {
                ids.put(batch.row(TaggerInputs.SENTENCES, s, t), tagId(sentences.get(s), t));
            }
        }
    }

    @Override
    protected String fingerprint(List<TaggedSentence> sentences) {
        return Fingerprint.of(sentences.size(), "sentences", sentences.stream().flatMap(
                sentence -> Stream.concat(Stream.concat(sentence.words().stream(), Stream.of("")), sentence.tags().stream())).map(part -> part.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    TaggerInputs inputs() {
        return inputs;
    }

    /** The id of a word's right tag. */
    int tagId(TaggedSentence sentence, int position) {
        int id = tags.id(sentence.tags().get(position));
        if (id < 0) {
            String where = sentence.origin().isEmpty() ? "" : sentence.origin() + ": ";
            throw new IllegalArgumentException(where + "the tag \"" + sentence.tags().get(position) + "\" of word " + (position + 1)
                    + ", \"" + sentence.words().get(position) + "\", was not seen in training; the tags are " + tagNames()
                    + ". Leave the sentence out, or train on data that has the tag");
        }
        return id;
    }

    private String tagNames() {
        List<String> names = new ArrayList<>();
        for (int id = 0; id < tags.size(); id++) {
            names.add(tags.token(id));
        }
        return String.join(", ", names);
    }

    private static Tagger read(Checkpoint checkpoint) throws IOException {
        Vocabulary forms = OldTaskFile.vocabulary(checkpoint, FORMS);
        Vocabulary words = OldTaskFile.vocabulary(checkpoint, WORDS);
        Vocabulary letters = OldTaskFile.vocabulary(checkpoint, LETTERS);
        Vocabulary tags = OldTaskFile.vocabulary(checkpoint, TAGS);
        String dropout = checkpoint.require(WORD_DROPOUT);
        return OldTaskFile.checked(checkpoint, "tagger", model -> {
            int embedded = (int) model.parameter(WORD_EMBEDDING + ".weight").shape()[0];
            long scores = model.value(SCORES).columns();
            if (embedded != words.size() || scores != tags.size() || model.value(TAGS).kind() != Value.Kind.IDS) {
                throw new IllegalArgumentException("its graph knows " + embedded + " words and gives " + scores
                        + " scores, its vocabularies have " + words.size() + " words and " + tags.size() + " tags");
            }
            TaggerInputs inputs = new TaggerInputs(forms, words, letters, Double.parseDouble(dropout));
            return new Tagger(inputs, tags, checkpoint.require(COLUMN), model);
        });
    }
}
