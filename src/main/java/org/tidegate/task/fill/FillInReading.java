package org.tidegate.task.fill;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.data.WordSplitter;
import org.tidegate.json.JsonObject;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.GraphCheck;
import org.tidegate.text.Vocabulary;

/**
 * What a fill-in model knows besides its network. An example is a sentence, a list of words as {@link Cloze#words} makes them.
 *
 * @param vocabulary the words, with the tokens of a sentence's begin and end
 * @param side the side of the context
 * @param splitter how texts become words as the training data have them
 */
public record FillInReading(Vocabulary vocabulary, Side side, WordSplitter splitter) implements ExampleReading<List<String>> {
    /** Axes of the graph: the sentences with their ends, and the gaps of all sentences. */
    static final String SENTENCES = "sentences";
    static final String GAPS = "gaps";
    /** Inputs: the words, the rows of the words before and after each gap, and the missing words. */
    static final String WORDS = "words";
    static final String BEFORE = "before";
    static final String AFTER = "after";
    static final String MISSING = "missing";
    /** Nodes: the embedding of the words, and the logits of the words for each gap. */
    static final String EMBEDDING = "embedding";
    static final String SCORES = "scores";

    /** The context of a gap. */
    public enum Side {
        /** The words before and after it. */
        BOTH,
        /** The words before it, the context of a language model. */
        LEFT
    }

    /** A gap: the number of its sentence, its position in it, and the id of the missing word. */
    record Gap(int sentence, int position, int word) {}

    static FillInReading of(JsonObject json) {
        json.only("side", "splitter", "vocabulary");
        return new FillInReading(Vocabulary.fromJson(json.object("vocabulary")), json.constant("side", Side.class),
                WordSplitter.fromJson(json.object("splitter")));
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("side", side).put("splitter", splitter.toJson()).put("vocabulary", vocabulary.toJson()).build();
    }

    @Override
    public String task() {
        return FillIn.TASK;
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
        return String.format(Locale.ROOT, "%,d words, read from %s", vocabulary.size(), side == Side.BOTH ? "both sides" : "the left");
    }

    @Override
    public void checkFits(Network network) {
        GraphCheck check = GraphCheck.of(network).ids(WORDS).idsOf(EMBEDDING, vocabulary.size()).ids(BEFORE).ids(MISSING)
                .output(SCORES, Value.Rows.PER_STEP, vocabulary.size())
                .holds(vocabulary.beginId() >= 0 && vocabulary.endId() >= 0 && vocabulary.unknownId() >= 0,
                        "its vocabulary lacks the begin, end or unknown token");
        if (side == Side.BOTH) {
            check.ids(AFTER);
        }
    }

    /** The number of words. */
    @Override
    public int length(List<String> sentence) {
        return sentence.size();
    }

    @Override
    public List<String> answer(List<String> sentence) {
        return sentence;
    }

    /** A word that the vocabulary lacks has no part in the loss. */
    @Override
    public boolean knows(String word) {
        return vocabulary.id(word) >= vocabulary.specials();
    }

    @Override
    public void fill(Batch batch, List<List<String>> sentences) {
        List<Gap> gaps = gaps(sentences);
        // A batch has at least one row; the loss ignores one of the unknown word.
        fill(batch, sentences, gaps.isEmpty() ? List.of(new Gap(0, 0, vocabulary.unknownId())) : gaps);
    }

    /** The share of words that are the model's first answer. */
    @Override
    public Optional<String> figure() {
        return Optional.of("top1");
    }

    @Override
    public Optional<Score<List<String>>> score(Model model) {
        return Optional.of(new FillInScore(this));
    }

    @Override
    public Stream<byte[]> content(List<String> sentence) {
        return Stream.concat(sentence.stream(), Stream.of("")).map(word -> word.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<List<String>> read(List<Path> files) throws IOException {
        return Cloze.read(files, splitter);
    }

    /** A gap for every word of the vocabulary; an unknown word cannot be an answer. */
    List<Gap> gaps(List<List<String>> sentences) {
        List<Gap> gaps = new ArrayList<>();
        for (int s = 0; s < sentences.size(); s++) {
            for (int t = 0; t < sentences.get(s).size(); t++) {
                gaps.add(new Gap(s, t, id(sentences.get(s).get(t))));
            }
        }
        gaps.removeIf(gap -> gap.word() == vocabulary.unknownId());
        return gaps;
    }

    /** The gap of a cloze that is a sentence of a batch, from 0. */
    Gap gap(int sentence, Cloze cloze) {
        return new Gap(sentence, cloze.before().size(), vocabulary.unknownId());
    }

    /** Writes the words of sentences, with a beginning before and an end after each, and gaps in them. */
    void fill(Batch batch, List<List<String>> sentences, List<Gap> gaps) {
        batch.lengths(SENTENCES, sentences.stream().mapToInt(sentence -> sentence.size() + 2).toArray());
        batch.ids(WORDS, sentences.stream().map(sentence -> IntStream.concat(IntStream.concat(IntStream.of(vocabulary.beginId()),
                sentence.stream().mapToInt(this::id)), IntStream.of(vocabulary.endId())).toArray()).toArray(int[][]::new));
        batch.equalLengths(GAPS, 1, gaps.size());
        // The beginning is step 0, so a word stands one step behind its position.
        batch.ids(BEFORE, gaps.stream().mapToInt(gap -> batch.row(SENTENCES, gap.sentence(), gap.position())).toArray());
        if (side == Side.BOTH) {
            batch.ids(AFTER, gaps.stream().mapToInt(gap -> batch.row(SENTENCES, gap.sentence(), gap.position() + 2)).toArray());
        }
        batch.ids(MISSING, gaps.stream().mapToInt(Gap::word).toArray());
    }

    private int id(String word) {
        int id = vocabulary.id(word);
        return id < vocabulary.specials() ? vocabulary.unknownId() : id;
    }
}
