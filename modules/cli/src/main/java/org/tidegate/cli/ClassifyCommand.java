package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tidegate.Pooling;
import org.tidegate.task.Evaluation;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.ClassifierAnswers;
import org.tidegate.task.classify.ClassifierBuilder;
import org.tidegate.task.classify.ClassifierFormat;
import org.tidegate.task.classify.ClassifierReading;
import org.tidegate.task.classify.LabelProbability;
import org.tidegate.task.classify.LabelledColumns;
import org.tidegate.task.classify.LabelledText;
import org.tidegate.task.classify.Wide;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.WordVectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Classifiers: {@code tidegate train classify}, a label for a text. */
@Command(name = "classify", sortOptions = false, customSynopsis = "tidegate train classify --data FILE... --out MODEL [OPTIONS]",
        description = "Trains a classifier: which of some labels does a text have?",
        footer = {"",
            "The data are lines of tab-separated columns: a label and a text, unless",
            "--columns says otherwise. The labels are whatever stands in the label's column.",
            "Or a folder with a folder for each label (pos, neg) and in it a file for each text.",
            "The model remembers the columns for 'tidegate evaluate'. With --multi-label the label's column holds",
            "any number of labels, news|sport, and predict answers with all that are probable enough.",
            "",
            "@|bold Examples:|@",
            "  tidegate train classify --data mood.tsv --out mood.safetensors",
            "  tidegate train classify --data reviews/ --out reviews.safetensors",
            "  tidegate train classify --data a.tsv --columns 3,1 --header --out a.safetensors",
            "  tidegate train classify --data a.tsv --vectors glove.txt --out a.safetensors",
            "  tidegate train classify --data a.tsv --unit bpe --vocabulary 2000 --out parts.safetensors",
            "  tidegate train classify --data topics.tsv --multi-label --out topics.safetensors",
            "  tidegate predict --model topics.safetensors --threshold 0.3 \"the team won\"",
            "  tidegate predict --model mood.safetensors --top 2 \"what a lovely day\"",
            "  tidegate evaluate --model mood.safetensors --data test.tsv --chart c.png"})
public final class ClassifyCommand extends ExampleCommand<LabelledText, ClassifierReading, Classifier, ClassifierAnswers> {
    /** Whether there is a wide path. */
    enum Naive { ON, OFF }

    @Option(names = "--columns", defaultValue = "1,2", paramLabel = "LABEL,TEXT",
            description = "The columns of label and text, by number from 1 on or by the names of the header (${DEFAULT-VALUE}).")
    private String columns;

    @Option(names = "--header", description = "The first line of each file names its columns.")
    private boolean header;

    private Set<String> known; // the labels of the training data, once they are read

    @Option(names = "--multi-label", description = "A text may have several labels, or none.")
    private boolean multiLabel;

    @Option(names = "--label-separator", paramLabel = "TEXT",
            description = "With --multi-label: what stands between the labels of a text (|).")
    private String separator;

    @Option(names = {"--unit", "--tokens"}, defaultValue = "word", paramLabel = "UNIT",
            description = "What the model reads: word, whitespace (what stands between spaces, for text that is tokenised already), char,"
                    + " or bpe: parts of words by byte-pair encoding, so that none is unknown (${DEFAULT-VALUE}).")
    private Units unit;

    @Mixin
    private final VocabularyOptions vocabulary = new VocabularyOptions();

    @Option(names = "--lower-case", description = "Put texts into lower case first.")
    private boolean lowerCase;

    @Mixin
    private final LayerOptions layers = new LayerOptions(ClassifierBuilder.LAYERS);

    @Option(names = "--one-direction", description = "Read from the first token to the last only, not from both ends.")
    private boolean oneDirection;

    @Option(names = "--pooling", defaultValue = "max", paramLabel = "KIND",
            description = "What stands for a text: max, mean or last of the states (${DEFAULT-VALUE}).")
    private Pooling pooling;

    @Option(names = "--embedding", paramLabel = "N", description = "Columns of the embedding (128, or those of --vectors).")
    private Integer embedding;

    @Option(names = "--min-count", paramLabel = "N",
            description = "Know only tokens that occur at least so often in the training data (${DEFAULT-VALUE}).")
    private int minimumCount = ClassifierBuilder.WORDS.minimumCount();

    @Option(names = "--wide", paramLabel = "on|off",
            description = "Naive Bayes beside the recurrent layers; the held-out texts decide how much each counts (on).")
    private Naive wide = Naive.ON;

    @Option(names = "--one-hot", description = "Tokens as one-hot rows, without an embedding.")
    private boolean oneHot;

    @Option(names = "--vectors", paramLabel = "FILE", converter = InputPath.class,
            description = "Word vectors to begin with: GloVe or word2vec text, or word2vec binary (.bin); packed with gzip or not.")
    private Path vectors;

