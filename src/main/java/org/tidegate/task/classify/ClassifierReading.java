package org.tidegate.task.classify;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.json.JsonObject;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.GraphCheck;
import org.tidegate.text.Vocabulary;

/**
 * What a classifier knows besides its network.
 *
 * @param vocabulary the tokens
 * @param labels the classes, sorted; a class's position is its id
 * @param lowerCase whether texts are lower-cased
 * @param wordDropout the share of tokens that training replaces by the unknown token
 * @param columns the columns of the labels and texts in its files
 */
public record ClassifierReading(Vocabulary vocabulary, List<String> labels, boolean lowerCase, double wordDropout,
        LabelledColumns columns) implements ExampleReading<LabelledText> {
    /** The graph's input of tokens. */
    static final String TOKENS = "tokens";
    /** The graph's input of classes, one for each sequence. */
    static final String LABEL = "label";
    /** The graph's output {@code [N,K]}, the logits of the classes. */
    static final String LOGITS = "logits";
    /** The graph's only axis. */
    static final String AXIS = "text";
    /** The node of the tokens' embedding, unless there is {@link #ONE_HOT}. */
    static final String EMBEDDING = "embedding";
    /** The node of the tokens as one-hot rows. */
    static final String ONE_HOT = "one_hot";

    /**
     * Takes a copy of the labels.
     *
     * @param vocabulary the tokens
     * @param labels the classes, sorted; a class's position is its id
     * @param lowerCase whether texts are lower-cased
     * @param wordDropout the share of tokens that training replaces by the unknown token
     * @param columns the columns of the labels and texts in its files
     */
    public ClassifierReading {
        labels = List.copyOf(labels);
    }

    static ClassifierReading of(JsonObject json) {
        json.only("vocabulary", "labels", "lower_case", "word_dropout", "columns");
        JsonObject columns = json.object("columns");
        return new ClassifierReading(Vocabulary.fromJson(json.object("vocabulary")), json.strings("labels"), json.flag("lower_case"),
                json.number("word_dropout"),
                new LabelledColumns(columns.string("label"), columns.string("text"), columns.flag("header")));
    }

    @Override
    public JsonObject toJson() {
        return JsonObject.builder().put("labels", labels).put("lower_case", lowerCase).put("word_dropout", wordDropout)
                .put("columns", JsonObject.builder().put("label", columns.label()).put("text", columns.text())
                        .put("header", columns.header()).build())
                .put("vocabulary", vocabulary.toJson()).build();
    }

    @Override
    public String task() {
        return Classifier.TASK;
    }

    @Override
    public String target() {
        return "text";
    }

    @Override
    public String examples() {
        return "texts";
    }

    @Override
    public String describe() {
        return "a classifier of " + labels.size() + " labels over a vocabulary of " + vocabulary;
    }

    @Override
    public void checkFits(Network network) {
        boolean oneHot = network.values().stream().anyMatch(value -> value.name().equals(ONE_HOT));
        GraphCheck.of(network).axes(AXIS).ids(TOKENS).idsOf(oneHot ? ONE_HOT : EMBEDDING, vocabulary.size())
                .ids(LABEL, Value.Rows.PER_SEQUENCE).output(LOGITS, Value.Rows.PER_SEQUENCE, labels.size());
    }

    /** The number of tokens. */
    @Override
    public int length(LabelledText example) {
        label(example);
        return tokens(example).length;
    }

    @Override
    public void fill(Batch batch, List<LabelledText> examples) {
        fillTokens(batch, examples.stream().map(this::tokens).toList());
        fillLabels(batch, examples);
    }

    /** With word dropout. */
    @Override
    public Filler<LabelledText> filler(List<LabelledText> training) {
        return (batch, examples, random) -> {
            fillTokens(batch, examples.stream().map(example -> dropped(tokens(example), random)).toList());
            fillLabels(batch, examples);
        };
    }

    @Override
    public Stream<byte[]> content(LabelledText example) {
        return Stream.of(example.label(), example.text()).map(part -> part.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<LabelledText> read(List<Path> files) throws IOException {
        return columns.read(files);
    }

    /** A text as the vocabulary is to see it. */
    static String prepared(String text, boolean lowerCase) {
        return lowerCase ? text.toLowerCase(Locale.ROOT) : text;
    }

    /** The token ids of a text; fails if there are none. */
    int[] tokens(String text, String source) {
        int[] ids = vocabulary.encode(prepared(text, lowerCase));
        if (ids.length == 0) {
            throw new IllegalArgumentException(source + " has nothing to read: \"" + text + "\" has no "
                    + (vocabulary.unit() == Vocabulary.Unit.CODE_POINT ? "characters" : "words") + "; expected at least one");
        }
        return ids;
    }

    int[] tokens(LabelledText example) {
        return tokens(example.text(), example.source());
    }

    /** The id of an example's label; fails if the model does not have it. */
    int label(LabelledText example) {
        int id = labels.indexOf(example.label());
        if (id < 0) {
            throw new IllegalArgumentException(example.source() + " has the label \"" + example.label()
                    + "\", which the model did not see in its training; it knows " + String.join(", ", labels));
        }
        return id;
    }

    /** Gives a batch the sequences of tokens. */
    void fillTokens(Batch batch, List<int[]> sequences) {
        batch.lengths(AXIS, sequences.stream().mapToInt(ids -> ids.length).toArray()).ids(TOKENS, sequences.toArray(int[][]::new));
    }

    private void fillLabels(Batch batch, List<LabelledText> examples) {
        IntBuffer ids = batch.writableIds(LABEL);
        examples.forEach(example -> ids.put(label(example)));
    }

    private int[] dropped(int[] tokens, RandomGenerator random) {
        if (wordDropout > 0) {
            for (int i = 0; i < tokens.length; i++) {
                if (random.nextDouble() < wordDropout) {
                    tokens[i] = vocabulary.unknownId();
                }
            }
        }
        return tokens;
    }
}
