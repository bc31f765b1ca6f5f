package org.tidegate.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tidegate.Cell;
import org.tidegate.checkpoint.AtomicFile;
import org.tidegate.data.Split;
import org.tidegate.json.JsonObject;
import org.tidegate.study.LanguageModelComparison;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Progress;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingListener;
import org.tidegate.train.TrainingResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tidegate compare lm}: n-grams and a window model against recurrent cells, on one text. */
@Command(name = "lm", sortOptions = false, customSynopsis = "tidegate compare lm --data FILE... [OPTIONS]",
        description = "Why recurrent? Predicts the same held-out text with n-grams (interpolated, modified Kneser-Ney), a network that"
                + " sees a window of tokens, and recurrent networks.",
        footer = {"",
            "All learn the same text with the same vocabulary; the networks have the same sizes and the same training.",
            "",
            "@|bold Examples:|@",
            "  tidegate compare lm --data notes.txt --chart notes.png",
            "  tidegate compare lm --data notes.txt --unit word --order 2,3 --out notes.csv"})
final class CompareLanguageModels extends ScreenCommand {
    @Option(names = "--data", required = true, arity = "1..*", paramLabel = "FILE", converter = InputPath.class,
            description = "Text, one or more files; - is standard input.")
    private List<Path> data;

    @Option(names = "--unit", defaultValue = "char", description = Units.VALUES)
    private Units unit;

    @Mixin
    private final VocabularyOptions vocabulary = new VocabularyOptions();

    @Option(names = "--valid", defaultValue = "0.1", paramLabel = "FILE|FRACTION",
            description = "Text to judge by: a file, or the last part of the text that is held out (${DEFAULT-VALUE}).")
    private String valid;

    @Option(names = "--order", defaultValue = "3,5,7", split = ",", paramLabel = "N", description = "Orders of the n-grams"
            + " (${DEFAULT-VALUE}).")
    private List<Integer> orders;

    @Option(names = "--ngrams-only", description = "Count only, train no network: a matter of seconds.")
    private boolean ngramsOnly;

    @Option(names = "--window", defaultValue = "8", split = ",", paramLabel = "K",
            description = "Tokens that the window shows (${DEFAULT-VALUE}).")
    private List<Integer> windows;

    @Option(names = "--cell", defaultValue = "rnn,gru,lstm", split = ",", description = "The recurrent cells (${DEFAULT-VALUE}).")
    private List<Cell> cells;

    @Option(names = "--hidden", defaultValue = "256", paramLabel = "N", description = "Hidden size (${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--embedding", defaultValue = "64", paramLabel = "N", description = "Columns of the embedding (${DEFAULT-VALUE}).")
    private int embedding;

    @Option(names = "--dropout", defaultValue = "0.2", paramLabel = "P", description = "Dropout probability (${DEFAULT-VALUE}).")
    private double dropout;

    @Option(names = "--epochs", defaultValue = "4", paramLabel = "N",
            description = "Passes over the training text (${DEFAULT-VALUE}).")
    private double epochs;

    @Option(names = "--batch", defaultValue = "16", paramLabel = "N",
            description = "Sequences trained side by side (${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--bptt", defaultValue = "50", paramLabel = "N",
            description = "Steps that gradients flow back (${DEFAULT-VALUE}).")
    private int bptt;