    @Option(names = "--freeze-vectors", description = "Leave the vectors as they are in training.")
    private boolean freeze;

    @Option(names = "--embedding-dropout", paramLabel = "P", description = "Dropout probability of the embeddings (0.4).")
    private Double embeddingDropout;

    @Option(names = "--word-dropout", paramLabel = "P",
            description = "Share of the tokens that training replaces by the unknown one (${DEFAULT-VALUE}).")
    private double wordDropout = ClassifierBuilder.WORD_DROPOUT;

    @Option(names = "--span", defaultValue = "0", paramLabel = "N",
            description = "Learn long texts by spans of at most so many tokens, drawn anew in each epoch: in less time. Answers read the"
                    + " whole text (${DEFAULT-VALUE}: all in training, too).")
    private int span;

    @Option(names = "--class-weights", paramLabel = "WEIGHTS",
            description = "Weights of the labels in the loss: balanced, or LABEL=WEIGHT,…; 1 without it. With --multi-label those of"
                    + " the texts that have the label.")
    private String weights;

    /** For the service loader. */
    public ClassifyCommand() {
        super(new ClassifierFormat());
        options.epochs(15).batch(32).learningRate(3e-3);
    }

    @Override
    String examples() {
        return "texts";
    }

    @Override
    boolean tellsClassesApart() {
        return true;
    }

    @Override
    List<LabelledText> read(List<Path> files) throws IOException {
        List<LabelledText> texts = columns().read(files);
        LabelledText first = texts.get(0);
        // The training data are read first, then what is held out.
        boolean odd = known != null ? !known.containsAll(first.labels())
                : texts.size() > 2 && texts.stream().filter(each -> each.labels().equals(first.labels())).count() == 1;
        if (!header && !Files.isDirectory(files.get(0)) && odd && !(known == null && multiLabel)) {
            screen().line("%s: %s", files.get(0), hint(first));
        }
        if (known == null) {
            known = texts.stream().flatMap(text -> text.labels().stream()).collect(Collectors.toSet());
        }
        return texts;
    }

    private static String hint(LabelledText first) {
        return "\"" + String.join(" ", first.labels()) + "\" is the label of the first line alone; if that line names the columns, take it"
                + " out, or give --header to train where each file has one";
    }

    @Override
    Optional<String> hint(ClassifierReading reading, List<LabelledText> texts) {
        return Optional.of(texts.get(0)).filter(first -> !reading.columns().header() && !first.labels().isEmpty()
                && first.labels().stream().noneMatch(reading::knows)).map(ClassifyCommand::hint);
    }

    @Override
    List<List<LabelledText>> split(List<LabelledText> examples, double heldOut) {
        return splitByClass(examples, heldOut, example -> List.copyOf(example.labels()));
    }

    @Override
    Classifier create(List<LabelledText> examples) throws IOException {
        ClassifierBuilder builder = vocabulary.put(layers.put(Classifier.builder(examples)), tokens()).multiLabel(multiLabel)
                .columns(columns()).lowerCase(lowerCase).minimumCount(minimumCount).bidirectional(!oneDirection).pooling(pooling)
                .wordDropout(wordDropout).span(span).wide(wide()).seed(options.seed);
        if (embedding != null) {
            builder.embedding(embedding);
        }
        if (embeddingDropout != null) {
            builder.embeddingDropout(embeddingDropout);
        }
        if (oneHot) {
            refuseWithOneHot();
            builder.oneHot(true);
        }
        if (weights != null) {
            weigh(builder);
        }
        if (vectors != null) {
            builder.vectors(vectors(builder.vocabulary()), freeze);
        } else if (freeze) {
            throw new IllegalArgumentException("--freeze-vectors needs --vectors FILE: embeddings that begin at random must learn");
        }
        return builder.build();
    }

    /** Only one of several labels has a confusion matrix, and only several have a threshold. */
    @Override
    Evaluation evaluate(ClassifierAnswers answers, Evaluations asked) throws IOException {
        if (!answers.reading().multiLabel()) {
            asked.refuse("--threshold");
            return super.evaluate(answers, asked);
        }
        asked.refuse("--beam", "--chart");
        return answers.evaluate(answers.reading().read(asked.data()), asked.threshold().orElse(Classifier.THRESHOLD));
    }

    @Override
    boolean hasThreshold() {
        return true;
    }

