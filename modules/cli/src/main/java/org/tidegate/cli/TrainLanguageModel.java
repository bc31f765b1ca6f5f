package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tidegate.Cell;
import org.tidegate.data.Split;
import org.tidegate.task.LanguageModel;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tidegate train lm}: a language model of a text, by characters or by words. */
@Command(name = "lm", sortOptions = false, customSynopsis = "tidegate train lm --text FILE... --out MODEL [OPTIONS]",
        description = "Trains a language model: what comes next in a text?",
        footer = {"",
            "Ctrl-C saves the model and says how to go on: the same options and --resume continue as if it had never stopped.",
            "",
            "@|bold Examples:|@",
            "  tidegate train lm --text notes.txt --out notes.safetensors",
            "  tidegate train lm --text a.txt b.txt --out ab.safetensors --unit word"})
public final class TrainLanguageModel extends TrainingTask {
    @Option(names = "--text", required = true, arity = "1..*", paramLabel = "FILE", description = "UTF-8 text, one or more files.")
    private List<Path> texts;

    @Mixin
    private TrainingOptions options;

    @Option(names = "--unit", defaultValue = "char", description = "What is predicted: char or word (${DEFAULT-VALUE}).")
    private Units unit;

    @Option(names = "--cell", defaultValue = "lstm", description = "The recurrent cell: rnn, lstm, gru, … (${DEFAULT-VALUE}).")
    private Cell cell;

    @Option(names = "--hidden", defaultValue = "256", paramLabel = "N", description = "Hidden size of a layer (${DEFAULT-VALUE}).")
    private int hidden;

    @Option(names = "--layers", defaultValue = "1", paramLabel = "N", description = "Recurrent layers (${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--embedding", defaultValue = "96", paramLabel = "N", description = "Columns of the embedding (${DEFAULT-VALUE}).")
    private int embedding;

    @Option(names = "--dropout", defaultValue = "0.2", paramLabel = "P", description = "Dropout probability (${DEFAULT-VALUE}).")
    private double dropout;

    @Option(names = "--valid", defaultValue = "0.1", paramLabel = "FILE|FRACTION",
            description = "Text to validate on: a file, or the last part of the text that is held out (${DEFAULT-VALUE}); 0 for none.")
    private String valid;

    /** For the service loader. */
    public TrainLanguageModel() {}

    @Override
    public Integer call() throws Exception {
        List<Path> read = new ArrayList<>(texts);
        read.add(Path.of(valid));
        options.checkOutput(read);
        String text = Texts.read(texts);
        String heldOut = "";
        if (Files.exists(Path.of(valid))) {
            heldOut = Texts.read(List.of(Path.of(valid)));
        } else if (fraction() != 0) {
            Split split = Split.tail(text, fraction());
            text = split.train();
            heldOut = split.heldOut();
        }
        options.checkHeldOut(!heldOut.isEmpty());
        try (LanguageModel model = options.resume ? resume() : create(text)) {
            screen().line("%,d characters of training text, %,d held out, a vocabulary of %s", text.codePoints().count(),
                    heldOut.codePoints().count(), model.vocabulary());
            Training training = options.training();
            return new TrainingRun(screen(), options, againWith("--resume"))
                    .run(model, text, heldOut.isEmpty() ? training : training.validation(heldOut));
        }
    }

    private LanguageModel create(String text) {
        Vocabulary vocabulary = unit == Units.CHAR ? Vocabulary.ofCodePoints(text)
                : Vocabulary.builder(Vocabulary.Unit.WORD).add(text).minimumCount(2).build();
        return create(vocabulary);
    }

    private LanguageModel create(Vocabulary vocabulary) {
        return LanguageModel.builder(vocabulary).cell(cell).hidden(hidden).layers(layers).embedding(embedding).dropout(dropout)
                .seed(options.seed).build();
    }

    /** The model of --out, if it is the one that the options describe: an option that had no effect would mislead. */
    private LanguageModel resume() throws IOException {
        LanguageModel model = LanguageModel.resume(options.out);
        try (LanguageModel described = create(model.vocabulary())) {
            List<String> others = new ArrayList<>(model.model().spec().lines().toList());
            others.removeAll(described.model().spec().lines().toList());
            if (!Units.name(model.vocabulary()).equals(unit.noun())) {
                others.add(0, "unit: " + Units.name(model.vocabulary()));
            }
            if (!others.isEmpty()) {
                throw new IllegalArgumentException(options.out + " holds another network than the options describe (" + others.get(0)
                        + "). Resume with the options of its training, or leave out --resume to start anew.");
            }
            return model;
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private double fraction() {
        try {
            return Double.parseDouble(valid);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--valid " + valid + " is neither a file nor a number; expected a text file or a"
                    + " fraction such as 0.1", e);
        }
    }
}
