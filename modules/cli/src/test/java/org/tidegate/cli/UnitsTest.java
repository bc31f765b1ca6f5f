package org.tidegate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --unit} of the tasks that read or write text. */
class UnitsTest {
    private static final String SIZES = "--hidden 8 --embedding 8 --epochs 1 --threads 1";

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        ExampleData.write(folder);
    }

    private Run train(String task, String data, String options) {
        List<Object> words = new ArrayList<>(List.of("train", task, "--out", folder.resolve("model"), "--data"));
        for (String name : data.split(" ")) {
            words.add(folder.resolve(name));
        }
        words.addAll(List.of((SIZES + " " + options).split(" ")));
        return Run.of(words.toArray());
    }

    @ParameterizedTest
    @CsvSource({
        "lm, notes.txt",
        "classify, train.tsv",
        "translate, english-french.tsv",
        "caption, images-idx3-ubyte.gz labels-idx1-ubyte.gz"
    })
    void partsOfWordsAreAUnitOfEveryTaskOverText(String task, String data) {
        String said = "\\b(24\\d|250) (into (24\\d|250) )?parts of words"; // at most 250, and 243 for bytes
        Run trained = train(task, data, "--unit bpe --vocabulary 250").succeeded();
        assertTrue(Pattern.compile(said).matcher(trained.out()).find(), trained.out());
        Run inspected = Run.of("inspect", folder.resolve("model"), "--json").succeeded();
        assertTrue(Pattern.compile(said).matcher(inspected.out()).find(), inspected.out());
        Run small = train(task, data, "--unit bpe --vocabulary 200");
        assertTrue(small.code() != 0 && small.err().contains("or more, for the special tokens and the bytes"), small.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bpe", "char", "chars"})
    void tagsAndGapsAreOfWords(String unit) {
        Run tag = train("tag", "train.conllu", "--unit " + unit);
        assertEquals(2, tag.code(), tag.err());
        assertTrue(tag.err().contains("expected word but was '" + unit + "': tags belong to words, one to each"), tag.err());
        Run fill = train("fill", "sentences.txt", "--unit " + unit);
        assertEquals(2, fill.code(), fill.err());
        assertTrue(fill.err().contains("expected word or whitespace but was '" + unit + "': a gap is one word"), fill.err());
    }

    @ParameterizedTest
    @CsvSource({"translate, 'word or bpe'", "lm, 'char or word or whitespace or bpe'"})
    void anotherUnitIsRefused(String task, String expected) {
        Run run = Run.of("train", task, "--data", folder.resolve("a"), "--out", folder.resolve("b"), "--unit", "stem");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("'--unit': expected " + expected + " but was 'stem'"), run.err());
    }
}