    /** Each input is a text. */
    @Override
    void predict(ClassifierAnswers answers, Predictions predictions) throws IOException {
        boolean several = answers.reading().multiLabel();
        predictions.refuse("--beam", "--chart", several ? "--top" : "--threshold");
        int width = answers.reading().labels().stream().mapToInt(label -> Printable.of(label).length()).max().orElse(0);
        predictions.texts(text -> {
            List<LabelProbability> all = answers.classify(text);
            double threshold = predictions.threshold().orElse(Classifier.THRESHOLD);
            List<LabelProbability> given = several ? all.stream().filter(each -> each.probability() >= threshold).toList()
                    : all.subList(0, Math.min(predictions.top(), all.size()));
            String lines = given.isEmpty() ? String.format(Locale.ROOT, "%-" + Math.max(1, width) + "s        %s", "-",
                    Printable.of(text))
                    : given.stream()
                    .map(each -> String.format(Locale.ROOT, "%-" + width + "s  %.2f  %s", Printable.of(each.label()), each.probability(),
                            Printable.of(text)))
                    .collect(Collectors.joining(System.lineSeparator()));
            predictions.answer(lines, several ? figures(given, all) : figures(given));
        });
    }

    /** Line breaks are no tokens here. */
    private Vocabulary.Unit tokens() {
        return unit == Units.WHITESPACE ? Vocabulary.Unit.TOKEN : unit.unit();
    }

    private static Map<String, Object> figures(List<LabelProbability> answers) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("label", answers.get(0).label());
        figures.put("probability", answers.get(0).probability());
        figures.put("labels", byLabel(answers));
        return figures;
    }

    private static Map<String, Object> figures(List<LabelProbability> given, List<LabelProbability> all) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("labels", byLabel(given));
        figures.put("scores", byLabel(all));
        return figures;
    }

    private static Map<String, Object> byLabel(List<LabelProbability> answers) {
        Map<String, Object> all = new LinkedHashMap<>();
        answers.forEach(each -> all.put(each.label(), each.probability()));
        return all;
    }

    /**
     * Of a file to validate on the wide path must know nothing: it may be the one that the model is judged by. A training that is resumed
     * has the one that it began with where no option says otherwise.
     */
    private Wide wide() throws IOException {
        if (options.resumes() && !options.given("--wide")) {
            try (Classifier begun = Classifier.load(options.begun())) {
                return begun.reading().wide();
            }
        }
        return wide == Naive.OFF ? Wide.OFF : holdsOutAPart() ? Wide.ALL : Wide.LEARNED;
    }

    private LabelledColumns columns() {
        String[] two = columns.split(",", -1);
        if (two.length != 2) {
            throw new IllegalArgumentException("--columns " + columns + "; expected two columns, LABEL,TEXT, such as 2,1");
        }
        LabelledColumns found = new LabelledColumns(two[0].strip(), two[1].strip(), header);
        if (!multiLabel && separator != null) {
            throw new IllegalArgumentException("--label-separator " + separator + " is that of several labels; give --multi-label, too, or"
                    + " leave it out");
        }
        return multiLabel ? found.separator(separator == null ? LabelledColumns.SEPARATOR : separator) : found;
    }

    private void refuseWithOneHot() {
        Map<String, Object> others = new LinkedHashMap<>();
        others.put("--vectors", vectors);
        others.put("--embedding", embedding);
        others.put("--embedding-dropout", embeddingDropout);
        others.forEach((name, value) -> {
            if (value != null) {
                throw new IllegalArgumentException("--one-hot and " + name + " exclude each other: one-hot tokens have no embedding");
            }
        });
    }

    private void weigh(ClassifierBuilder builder) {
        if (weights.equals("balanced")) {
            builder.balanced();
            return;
        }
        Map<String, Double> byLabel = new LinkedHashMap<>();
        for (String pair : weights.split(",")) {
            int equals = pair.lastIndexOf('=');
            try {
                byLabel.put(pair.substring(0, Math.max(equals, 0)), Double.valueOf(pair.substring(equals + 1)));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("--class-weights " + weights + " is not understood at \"" + pair
                        + "\"; expected balanced, or LABEL=WEIGHT pairs such as good=1,bad=2.5", e);
            }
        }
        builder.classWeights(byLabel);
    }

    private WordVectors vectors(Vocabulary vocabulary) throws IOException {
        WordVectors read = WordVectors.read(vectors, word -> vocabulary.id(word) >= vocabulary.specials());
        if (embedding != null && embedding != read.columns()) {
            throw new IllegalArgumentException("--embedding " + embedding + " does not fit --vectors " + vectors + ", which have "
                    + read.columns() + " columns; leave --embedding out");
        }
        screen().line("%s: %,d vectors of %d columns; %,d of %,d tokens have one", vectors, 
                read.read() - read.skipped() - read.duplicates(), read.columns(), read.size(),
                vocabulary.size() - vocabulary.specials());
        read.firstSkipped().ifPresent(first -> screen().line("skipped as odd: %,d; the first: %s", read.skipped(), first));
        if (read.duplicates() > 0) {
            screen().line("left out, as their word had a vector before: %,d", read.duplicates());
        }
        return read;
    }
}
