package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tidegate.data.ConlluColumn;
import org.tidegate.data.ConlluFile;
import org.tidegate.data.ConlluSentence;
import org.tidegate.data.WordSplitter;
import org.tidegate.task.tag.TaggedSentence;
import org.tidegate.task.tag.Tagger;
import org.tidegate.task.tag.TaggerAnswers;
import org.tidegate.task.tag.TaggerBuilder;
import org.tidegate.task.tag.TaggerFormat;
import org.tidegate.task.tag.TaggerReading;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tidegate train tag}: a tagger of CoNLL-U sentences. */
@Command(name = "tag", sortOptions = false, customSynopsis = "tidegate train tag --data FILE... --out MODEL [OPTIONS]",
        description = "Trains a tagger: which part of speech is each word?",
        footer = {"",
            "A recurrent network spells each word, another reads the sentence. The data is",
            "CoNLL-U: ten columns that tabs separate, a word on each line, an empty line",
            "after each sentence. predict takes lines of text and answers word/TAG; text is",
            "split as the training data are (do n't), as far as they tell, or with",
            "--tokens whitespace at the spaces. To a CoNLL-U file it answers in CoNLL-U.",
            "",
            "@|bold Examples:|@",
            "  tidegate train tag --data train.conllu --valid dev.conllu --out tagger.safetensors",
            "  tidegate predict --model tagger.safetensors \"The dog barks.\"",
            "  tidegate predict --model tagger.safetensors test.conllu > tagged.conllu"})
public final class TagCommand extends ExampleCommand<TaggedSentence, TaggerReading, Tagger, TaggerAnswers> {
    @Option(names = "--column", defaultValue = "upos", description = "The column that is learned: upos, xpos, deprel, feats or lemma"
            + " (${DEFAULT-VALUE}).")
    private ConlluColumn column;

    @Mixin
    private final LayerOptions layers = new LayerOptions(TaggerBuilder.LAYERS);

    @Mixin
    private final WordOptions words = new WordOptions(TaggerBuilder.WORDS);

    @Option(names = "--letter-hidden", paramLabel = "N",
            description = "Hidden size of each direction over a word's letters (${DEFAULT-VALUE}).")
    private int letterHidden = TaggerBuilder.LETTER_HIDDEN;

    @Option(names = "--letter-embedding", paramLabel = "N", description = "Columns of the letter embedding (${DEFAULT-VALUE}).")
    private int letterEmbedding = TaggerBuilder.LETTER_EMBEDDING;

    @Option(names = "--word-dropout", paramLabel = "P",
            description = "The share of words whose embedding training hides (${DEFAULT-VALUE}).")
    private double wordDropout = TaggerBuilder.WORD_DROPOUT;

    @Option(names = "--crf", description = "Score whole sequences of tags: a linear-chain conditional random field.")
    private boolean crf;

    @Option(names = "--unit", hidden = true, defaultValue = "word", converter = Words.class)
    private Units unit;

    private WordSplitter splitter;

    /** The only value of --unit. */
    static final class Words implements ITypeConverter<Units> {
        @Override
        public Units convert(String name) {
            return Units.of(name, ": tags belong to words, one to each; their letters are read besides, so that none is wholly unknown",
                    Units.WORD);
        }
    }

    /** For the service loader. */
    public TagCommand() {
        super(new TaggerFormat());
        options.batch(16).epochs(12);
    }

    @Override
    String examples() {
        return "sentences";
    }

    @Override
    boolean tellsClassesApart() {
        return true;
    }

    @Override
    List<TaggedSentence> read(List<Path> files) throws IOException {
        List<ConlluSentence> sentences = new ArrayList<>();
        for (Path file : files) {
            sentences.addAll(ConlluFile.read(file));
        }
        // The training data are read first.
        splitter = splitter == null ? WordSplitter.learned(sentences) : splitter;
        return sentences.stream().map(sentence -> TaggedSentence.of(sentence, column)).toList();
    }

    @Override
    List<List<TaggedSentence>> split(List<TaggedSentence> sentences, double heldOut) {
        return splitByClass(sentences, heldOut, TaggedSentence::tags);
    }

    @Override
    Tagger create(List<TaggedSentence> sentences) {
        return words.put(layers.put(Tagger.builder(sentences))).column(column).letterHidden(letterHidden).letterEmbedding(letterEmbedding)
                .wordDropout(wordDropout).crf(crf).splitter(splitter).seed(options.seed).build();
    }

    @Override
    boolean splitsTexts() {
        return true;
    }

    /** Each input is a line of text, or a CoNLL-U file; the answer to a line without words is an empty line. */
    @Override
    void predict(TaggerAnswers answers, Predictions predictions) throws IOException {
        predictions.refuse("--top", "--beam", "--chart");
        WordSplitter asked = predictions.splitter(answers.reading().splitter());
        predictions.texts(input -> {
            List<String> words = asked.split(input);
            List<String> tags = words.isEmpty() ? List.of() : answers.tag(words);
            String text = IntStream.range(0, words.size()).mapToObj(i -> words.get(i) + "/" + tags.get(i)).collect(Collectors.joining(" "));
            predictions.result(text, Map.of("words", words, "tags", tags));
        }, (file, lines) -> tag(answers, predictions, file, lines));
    }

    /** Answers CoNLL-U in CoNLL-U, the tags in the column that was learned. */
    private static void tag(TaggerAnswers answers, Predictions predictions, Path file, List<String> read) {
        List<List<String>> words = ConlluFile.read(file, read).stream().map(ConlluSentence::forms).toList();
        List<List<String>> tags = answers.tagAll(words);
        List<List<String>> lines = ConlluFile.with(file, read, answers.reading().column(), tags);
        for (int i = 0; i < words.size(); i++) {
            predictions.result(String.join(System.lineSeparator(), lines.get(i)),
                    Map.of("sentence", i + 1, "words", words.get(i), "tags", tags.get(i)));
        }
    }
}
