package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.tidegate.Cell;
import org.tidegate.data.ConlluFile;
import org.tidegate.task.Cloze;
import org.tidegate.task.FillIn;
import org.tidegate.task.FillInEvaluation;
import org.tidegate.task.FrozenFillIn;
import org.tidegate.text.Utf8;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tidegate train fill}: the missing word of a sentence. */
@Command(name = "fill", sortOptions = false, customSynopsis = "tidegate train fill --data FILE... --out MODEL [OPTIONS]",
        description = "Trains a model that fills in a sentence's missing word from the words on both sides of it.",
        footer = {"",
            "The data is text with a sentence on each line, or CoNLL-U in a file that",
            "ends in .conllu. Words are read in lower case, and each punctuation mark",
            "is a word.",
            "predict takes sentences in which __ stands for the missing word.",
            "",
            "@|bold Examples:|@",
            "  tidegate train fill --data train.conllu --valid dev.conllu --out fill.safetensors",
            "  tidegate predict --model fill.safetensors --top 5 \"my phone is broken, I plan to __ a new one\""})
public final class FillTask extends ExampleTask<List<String>, FillIn> {
    @Option(names = "--side", defaultValue = "both",
            description = "Which words are read: both sides, or left as a language model does, with layers of twice the size"
                + " (${DEFAULT-VALUE}).")
    private FillIn.Side side;

    @Option(names = "--cell", defaultValue = "lstm", description = "The recurrent cell: rnn, lstm, gru, … (${DEFAULT-VALUE}).")
    private Cell cell;

    @Option(names = "--hidden", defaultValue = "128", paramLabel = "N",
            description = "Hidden size of each side (${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--layers", defaultValue = "1", paramLabel = "N",
            description = "Recurrent layers of each side (${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--embedding", defaultValue = "128", paramLabel = "N",
            description = "Columns of the embedding (${DEFAULT-VALUE}).")
    private int embedding;

    @Option(names = "--dropout", defaultValue = "0.5", paramLabel = "P", description = "Dropout probability (${DEFAULT-VALUE}).")
    private double dropout;

    @Option(names = "--min-count", defaultValue = "3", paramLabel = "N",
            description = "How often a word must occur to be known (${DEFAULT-VALUE}).")
    private int minimumCount;

    /** For the service loader. */
    public FillTask() {
        options.batch(16).epochs(10);
    }

    @Override
    List<List<String>> read(List<Path> files) throws IOException {
        return sentences(files);
    }

    private static List<List<String>> sentences(List<Path> files) throws IOException {
        List<List<String>> all = new ArrayList<>();
        for (Path file : files) {
            if (file.toString().endsWith(".conllu")) {
                ConlluFile.read(file).forEach(sentence -> all.add(
                        sentence.forms().stream().map(form -> form.toLowerCase(Locale.ROOT)).toList()));
            } else {
                Utf8.read(file).lines().map(Cloze::words).filter(words -> !words.isEmpty()).forEach(all::add);
            }
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException(files.size() == 1 ? files.get(0) + " has no words; expected a sentence on each line"
                    : "the files have no words; expected a sentence on each line");
        }
        return all;
    }

    @Override
    FillIn create(List<List<String>> sentences) {
        return FillIn.builder(sentences).side(side).cell(cell).hidden(hidden).layers(layers).embedding(embedding).dropout(dropout)
                .minimumCount(minimumCount).seed(options.seed).build();
    }

    @Override
    String examples() {
        return "sentences";
    }

    @Override
    String task() {
        return FillIn.TASK;
    }

    @Override
    FillIn load(Path file, boolean resume) throws IOException {
        return resume ? FillIn.resume(file) : FillIn.load(file);
    }

    /** Each input is a sentence with a gap. */
    @Override
    void predict(FillIn model, Predictions predictions) {
        predictions.refuse("--beam", "--chart");
        try (FrozenFillIn frozen = model.freeze(predictions.threads(), predictions.precision())) {
            for (String sentence : predictions) {
                List<FrozenFillIn.Answer> answers = frozen.fill(Cloze.parse(sentence), predictions.top());
                String text = answers.stream().map(a -> String.format(Locale.ROOT, "%.3f  %s", a.probability(), a.word()))
                        .collect(Collectors.joining(System.lineSeparator()));
                predictions.answer(sentence, text, Map.of("answers", answers.stream().map(FillTask::figures).toList()));
            }
        }
    }

    private static Map<String, Object> figures(FrozenFillIn.Answer answer) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("word", answer.word());
        figures.put("probability", answer.probability());
        return figures;
    }

    @Override
    Map<String, Object> evaluate(FillIn model, Evaluations asked) throws IOException {
        asked.refuse("--beam", "--chart");
        FillInEvaluation evaluation;
        try (FrozenFillIn frozen = model.freeze(asked.threads(), asked.precision())) {
            evaluation = frozen.evaluate(sentences(asked.data()));
        }
        String side = model.side().name().toLowerCase(Locale.ROOT);
        String precision = asked.precision().name().toLowerCase(Locale.ROOT);
        Screen screen = asked.screen();
        screen.line("top 1           %.4f of %,d gaps, read from %s, weights in %s", evaluation.top1(), evaluation.gaps(),
                model.side() == FillIn.Side.BOTH ? "both sides" : "the left", precision);
        screen.line("top 5           %.4f", evaluation.top5());
        screen.line("most frequent   %.4f would be right if the answer were always \"%s\"", evaluation.baseline(),
                model.vocabulary().token(model.vocabulary().specials()));
        screen.line("loss            %.4f nats per word, perplexity %.2f", evaluation.loss(), evaluation.perplexity());
        screen.line("not counted     %,d words that the model does not know", evaluation.notCounted());
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("top1", evaluation.top1());
        figures.put("top5", evaluation.top5());
        figures.put("most_frequent", evaluation.baseline());
        figures.put("loss", evaluation.loss());
        figures.put("perplexity", evaluation.perplexity());
        figures.put("gaps", evaluation.gaps());
        figures.put("not_counted", evaluation.notCounted());
        figures.put("side", side);
        figures.put("precision", precision);
        return figures;
    }
}
