package org.tidegate.task.tag;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.data.ConlluColumn;
import org.tidegate.data.WordSplitter;
import org.tidegate.json.JsonObject;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.GraphCheck;
import org.tidegate.text.Unicode;
import org.tidegate.text.Vocabulary;

/**
 * What a tagger knows besides its network. A batch has an id for each word, and the letters of each distinct word once.
 *
 * @param tags the tags, the most frequent first
 * @param forms all words of the training data in their exact form, the most frequent first
 * @param words the words that have an embedding, lower-cased; the spelling keeps the case
 * @param letters the letters of the training data
 * @param wordDropout the share of words that training reads as the unknown word
 * @param crf whether a conditional random field scores whole sequences of tags
 * @param column the CoNLL-U column of the tags
 * @param splitter how texts become words as the training data have them
 */
public record TaggerReading(Vocabulary tags, Vocabulary forms, Vocabulary words, Vocabulary letters, double wordDropout, boolean crf,
        ConlluColumn column, WordSplitter splitter) implements ExampleReading<TaggedSentence> {
    /** Axes of the graph: the sentences, a step a word, and the distinct words, a step a letter. */
    static final String SENTENCES = "sentences";
    static final String SPELLINGS = "spellings";
    /** Inputs: word ids, the number of each word's spelling, the letters of the spellings, and the right tags. */
    static final String WORDS = "words";
    static final String SPELLED = "spelled";
    static final String LETTERS = "letters";
    static final String TAGS = "tags";
    /** Nodes: the embeddings of words and letters, the scores of each tag for each word, and the conditional random field. */
    static final String WORD_EMBEDDING = "word_embedding";
    static final String LETTER_EMBEDDING = "letter_embedding";
    static final String SCORES = "scores";
    static final String CRF = "crf";

    /** A longer word (an address, mostly) is cut to its first and last letters, which matter more than its middle. */
    private static final int LONGEST = 64;

    static TaggerReading of(JsonObject json) {
        json.only("column", "word_dropout", "crf", "splitter", "tags", "letters", "words", "forms");
        return new TaggerReading(vocabulary(json, "tags"), vocabulary(json, "forms"), vocabulary(json, "words"),
                vocabulary(json, "letters"), json.number("word_dropout", 0, 1), json.flag("crf"), json.constant("column", ConlluColumn.class),
                WordSplitter.fromJson(json.object("splitter")));
    }

    private static Vocabulary vocabulary(JsonObject json, String key) {
        return Vocabulary.fromJson(json.object(key));
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("column", column).put("word_dropout", wordDropout).put("crf", crf)
                .put("splitter", splitter.toJson())
                .put("tags", tags.toJson()).put("letters", letters.toJson())
                .put("words", words.toJson()).put("forms", forms.toJson()).build();
    }

    @Override
    public String task() {
        return Tagger.TASK;
    }

    @Override
    public String target() {
        return "word";
    }

    @Override
    public String examples() {
        return "sentences";
    }

    @Override
    public String describe() {
        return String.format(Locale.ROOT, "%,d words (%,d of them with an embedding), %d letters, %d tags", forms.size(), words.size(),
                letters.size(), tags.size());
    }

    @Override
    public void checkFits(Network network) {
        GraphCheck.of(network).ids(WORDS).idsOf(WORD_EMBEDDING, words.size()).ids(SPELLED).ids(LETTERS)
                .idsOf(LETTER_EMBEDDING, letters.size()).ids(TAGS).output(SCORES, Value.Rows.PER_STEP, tags.size())
                .holds(network.values().stream().anyMatch(value -> value.name().equals(CRF)) == crf,
                        "its graph has " + (crf ? "no" : "a") + " conditional random field, which its reading "
                                + (crf ? "names" : "lacks"));
    }

    /** The number of words. */
    @Override
    public int length(TaggedSentence sentence) {
        return sentence.size();
    }

    /** The tags must be those of the model. */
    @Override
    public void checkTrainable(TaggedSentence sentence) {
        for (int position = 0; position < sentence.size(); position++) {
            if (!knows(sentence.tags().get(position))) {
                throw new IllegalArgumentException((sentence.origin().isEmpty() ? "" : sentence.origin() + ": ") + "the tag \""
                        + sentence.tags().get(position) + "\" of word " + (position + 1) + ", \"" + sentence.words().get(position)
                        + "\", was not seen in training; the tags are " + String.join(", ", tagNames())
                        + ". Leave the sentence out, or train a new model on data that has the tag");
            }
        }
    }

    @Override
    public List<String> answer(TaggedSentence sentence) {
        return sentence.tags();
    }

    @Override
    public boolean knows(String tag) {
        return tags.id(tag) >= 0;
    }

    /** A conditional random field knows the probability of whole sequences of tags only; without one the loss leaves out single words. */
    @Override
    public boolean hasLoss(TaggedSentence sentence) {
        return !crf || sentence.tags().stream().allMatch(this::knows);
    }

    @Override
    public String part() {
        return "tag";
    }

    @Override
    public String origin(TaggedSentence sentence) {
        return sentence.origin();
    }

    @Override
    public void fill(Batch batch, List<TaggedSentence> sentences) {
        fillTagged(batch, sentences, null);
    }

    /** With word dropout. */
    @Override
    public Filler<TaggedSentence> filler(List<TaggedSentence> training) {
        return this::fillTagged;
    }

    @Override
    public void fillGiven(Batch batch, List<TaggedSentence> sentences) {
        fillWords(batch, sentences.stream().map(TaggedSentence::words).toList(), null);
    }

    @Override
    public Optional<String> figure() {
        return Optional.of("accuracy");
    }

    @Override
    public Optional<Score<TaggedSentence>> score(Model model) {
        return Optional.of(new TaggerScore(this, BestTags.of(this, model)));
    }

    @Override
    public Stream<byte[]> content(TaggedSentence sentence) {
        return Stream.of(sentence.words(), List.of(""), sentence.tags()).flatMap(List::stream)
                .map(part -> part.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<TaggedSentence> read(List<Path> files) throws IOException {
        return TaggedSentence.read(files, column);
    }

    /** {@return the names of the tags, in the order of their ids} */
    public List<String> tagNames() {
        return IntStream.range(0, tags.size()).mapToObj(tags::token).toList();
    }

    /**
     * {@return whether the training data has a word in this exact form}
     *
     * @param word the word
     */
    public boolean isSeen(String word) {
        return forms.id(word) >= forms.specials();
    }

    /** The ids of a sentence's tags; one that training did not have is no target of the loss. */
    int[] tagIds(TaggedSentence sentence) {
        return sentence.tags().stream().mapToInt(tags::id).map(id -> id < 0 ? GraphCheck.IGNORED : id).toArray();
    }

    /** Writes the words of sentences; noise, null for none, hides some of them. */
    void fillWords(Batch batch, List<List<String>> sentences, RandomGenerator noise) {
        batch.lengths(SENTENCES, sentences.stream().mapToInt(List::size).toArray());
        IntBuffer ids = batch.writableIds(WORDS);
        IntBuffer spelled = batch.writableIds(SPELLED);
        Map<String, Integer> distinct = new LinkedHashMap<>();
        for (int s = 0; s < sentences.size(); s++) {
            List<String> sentence = sentences.get(s);
            for (int t = 0; t < sentence.size(); t++) {
                int row = batch.row(SENTENCES, s, t);
                boolean hidden = noise != null && noise.nextDouble() < wordDropout;
                ids.put(row, hidden ? words.unknownId() : known(words, Unicode.lowerCase(sentence.get(t))));
                spelled.put(row, distinct.computeIfAbsent(sentence.get(t), word -> distinct.size()));
            }
        }
        int[][] spellings = distinct.keySet().stream().map(this::spelling).toArray(int[][]::new);
        batch.lengths(SPELLINGS, Stream.of(spellings).mapToInt(spelling -> spelling.length).toArray()).ids(LETTERS, spellings);
    }

    private void fillTagged(Batch batch, List<TaggedSentence> sentences, RandomGenerator noise) {
        fillWords(batch, sentences.stream().map(TaggedSentence::words).toList(), noise);
        batch.ids(TAGS, sentences.stream().map(this::tagIds).toArray(int[][]::new));
    }

    private int[] spelling(String word) {
        int[] codePoints = Unicode.nfc(word).codePoints().toArray();
        int length = Math.min(codePoints.length, LONGEST);
        return IntStream.range(0, length).map(i -> codePoints[i < LONGEST / 2 ? i : codePoints.length - length + i])
                .map(codePoint -> known(letters, Character.toString(codePoint))).toArray();
    }

    private static int known(Vocabulary vocabulary, String token) {
        int id = vocabulary.id(token);
        return id < vocabulary.specials() ? vocabulary.unknownId() : id;
    }
}