    @Option(names = "--lr", defaultValue = "3e-3", paramLabel = "RATE",
            description = "Initial learning rate of AdamW, falling to 0 along a cosine (${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "Seed of everything random (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of the native core (all processors: ${DEFAULT-VALUE}).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--out", paramLabel = "FILE", description = "Write the table to this file, .csv or .json by its name.")
    private Path out;

    @Option(names = "--chart", paramLabel = "FILE.png", description = "Draw the perplexities.")
    private Path chart;

    @Option(names = "--json", description = "Print the figures as one JSON object on the last line.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        checkOutput();
        String text = Texts.read(data);
        boolean file = Files.exists(InputPath.of(valid));
        Split split = file ? new Split(text, Texts.read(List.of(InputPath.of(valid))))
                : Split.tail(text, Texts.fraction("--valid", valid));
        Vocabulary known = unit.vocabulary(split.train(), vocabulary);
        screen().line("%,d characters to learn from, %,d held out, a vocabulary of %s", split.train().codePoints().count(),
                split.heldOut().codePoints().count(), known);
        ComparisonTable table = new ComparisonTable(unit);
        try (StopSignal signal = new StopSignal(screen())) {
            compare(new LanguageModelComparison(known, split.train(), split.heldOut()), signal, table);
            boolean stopped = signal.requested();
            screen().line("");
            table.lines().forEach(line -> screen().line("%s", line));
            if (out != null) {
                String figures = out.toString().endsWith(".csv") ? table.csv() : JsonObject.of(table.object()) + "\n";
                AtomicFile.write(out, figures.getBytes(StandardCharsets.UTF_8));
            }
            if (chart != null && !table.isEmpty()) {
                new ComparisonChart(table).save(chart, "held out of " + data.get(0).getFileName());
                screen().line("%ndrawn in %s", chart);
            }
            if (json) {
                screen().line("%s", JsonObject.of(table.object()));
            }
            return stopped ? Failures.INTERRUPTED : 0;
        }
    }

    private void compare(LanguageModelComparison comparison, StopSignal signal, ComparisonTable table) throws IOException {
        for (int order : orders) {
            if (!signal.requested()) {
                table.add(ComparisonTable.Kind.NGRAM, comparison.ngram(order));
            }
        }
        for (int window : ngramsOnly ? List.<Integer>of() : windows) {
            train(signal, table, ComparisonTable.Kind.WINDOW, "a window of " + window,
                    training -> comparison.window(window, embedding, hidden, dropout, bptt, training));
        }
        for (Cell cell : ngramsOnly ? List.<Cell>of() : cells) {
            train(signal, table, ComparisonTable.Kind.RECURRENT, "cell " + cell.spec(),
                    training -> comparison.recurrent(cell, embedding, hidden, dropout, training.bptt(bptt)));
        }
    }

    /** Trains one of the networks. */
    private interface Contestant {
        LanguageModelComparison.Result train(Training training) throws IOException;
    }

    /** A network whose training was stopped gets no line in the table. */
    private void train(StopSignal signal, ComparisonTable table, ComparisonTable.Kind kind, String what, Contestant contestant)
            throws IOException {
        if (signal.requested()) {
            return;
        }
        screen().line("training %s:", what);
        Training training = Training.epochs(epochs).batch(batch).learningRate(learningRate).seed(seed).threads(threads)
                .every(epochs).listener(new Watch()).stopWhen(signal::requested);
        LanguageModelComparison.Result result = contestant.train(training);
        if (!signal.requested()) {
            table.add(kind, result);
        }
    }

    private void checkOutput() throws IOException {
        if (out != null && !out.toString().matches(".*\\.(csv|json)")) {
            throw new IllegalArgumentException("--out " + out + " is neither a .csv nor a .json file; give it one of these endings");
        }
        Map<String, Path> outputs = new LinkedHashMap<>();
        outputs.put("--out", out);
        outputs.put("--chart", chart);
        outputs.values().removeIf(Objects::isNull);
        outputs.forEach(OutputFile::check);
        if (chart != null) {
            OutputFile.checkPicture("--chart", chart);
        }
        List<Path> read = new ArrayList<>(data);
        read.add(InputPath.of(valid));
        OutputFile.checkDistinct(outputs, read);
    }

    /** Shows the progress of a training. */
    private final class Watch implements TrainingListener {
        private LiveProgress live;

        @Override
        public void started(Progress progress) {
            live = new LiveProgress(screen(), progress, unit.noun());
        }

        @Override
        public void stepped(Progress progress) {
            live.update(progress);
        }

        @Override
        public void ended(TrainingResult result) {
            live.close();
        }
    }
}
