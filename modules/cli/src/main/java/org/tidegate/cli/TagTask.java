package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tidegate.Cell;
import org.tidegate.data.ConlluColumn;
import org.tidegate.data.ConlluFile;
import org.tidegate.data.ConlluSentence;
import org.tidegate.metrics.ClassScore;
import org.tidegate.task.FrozenTagger;
import org.tidegate.task.TaggedSentence;
import org.tidegate.task.Tagger;
import org.tidegate.task.TaggerEvaluation;
import org.tidegate.text.WordTokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidegate train tag}: a tagger of CoNLL-U sentences. */
@Command(name = "tag", sortOptions = false, customSynopsis = "tidegate train tag --data FILE... --out MODEL [OPTIONS]",
        description = "Trains a tagger: which part of speech is each word?",
        footer = {"",
            "A recurrent network spells each word, another reads the sentence. The data is",
            "CoNLL-U: ten columns that tabs separate, a word on each line, an empty line",
            "after each sentence. predict takes lines of text and answers word/TAG; a word",
            "is a run of letters and digits, and each punctuation mark is one.",
            "",
            "@|bold Examples:|@",
            "  tidegate train tag --data train.conllu --valid dev.conllu --out tagger.safetensors",
            "  tidegate predict --model tagger.safetensors \"The dog barks.\""})
public final class TagTask extends ExampleTask<TaggedSentence, Tagger> {
    @Option(names = "--column", defaultValue = "upos", description = "The column that is learned: upos, xpos, deprel, feats or lemma"
            + " (${DEFAULT-VALUE}).")
    private ConlluColumn column;

    @Option(names = "--cell", defaultValue = "lstm", description = "The recurrent cell: rnn, lstm, gru, … (${DEFAULT-VALUE}).")
    private Cell cell;

    @Option(names = "--hidden", defaultValue = "128", paramLabel = "N",
            description = "Hidden size of each direction over the sentence (${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--layers", defaultValue = "1", paramLabel = "N", description = "Layers over the sentence (${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--embedding", defaultValue = "64", paramLabel = "N",
            description = "Columns of the word embedding (${DEFAULT-VALUE}).")
    private int embedding;

    @Option(names = "--letter-hidden", defaultValue = "48", paramLabel = "N",
            description = "Hidden size of each direction over a word's letters (${DEFAULT-VALUE}).")
    private int letterHidden;

    @Option(names = "--letter-embedding", defaultValue = "32", paramLabel = "N",
            description = "Columns of the letter embedding (${DEFAULT-VALUE}).")
    private int letterEmbedding;

    @Option(names = "--dropout", defaultValue = "0.4", paramLabel = "P", description = "Dropout probability (${DEFAULT-VALUE}).")
    private double dropout;

    @Option(names = "--word-dropout", defaultValue = "0.25", paramLabel = "P",
            description = "The share of words that only their letters tell in training (${DEFAULT-VALUE}).")
    private double wordDropout;

    @Option(names = "--min-count", defaultValue = "2", paramLabel = "N",
            description = "How often a word must occur to have an embedding (${DEFAULT-VALUE}).")
    private int minimumCount;

    @Option(names = "--crf", description = "Score whole sequences of tags: a linear-chain conditional random field.")
    private boolean crf;

    /** For the service loader. */
    public TagTask() {
        options.batch(16).epochs(12);
    }

    @Override
    List<TaggedSentence> read(List<Path> files) throws IOException {
        return read(files, column);
    }

    private static List<TaggedSentence> read(List<Path> files, ConlluColumn column) throws IOException {
        List<TaggedSentence> all = new ArrayList<>();
        for (Path file : files) {
            for (ConlluSentence sentence : ConlluFile.read(file)) {
                all.add(new TaggedSentence(sentence.forms(), sentence.labels(column), file + ", line " + sentence.line()));
            }
        }
        return all;
    }

    /** Each tag is learned from at least one sentence: of an unknown tag nothing can be measured. */
    @Override
    List<List<TaggedSentence>> split(List<TaggedSentence> sentences, double heldOut) {
        List<List<TaggedSentence>> parts = super.split(sentences, heldOut);
        List<TaggedSentence> learned = new ArrayList<>(parts.get(0));
        List<TaggedSentence> measured = new ArrayList<>();
        Set<String> tags = learned.stream().flatMap(each -> each.tags().stream()).collect(Collectors.toCollection(HashSet::new));
        for (TaggedSentence each : parts.get(1)) {
            (tags.addAll(each.tags()) ? learned : measured).add(each);
        }
        return List.of(learned, measured);
    }

    @Override
    Tagger create(List<TaggedSentence> sentences) {
        return Tagger.builder(sentences).column(column.lowerCase()).cell(cell).hidden(hidden).layers(layers).embedding(embedding)
                .letterHidden(letterHidden).letterEmbedding(letterEmbedding).dropout(dropout).wordDropout(wordDropout)
                .minimumCount(minimumCount).crf(crf).seed(options.seed).build();
    }

