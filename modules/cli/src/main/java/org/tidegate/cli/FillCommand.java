package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.tidegate.data.ConlluFile;
import org.tidegate.data.ConlluSentence;
import org.tidegate.data.WordSplitter;
import org.tidegate.task.fill.Cloze;
import org.tidegate.task.fill.FillIn;
import org.tidegate.task.fill.FillInAnswers;
import org.tidegate.task.fill.FillInBuilder;
import org.tidegate.task.fill.FillInFormat;
import org.tidegate.task.fill.FillInReading;
import org.tidegate.text.InputFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tidegate train fill}: the missing word of a sentence. */
@Command(name = "fill", sortOptions = false, customSynopsis = "tidegate train fill --data FILE... --out MODEL [OPTIONS]",
        description = "Trains a model that fills in a sentence's missing word from the words on both sides of it.",
        footer = {"",
            "The data is text with a sentence on each line, or CoNLL-U in a file that",
            "ends in .conllu or begins as such. Words are read in lower case, and each punctuation mark",
            "is a word.",
            "predict takes sentences in which __ stands for the missing word, and CoNLL-U",
            "files of such sentences. Text is split as the training data are.",
            "",
            "@|bold Examples:|@",
            "  tidegate train fill --data train.conllu --valid dev.conllu --out fill.safetensors",
            "  tidegate predict --model fill.safetensors --top 5 \"my phone is broken, I plan to __ a new one\""})
public final class FillCommand extends ExampleCommand<List<String>, FillInReading, FillIn, FillInAnswers> {
    @Option(names = "--side", defaultValue = "both",
            description = "Which words are read: both sides, or left as a language model does, with layers of twice the size"
                + " (${DEFAULT-VALUE}).")
    private FillInReading.Side side;

    @Mixin
    private final LayerOptions layers = new LayerOptions(FillInBuilder.LAYERS);

    @Mixin
    private final WordOptions words = new WordOptions(FillInBuilder.WORDS);

    @Option(names = {"--unit", "--tokens"}, defaultValue = "word", paramLabel = "UNIT", converter = Words.class,
            description = "What a line of text is split into: word, or whitespace for words that are ready, with spaces between them"
                    + " (${DEFAULT-VALUE}).")
    private Units unit;

    private WordSplitter splitter;

    /** The values of --unit. */
    static final class Words implements ITypeConverter<Units> {
        @Override
        public Units convert(String name) {
            return Units.of(name, ": a gap is one word, and has one answer, not a row of characters or of parts", Units.WORD,
                    Units.WHITESPACE);
        }
    }

    /** For the service loader. */
    public FillCommand() {
        super(new FillInFormat());
        options.batch(16).epochs(10);
    }

    @Override
    String examples() {
        return "sentences";
    }

    @Override
    List<List<String>> read(List<Path> files) throws IOException {
        // The training data are read first, and standard input once.
        if (splitter == null && files.equals(List.of(InputFile.STANDARD_INPUT))) {
            List<String> lines = InputFile.lines(InputFile.STANDARD_INPUT);
            splitter = unit.splitter(ConlluFile.isConllu(lines)
                    ? WordSplitter.learned(ConlluFile.read(InputFile.STANDARD_INPUT, lines)) : WordSplitter.WORDS);
            return Cloze.read(InputFile.STANDARD_INPUT, lines, splitter);
        }
        splitter = splitter == null ? unit.splitter(WordSplitter.of(files)) : splitter;
        return Cloze.read(files, splitter);
    }

    @Override
    FillIn create(List<List<String>> sentences) {
        return words.put(layers.put(FillIn.builder(sentences))).side(side).splitter(splitter).seed(options.seed).build();
    }

    @Override
    boolean splitsTexts() {
        return true;
    }

    /** Each input is a sentence with a gap, or a CoNLL-U file of such sentences. */
    @Override
    void predict(FillInAnswers answers, Predictions predictions) throws IOException {
        predictions.refuse("--beam", "--chart");
        WordSplitter asked = predictions.splitter(answers.reading().splitter());
        predictions.texts(input -> fill(answers, predictions, Cloze.parse(input, asked)), (file, lines) -> {
            for (ConlluSentence sentence : ConlluFile.read(file, lines)) {
                fill(answers, predictions, Cloze.of(sentence.forms()));
            }
        });
    }

    private static void fill(FillInAnswers answers, Predictions predictions, Cloze cloze) {
        List<FillInAnswers.Answer> found = answers.fill(cloze, predictions.top());
        String text = found.stream().map(each -> String.format(Locale.ROOT, "%.3f  %s", each.probability(), Printable.of(each.word())))
                .collect(Collectors.joining(System.lineSeparator()));
        predictions.answer(text, Map.of("answers", found));
    }
}
