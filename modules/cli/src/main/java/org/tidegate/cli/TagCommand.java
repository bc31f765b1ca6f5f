package org.tidegate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tidegate.data.ConlluColumn;
import org.tidegate.task.tag.TaggedSentence;
import org.tidegate.task.tag.Tagger;
import org.tidegate.task.tag.TaggerAnswers;
import org.tidegate.task.tag.TaggerBuilder;
import org.tidegate.task.tag.TaggerFormat;
import org.tidegate.task.tag.TaggerReading;
import org.tidegate.text.WordTokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tidegate train tag}: a tagger of CoNLL-U sentences. */
@Command(name = "tag", sortOptions = false, customSynopsis = "tidegate train tag --data FILE... --out MODEL [OPTIONS]",
        description = "Trains a tagger: which part of speech is each word?",
        footer = {"",
            "A recurrent network spells each word, another reads the sentence. The data is",
            "CoNLL-U: ten columns that tabs separate, a word on each line, an empty line",
            "after each sentence. predict takes lines of text and answers word/TAG; a word",
            "is one of Unicode's (UAX 29), and each punctuation mark is one.",
            "",
            "@|bold Examples:|@",
            "  tidegate train tag --data train.conllu --valid dev.conllu --out tagger.safetensors",
            "  tidegate predict --model tagger.safetensors \"The dog barks.\""})
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
        return TaggedSentence.read(files, column);
    }

    @Override
    List<List<TaggedSentence>> split(List<TaggedSentence> sentences, double heldOut) {
        return splitByClass(sentences, heldOut, TaggedSentence::tags);
    }

    @Override
    Tagger create(List<TaggedSentence> sentences) {
        return words.put(layers.put(Tagger.builder(sentences))).column(column).letterHidden(letterHidden).letterEmbedding(letterEmbedding)
                .wordDropout(wordDropout).crf(crf).seed(options.seed).build();
    }

    /** Each input is a line of text. */
    @Override
    void predict(TaggerAnswers answers, Predictions predictions) throws IOException {
        predictions.refuse("--top", "--beam", "--chart");
        predictions.texts(line -> {
            List<String> found = new ArrayList<>();
            WordTokenizer.split(line.replace('\n', ' '), (start, end) -> found.add(line.substring(start, end)));
            List<String> tags = found.isEmpty() ? List.of() : answers.tag(found);
            String text = IntStream.range(0, found.size()).mapToObj(i -> found.get(i) + "/" + tags.get(i)).collect(Collectors.joining(" "));
            predictions.result(text, Map.of("words", found, "tags", tags));
        });
    }
}