    @Override
    String examples() {
        return "sentences";
    }

    @Override
    String task() {
        return Tagger.TASK;
    }

    @Override
    Tagger load(Path file, boolean resume) throws IOException {
        return resume ? checked(file, Tagger.resume(file)) : Tagger.load(file);
    }

    /** What the spec of a network does not say and a resumed training must not change either. */
    private Tagger checked(Path file, Tagger model) {
        return unchanged(file, model, Map.of("--word-dropout " + model.wordDropout(), model.wordDropout() == wordDropout,
                "--column " + model.column(), model.column().equals(column.lowerCase())));
    }

    /** Each input is a line of text; the answer to a line without words is an empty line. */
    @Override
    void predict(Tagger model, Predictions predictions) {
        predictions.refuse("--top", "--beam", "--chart");
        try (FrozenTagger tagger = model.freeze(predictions.threads(), predictions.precision())) {
            for (String line : predictions) {
                List<String> words = new ArrayList<>();
                WordTokenizer.split(line.replace('\n', ' '), (start, end) -> words.add(line.substring(start, end)));
                List<String> tags = words.isEmpty() ? List.of() : tagger.tag(words);
                String text = IntStream.range(0, words.size()).mapToObj(i -> words.get(i) + "/" + tags.get(i))
                        .collect(Collectors.joining(" "));
                Map<String, Object> figures = new LinkedHashMap<>();
                figures.put("words", words);
                figures.put("tags", tags);
                predictions.answer(line, text, figures);
            }
        }
    }

    @Override
    Map<String, Object> evaluate(Tagger model, Evaluations asked) throws IOException {
        asked.refuse("--beam");
        ConlluColumn tags = Arrays.stream(ConlluColumn.values()).filter(each -> each.lowerCase().equals(model.column())).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the model says that its tags are called \"" + model.column()
                        + "\", which is no column of CoNLL-U; it was made by another program, which must measure it"));
        TaggerEvaluation evaluation;
        try (FrozenTagger tagger = model.freeze(asked.threads(), asked.precision())) {
            evaluation = tagger.evaluate(read(asked.data(), tags));
        }
        if (asked.chart().isPresent()) {
            draw(evaluation, asked.chart().get());
        }
        String precision = asked.precision().name().toLowerCase(Locale.ROOT);
        print(evaluation, precision, asked.screen());
        return figures(evaluation, model.column(), precision);
    }

    /** A row for each right tag, with the shares of those that its words got, in percent. */
    private static void draw(TaggerEvaluation evaluation, Path file) throws IOException {
        double[][] percent = evaluation.confusion().stream().map(row -> {
            double words = row.stream().mapToLong(Long::longValue).sum();
            return row.stream().mapToDouble(count -> words == 0 ? 0 : 100 * count / words).toArray();
        }).toArray(double[][]::new);
        HeatMap.save(file, String.format(Locale.ROOT, "accuracy %.4f of %,d words", evaluation.accuracy(), evaluation.words()),
                "given tag, percent of the right one's words", evaluation.tags(), "right tag", evaluation.tags(), percent, 100, "0");
    }

    private static void print(TaggerEvaluation evaluation, String precision, Screen screen) {
        screen.line("accuracy        %.4f of %,d words, weights in %s", evaluation.accuracy(), evaluation.words(), precision);
        if (evaluation.unseen() > 0) {
            screen.line("unseen words    %.4f of %,d words that training did not have", evaluation.unseenAccuracy(),
                    evaluation.unseen());
        }
        screen.line("sentences       %.4f of %,d have every tag right", evaluation.sentenceAccuracy(), evaluation.sentences());
        screen.line("loss            %.4f nats per word", evaluation.loss());
        screen.line("");
        screen.line("%-16s %8s %10s %8s %8s", "tag", "words", "precision", "recall", "F1");
        for (ClassScore score : evaluation.scores()) {
            if (score.count() + score.given() > 0) {
                screen.line("%-16s %8d %10.4f %8.4f %8.4f", score.name(), score.count(), score.precision(), score.recall(), score.f1());
            }
        }
    }

    private static Map<String, Object> figures(TaggerEvaluation evaluation, String column, String precision) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("accuracy", evaluation.accuracy());
        figures.put("unseen_accuracy", evaluation.unseenAccuracy());
        figures.put("sentence_accuracy", evaluation.sentenceAccuracy());
        figures.put("loss", evaluation.loss());
        figures.put("words", evaluation.words());
        figures.put("unseen", evaluation.unseen());
        figures.put("sentences", evaluation.sentences());
        figures.put("column", column);
        figures.put("precision_of_weights", precision);
        figures.put("tags", evaluation.scores().stream().map(TagTask::figures).toList());
        return figures;
    }

    private static Map<String, Object> figures(ClassScore score) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("tag", score.name());
        figures.put("words", score.count());
        figures.put("precision", score.precision());
        figures.put("recall", score.recall());
        figures.put("f1", score.f1());
        return figures;
    }
}
