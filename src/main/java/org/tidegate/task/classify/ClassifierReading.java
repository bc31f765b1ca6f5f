package org.tidegate.task.classify;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tidegate.Batch;
import org.tidegate.Model;
import org.tidegate.Network;
import org.tidegate.Value;
import org.tidegate.decode.LogSoftmax;
import org.tidegate.json.JsonObject;
import org.tidegate.metrics.Temperature;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.Figures;
import org.tidegate.task.GraphCheck;
import org.tidegate.task.Reading;
import org.tidegate.text.Unicode;
import org.tidegate.text.Vocabulary;

/**
 * What a classifier knows besides its network.
 *
 * @param vocabulary the tokens
 * @param labels the classes, sorted; a class's position is its id
 * @param lowerCase whether texts are lower-cased
 * @param wordDropout the share of tokens that training replaces by the unknown token
 * @param span the most tokens of a text that a training reads at once, a span drawn anew each time; 0 for all
 * @param wide whether the network has a wide path, and what it counts
 * @param columns the columns of the labels and texts in its files; with a separator a text may have several labels
 * @param temperature what the logits are divided by before they become probabilities, set on the held-out texts of the training; 1 without
 * @param heldOut what the training measured on its held-out texts; empty if there were none
 */
public record ClassifierReading(Vocabulary vocabulary, List<String> labels, boolean lowerCase, double wordDropout,
        int span, Wide wide, LabelledColumns columns, double temperature, Optional<HeldOutFigures> heldOut) implements ExampleReading<LabelledText> {
    /** The graph's input of tokens. */
    static final String TOKENS = "tokens";
    /** The graph's input of labels: an id for each sequence, or where a text may have several 0 or 1 for each label, {@code [N,K]}. */
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
     * @param span the most tokens of a text that a training reads at once, a span drawn anew each time; 0 for all
     * @param wide whether the network has a wide path, and what it counts
     * @param columns the columns of the labels and texts in its files; with a separator a text may have several labels
     * @param temperature what the logits are divided by before they become probabilities, set on the held-out texts of the training; 1
     *     without
     * @param heldOut what the training measured on its held-out texts; empty if there were none
     * @throws IllegalArgumentException if the span is negative, or the temperature is not a positive number
     */
    public ClassifierReading {
        labels = List.copyOf(labels);
        if (span < 0) {
            throw new IllegalArgumentException("the span is " + span + " tokens; expected a positive number, or 0 for whole texts");
        }
        if (!(temperature > 0 && Double.isFinite(temperature))) {
            throw new IllegalArgumentException("the temperature is " + temperature + "; expected a positive number");
        }
    }

    /** Before a training. */
    ClassifierReading(Vocabulary vocabulary, List<String> labels, boolean lowerCase, double wordDropout, int span, Wide wide,
            LabelledColumns columns) {
        this(vocabulary, labels, lowerCase, wordDropout, span, wide, columns, 1, Optional.empty());
    }

    static ClassifierReading of(JsonObject json) {
        json.only("vocabulary", "labels", "lower_case", "word_dropout", "span", "wide", "columns", "temperature", "held_out");
        JsonObject columns = json.object("columns").only("label", "text", "header", "separator");
        return new ClassifierReading(Vocabulary.fromJson(json.object("vocabulary")), json.strings("labels"), json.flag("lower_case"),
                json.number("word_dropout", 0, 1), json.has("span") ? json.integer("span") : 0, wide(json),
                new LabelledColumns(columns.string("label"), columns.string("text"), columns.flag("header"),
                        columns.has("separator") ? Optional.of(columns.string("separator")) : Optional.empty()),
                json.has("temperature") ? json.number("temperature") : 1,
                json.has("held_out") ? Optional.of(heldOut(json.object("held_out"))) : Optional.empty());
    }

    private static Wide wide(JsonObject json) {
        return json.has("wide") ? json.constant("wide", Wide.class) : Wide.OFF;
    }

    private static HeldOutFigures heldOut(JsonObject json) {
        json.only("texts", "model", "naive_bayes");
        return new HeldOutFigures(json.integer("texts"), json.number("model"), json.number("naive_bayes"));
    }

    @Override
    public JsonObject toJson() {
        var stand = JsonObject.builder().put("label", columns.label()).put("text", columns.text()).put("header", columns.header());
        columns.separator().ifPresent(separator -> stand.put("separator", separator));
        var json = JsonObject.builder().put("labels", labels).put("lower_case", lowerCase).put("word_dropout", wordDropout)
                .put("columns", stand.build());
        if (span > 0) {
            json.put("span", span);
        }
        if (wide != Wide.OFF) {
            json.put("wide", wide.name().toLowerCase(Locale.ROOT));
        }
        if (temperature != 1) {
            json.put("temperature", temperature);
        }
        heldOut.ifPresent(figures -> json.put("held_out", JsonObject.builder().put("texts", figures.texts()).put("model", figures.model())
                .put("naive_bayes", figures.naiveBayes()).build()));
        return json.put("vocabulary", vocabulary.toJson()).build();
    }

    /** Of the settings; a training sets the temperature itself. */
    @Override
    public List<String> differences(Reading other) {
        return with(1, Optional.empty()).toJson().differences(((ClassifierReading) other).with(1, Optional.empty()).toJson());
    }

    /** A copy with what a training found. */
    ClassifierReading with(double found, Optional<HeldOutFigures> figures) {
        return new ClassifierReading(vocabulary, labels, lowerCase, wordDropout, span, wide, columns, found, figures);
    }

    /** The temperature, and the figure of held-out texts beside that of naive Bayes. */
    @Override
    public Figures found() {
        Figures.Builder found = Figures.builder();
        putFound(found);
        return found.build();
    }

    void putFound(Figures.Builder figures) {
        figures.put("temperature", temperature, heldOut.isEmpty() ? "" : String.format(Locale.ROOT, "%.3f", temperature));
        heldOut.ifPresent(held -> held.put(figures, figure().orElseThrow()));
    }

    /** The logits are divided by the temperature. */
    @Override
    public Map<String, Double> outputFactors() {
        return Map.of(LOGITS, 1 / temperature);
    }

    /** The figure of naive Bayes on held-out texts; each perhaps by the counts of all other texts, held-out ones too. */
    double naiveBayes(List<LabelledText> training, List<LabelledText> held, boolean byAll) {
        NaiveBayes known = new NaiveBayes(labels.size());
        training.forEach(text -> known.add(words(text), labels(text)));
        if (byAll) {
            held.forEach(text -> known.add(words(text), labels(text)));
        }
        LabelFigure figure = new LabelFigure(multiLabel());
        for (LabelledText text : held) {
            List<String> words = words(text);
            if (byAll) {
                known.remove(words, labels(text));
            }
            figure.add(text, labels(text), multiLabel() ? known.labels(words) : Set.of(known.label(words)));
            if (byAll) {
                known.add(words, labels(text));
            }
        }
        return figure.value();
    }

    /** The words of a text, of a model of characters or parts of words too. */
    private List<String> words(LabelledText text) {
        boolean apart = vocabulary.unit() == Vocabulary.Unit.TOKEN || vocabulary.unit() == Vocabulary.Unit.WHITESPACE;
        return (apart ? vocabulary.unit() : Vocabulary.Unit.WORD).tokens(prepared(text.text(), true));
    }

    /** {@return whether a text may have several labels, or none} */
    public boolean multiLabel() {
        return columns.separator().isPresent();
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
        return "a classifier of " + labels.size() + (labels.size() == 1 ? " label" : " labels")
                + (multiLabel() ? ", any number of them a text," : "") + " over a vocabulary of " + vocabulary
                + (wide != Wide.OFF ? ", with a wide path" : "")
                + (span > 0 ? ", that learns from spans of at most " + span + " tokens" : "");
    }

    /** The mean over texts and, where a text may have several labels, over all labels. */
    @Override
    public String lossUnit() {
        return multiLabel() ? "nats/label" : ExampleReading.super.lossUnit();
    }

    @Override
    public void checkFits(Network network) {
        boolean oneHot = network.values().stream().anyMatch(value -> value.name().equals(ONE_HOT));
        GraphCheck check = GraphCheck.of(network).axes(AXIS).ids(TOKENS).idsOf(oneHot ? ONE_HOT : EMBEDDING, vocabulary.size())
                .output(LOGITS, Value.Rows.PER_SEQUENCE, labels.size());
        if (wide != Wide.OFF) {
            check.idsOf(WidePath.ROWS, vocabulary.size()).output(WidePath.MEAN, Value.Rows.PER_SEQUENCE, labels.size())
                    .output(WidePath.RECURRENT, Value.Rows.PER_SEQUENCE, labels.size());
        }
        if (multiLabel()) {
            check.reals(LABEL, Value.Rows.PER_SEQUENCE, labels.size());
        } else {
            check.ids(LABEL, Value.Rows.PER_SEQUENCE);
        }
    }

    /** The number of tokens. */
    @Override
    public int length(LabelledText example) {
        checkLabels(example);
        return tokens(example).length;
    }

    /** The labels must be those of the model. */
    @Override
    public void checkTrainable(LabelledText example) {
        length(example);
        for (String label : example.labels()) {
            if (!knows(label)) {
                throw new IllegalArgumentException(example.source() + " has the label \"" + label + "\", which the model did not see in its"
                        + " training; it knows " + String.join(", ", labels));
            }
        }
    }

    @Override
    public List<String> answer(LabelledText example) {
        return List.copyOf(example.labels());
    }

    @Override
    public boolean knows(String label) {
        return labels.contains(label);
    }

    @Override
    public String part() {
        return "label";
    }

    @Override
    public String origin(LabelledText example) {
        return example.source();
    }

    @Override
    public void fill(Batch batch, List<LabelledText> examples) {
        fillTokens(batch, examples.stream().map(this::tokens).toList());
        fillLabels(batch, examples);
    }

    /** With word dropout, over a span of each text that is longer than {@link #span}. */
    @Override
    public Filler<LabelledText> filler(List<LabelledText> training) {
        Map<LabelledText, int[]> encoded = new IdentityHashMap<>();
        return (batch, examples, random) -> {
            fillTokens(batch, examples.stream()
                    .map(example -> dropped(spanned(encoded.computeIfAbsent(example, this::tokens), random), random)).toList());
            fillLabels(batch, examples);
        };
    }

    /** The accuracy, or where a text may have several labels the micro F1. */
    @Override
    public Optional<String> figure() {
        return Optional.of(multiLabel() ? "micro_f1" : "accuracy");
    }

    @Override
    public Optional<Score<LabelledText>> score(Model model) {
        return Optional.of(new ClassifierScore(this, model.nodes().stream()
                .flatMap(node -> Stream.of("class_weights", "pos_weight").flatMap(key -> node.attribute(key).stream())).findFirst()));
    }

    @Override
    public Stream<byte[]> content(LabelledText example) {
        return Stream.concat(example.labels().stream(), Stream.of(example.text())).map(part -> part.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public List<LabelledText> read(List<Path> files) throws IOException {
        return columns.read(files);
    }

    /** A text as the vocabulary is to see it. */
    static String prepared(String text, boolean lowerCase) {
        return lowerCase ? Unicode.lowerCase(text) : text;
    }

    /**
     * {@return the ids of a text's tokens, for {@link ClassifierAnswers#probabilities}}
     *
     * @param text the text
     * @param source what the text is called in messages
     * @throws IllegalArgumentException if it has no token
     */
    public int[] tokens(String text, String source) {
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

    /** Exactly one label unless there may be several. */
    private void checkLabels(LabelledText example) {
        if (!multiLabel() && example.labels().size() != 1) {
            throw new IllegalArgumentException(example.source() + " has " + example.describeLabels()
                    + "; expected one label for each text. A classifier of several labels a text is made by multiLabel(true)");
        }
    }

    /** The ids of an example's labels, without those that the model does not have. */
    Set<Integer> labels(LabelledText example) {
        checkLabels(example);
        return example.labels().stream().map(labels::indexOf).filter(id -> id >= 0).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Gives a batch the sequences of tokens. */
    void fillTokens(Batch batch, List<int[]> sequences) {
        batch.lengths(AXIS, sequences.stream().mapToInt(ids -> ids.length).toArray()).ids(TOKENS, sequences.toArray(int[][]::new));
    }

    /** The probabilities of the labels: a softmax, or where a text may have several the sigmoid of each. */
    double[] probabilities(float[] logits) {
        float[] cooled = Temperature.applied(logits, temperature);
        if (multiLabel()) {
            return IntStream.range(0, cooled.length).mapToDouble(k -> 1 / (1 + Math.exp(-(double) cooled[k]))).toArray();
        }
        return Arrays.stream(LogSoftmax.of(cooled, 0, cooled.length)).map(Math::exp).toArray();
    }

    private void fillLabels(Batch batch, List<LabelledText> examples) {
        if (multiLabel()) {
            FloatBuffer rows = batch.writableReals(LABEL);
            for (LabelledText example : examples) {
                Set<Integer> ids = labels(example);
                IntStream.range(0, labels.size()).forEach(k -> rows.put(ids.contains(k) ? 1 : 0));
            }
        } else {
            IntBuffer ids = batch.writableIds(LABEL);
            examples.forEach(example -> ids.put(labels(example).stream().findFirst().orElse(GraphCheck.IGNORED)));
        }
    }

    private int[] spanned(int[] tokens, RandomGenerator random) {
        if (span == 0 || tokens.length <= span) {
            return tokens;
        }
        int from = random.nextInt(tokens.length - span + 1);
        return Arrays.copyOfRange(tokens, from, from + span);
    }

    private int[] dropped(int[] tokens, RandomGenerator random) {
        if (wordDropout == 0) {
            return tokens;
        }
        int[] some = tokens.clone();
        int hidden = vocabulary.unknownId() >= 0 ? vocabulary.unknownId() : vocabulary.padId(); // there are no unknown parts of words
        for (int i = 0; i < some.length; i++) {
            if (random.nextDouble() < wordDropout) {
                some[i] = hidden;
            }
        }
        return some;
    }
}
