package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Cell;
import org.tidegate.Model;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.checkpoint.CheckpointWriter;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.WordVectors;

class ClassifierErrorsTest {
    private static final List<LabelledText> EXAMPLES = LabelledTexts.orders(10, 1);
    private static final LabelledText UNSEEN = new LabelledText("third", "the dog", "test.tsv, line 7");
    private static final LabelledText EMPTY = new LabelledText("first", "  ", "test.tsv, line 8");
    private static final String UNSEEN_MESSAGE =
            "test.tsv, line 7 has the label \"third\", which the model did not see in its training; it knows first, second";
    private static final String EMPTY_MESSAGE = "test.tsv, line 8 has nothing to read: \"  \" has no words; expected at least one";

    @TempDir
    Path folder;

    @Test
    void aClassifierNeedsTwoLabels() {
        refused("there are no examples to learn classes from", () -> Classifier.builder(List.of()));
        refused("all 2 examples have the label \"a\"; expected at least two labels. Is it the right column?",
                () -> Classifier.builder(List.of(new LabelledText("a", "x"), new LabelledText("a", "y"))));
    }

    @Test
    void aLabelThatTheModelDidNotSeeIsNamedWithItsPlace() {
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            refused(UNSEEN_MESSAGE, () -> model.evaluate(List.of(EXAMPLES.get(0), UNSEEN)));
            refused("there are no texts to evaluate", () -> model.evaluate(List.of()));
        }
    }

    @Test
    void aTextWithoutWordsIsNamedWithItsPlace() {
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            refused(EMPTY_MESSAGE, () -> model.evaluate(List.of(EMPTY)));
            refused("the text has nothing to read: \"\" has no words; expected at least one", () -> model.classify(""));
        }
    }

    @Test
    void whatCannotBeUsedIsFoundBeforeTheFirstStep() {
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            float[] before = Texts.parameters(model.model());
            refused(UNSEEN_MESSAGE, () -> model.train(EXAMPLES, List.of(UNSEEN), LabelledTexts.training(1)));
            refused(EMPTY_MESSAGE, () -> model.train(List.of(EXAMPLES.get(0), EMPTY), List.of(), LabelledTexts.training(1)));
            refused("there are no examples to train on", () -> model.train(List.of(), List.of(), LabelledTexts.training(1)));
            assertArrayEquals(before, Texts.parameters(model.model()));
        }
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        ClassifierBuilder builder = LabelledTexts.small(EXAMPLES);
        refused("a classifier has no size for a projection; choose another cell than LSTM_PROJECTED",
                () -> builder.cell(Cell.LSTM_PROJECTED));
        refused("the hidden size is 0; expected 1 or more", () -> builder.hidden(0));
        refused("the number of layers is -1; expected 1 or more", () -> builder.layers(-1));
        refused("the embedding size is 0; expected 1 or more", () -> builder.embedding(0));
        refused("the minimum count is 0; expected 1 or more", () -> builder.minimumCount(0));
        refused("the word dropout is 1.0; expected 0 or more and less than 1", () -> builder.wordDropout(1));
        refused("the class \"third\" has a weight and no example; the examples have first, second",
                () -> builder.classWeights(Map.of("third", 2.0)));
        refused("the weight of the class \"first\" is -1.0; expected 0 or more", () -> builder.classWeights(Map.of("first", -1.0)));
        refused("the label's column is \"2\" and the text's \"2\"; expected two columns, by number from 1 on or by the names of a"
                + " header",
                () -> new LabelledColumns("2", "2", false));
    }

    @Test
    void vectorsThatFitNoTokenAreRefused() throws IOException {
        WordVectors vectors = WordVectors.read(Files.writeString(folder.resolve("vectors.txt"), "Hund 1 2\n"));
        refused("none of the 7 words has a vector among the 1 word vectors of 2 numbers; are they of the same language, and of"
                + " the same case?",
                () -> LabelledTexts.small(EXAMPLES).vectors(vectors, true).build());
        refused("one-hot tokens have no vectors; choose one of both", () -> LabelledTexts.small(EXAMPLES).vectors(vectors, true)
                .oneHot().build());
    }

    @Test
    void aFileOfAnotherTaskOrADamagedOneIsRefused() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (LanguageModel other = Texts.model("some text")) {
            other.save(file);
        }
        assertTrue(refusedFile(file).startsWith(file + " is no model of the task \"classify\": its task is \""), refusedFile(file));
        String vocabulary = Vocabulary.ofWords("the dog").toJson();
        try (Model model = Model.of("tokens = ids axis=text\nlabel = ids axis=text per=sequence\nembedding = embedding tokens"
                + " rows=3 cols=2\n"
                + "pool = pool embedding kind=max\nlogits = linear pool cols=2\nloss = cross_entropy logits label\n", 1)) {
            String settings = "{\"labels\":[%s],\"lower_case\":false,\"word_dropout\":0,\"label_column\":\"1\","
                    + "\"text_column\":\"2\",\"header\":false}";
            write(model, file, vocabulary, String.format(settings, "\"a\",\"b\",\"c\""));
            assertEquals(file + " is no usable classifier: its graph reads 3 tokens and gives 2 scores, and it has a vocabulary"
                    + " of 3 and 3 labels",
                    refusedFile(file));
            write(model, file, Vocabulary.ofWords("the dog barks").toJson(), String.format(settings, "\"a\",\"b\""));
            assertTrue(refusedFile(file).contains("a vocabulary of 4 and 2 labels"), refusedFile(file));
            write(model, file, vocabulary, "{\"labels\":[\"a\",\"b\"],\"colour\":1}");
            assertTrue(refusedFile(file).contains("a classifier has no field \"colour\""), refusedFile(file));
            write(model, file, vocabulary, "{\"labels\":[\"a\",\"b\"]}");
            assertTrue(refusedFile(file).contains("the classifier's labels and settings are not understood"), refusedFile(file));
            write(model, file, vocabulary, String.format(settings, "\"a\",\"b\""));
            try (Classifier whole = Classifier.load(file)) {
                assertEquals(2, whole.classify("the dog").size());
            }
        }
    }

    @Test
    void aTrainingDoesNotGoOnWithOtherTexts() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            model.train(EXAMPLES, List.of(), LabelledTexts.training(1).checkpoint(file));
        }
        List<LabelledText> others = new ArrayList<>(EXAMPLES);
        others.set(3, new LabelledText("first", EXAMPLES.get(3).text()));
        try (Classifier model = Classifier.resume(file)) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> model.train(others, List.of(), LabelledTexts.training(2))).getMessage();
            assertTrue(message.contains("its training data was 10 texts, CRC-32 "), message);
        }
    }

    private static void write(Model model, Path file, String vocabulary, String settings) throws IOException {
        new CheckpointWriter(model).metadata("task", Classifier.TASK).metadata("vocabulary", vocabulary).metadata("classifier",
                settings)
                .write(file);
    }

    private static String refusedFile(Path file) {
        return assertThrows(CheckpointException.class, () -> Classifier.load(file)).getMessage();
    }

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
