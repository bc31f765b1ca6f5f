package org.tidegate.task.classify;

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
import org.tidegate.Precision;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.json.JsonObject;
import org.tidegate.task.Texts;
import org.tidegate.task.lm.LanguageModel;
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
                () -> Classifier.builder(List.of(new LabelledText("a", "x"), new LabelledText("a", "y"))).build());
    }

    @Test
    void nothingToMeasureIsNamed() {
        try (Classifier model = LabelledTexts.small(EXAMPLES).build(); ClassifierAnswers answers = model.answers(Precision.FLOAT32)) {
            String message = "there is nothing to measure: training had none of the labels of these texts; the first is \"third\". Measure on"
                    + " texts of the kind that the model was trained on";
            refused(message, () -> answers.evaluate(List.of(UNSEEN)));
            refused(message, () -> answers.loss(List.of(UNSEEN)));
            refused(message, () -> model.train(EXAMPLES, List.of(UNSEEN), LabelledTexts.training(1)));
            refused("there are no texts to evaluate", () -> answers.evaluate(List.of()));
        }
    }

    @Test
    void aTextWithoutWordsIsNamedWithItsPlace() {
        try (Classifier model = LabelledTexts.small(EXAMPLES).build(); ClassifierAnswers answers = model.answers(Precision.FLOAT32)) {
            refused(EMPTY_MESSAGE, () -> answers.evaluate(List.of(EMPTY)));
            refused("the text has nothing to read: \"\" has no words; expected at least one", () -> answers.classify(""));
        }
    }

    @Test
    void whatCannotBeUsedIsFoundBeforeTheFirstStep() {
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            float[] before = Texts.parameters(model.model());
            refused(UNSEEN_MESSAGE, () -> model.train(List.of(EXAMPLES.get(0), UNSEEN), List.of(), LabelledTexts.training(1)));
            refused(EMPTY_MESSAGE, () -> model.train(List.of(EXAMPLES.get(0), EMPTY), List.of(), LabelledTexts.training(1)));
            refused("there are no texts to train on", () -> model.train(List.of(), List.of(), LabelledTexts.training(1)));
            refused("held-out texts are given, and validation 0.1 asks to hold out a part of the others; choose one of both",
                    () -> model.train(EXAMPLES, EXAMPLES, LabelledTexts.training(1).validation(0.1)));
            refused("there are 2 texts, too few to hold out 0.1 of them; give more, or leave validation out",
                    () -> model.train(EXAMPLES.subList(0, 2), LabelledTexts.training(1).validation(0.1)));
            refused("bptt 5 means nothing for texts: gradients flow through the whole of each; leave it out",
                    () -> model.train(EXAMPLES, LabelledTexts.training(1).bptt(5)));
            assertArrayEquals(before, Texts.parameters(model.model()));
        }
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        ClassifierBuilder builder = LabelledTexts.small(EXAMPLES);
        refused("tasks have no size for the projection of LSTM_PROJECTED; choose another cell",
                () -> builder.cell(Cell.LSTM_PROJECTED));
        refused("the hidden size is 0; expected 1 or more", () -> builder.hidden(0));
        refused("the number of layers is -1; expected 1 or more", () -> builder.layers(-1));
        refused("the embedding size is 0; expected 1 or more", () -> builder.embedding(0));
        refused("the minimum count is 0; expected 1 or more", () -> builder.minimumCount(0));
        refused("the word dropout is 1.0; expected 0 or more and less than 1", () -> builder.wordDropout(1));
        refused("the span is -1 tokens; expected a positive number, or 0 for whole texts", () -> builder.span(-1));
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
                .oneHot(true).build());
        refused("parts of words have no word vectors; choose words, or leave the vectors out",
                () -> LabelledTexts.small(EXAMPLES).vectors(vectors, true).unit(Vocabulary.Unit.BPE).build());
    }

    @Test
    void aFileOfAnotherTaskOrADamagedOneIsRefused() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (LanguageModel other = LanguageModel.builder(Vocabulary.ofCodePoints("some text")).hidden(4).build()) {
            other.save(file);
        }
        assertTrue(refusedFile(file).startsWith(file + " is no model of the task \"classify\": its task is \""), refusedFile(file));
        ClassifierReading reading = reading("the dog", "a", "b");
        try (Model model = Model.of("tokens = ids axis=text\nlabel = ids axis=text per=sequence\nembedding = embedding tokens"
                + " rows=3 cols=2\n"
                + "pool = pool embedding kind=max\nlogits = linear pool cols=2\nloss = cross_entropy logits label\n", 1)) {
            write(model, file, reading("the dog", "a", "b", "c").toJson());
            assertEquals(file + " is no usable model of the task \"classify\": its graph's 'logits' is an output of 2 REAL, PER_SEQUENCE;"
                    + " expected an output of 3 floats, PER_SEQUENCE", refusedFile(file));
            write(model, file, reading("the dog barks", "a", "b").toJson());
            assertTrue(refusedFile(file).contains("its node 'embedding' has rows for 3 ids; expected 4"), refusedFile(file));
            write(model, file, JsonObject.parse("{\"labels\":[\"a\",\"b\"],\"colour\":1}"));
            assertTrue(refusedFile(file).contains("\"colour\" is not known"), refusedFile(file));
            write(model, file, JsonObject.parse("{\"labels\":[\"a\",\"b\"]}"));
            assertTrue(refusedFile(file).contains("\"columns\" is missing; expected an object"), refusedFile(file));
            write(model, file, reading.toJson());
            try (ClassifierAnswers whole = Classifier.open(file, Precision.FLOAT32)) {
                assertEquals(2, whole.classify("the dog").size());
                assertEquals(reading, whole.reading());
            }
        }
    }

    private static ClassifierReading reading(String words, String... labels) {
        return new ClassifierReading(Vocabulary.ofWords(words), List.of(labels), false, 0.5, 0, Wide.OFF, LabelledColumns.LABEL_THEN_TEXT);
    }

    @Test
    void aTrainingDoesNotGoOnWithOtherTexts() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            model.train(EXAMPLES, List.of(), LabelledTexts.training(1).checkpoint(file));
        }
        List<LabelledText> others = new ArrayList<>(EXAMPLES);
        others.set(3, new LabelledText("first", EXAMPLES.get(3).text()));
        try (Classifier model = Classifier.load(file)) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> model.train(others, LabelledTexts.training(2).continued())).getMessage();
            assertTrue(message.contains("its training data was 10 texts, CRC-32 "), message);
        }
    }

    @Test
    void aTrainingThatWasNeverBegunCannotGoOn() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            String message = assertThrows(IllegalStateException.class, () -> model.train(EXAMPLES, LabelledTexts.training(1).continued()))
                    .getMessage();
            assertTrue(message.startsWith("There is no training to go on with: the model was never trained, or saved without its training."), message);
            model.train(EXAMPLES, EXAMPLES, LabelledTexts.training(1).keepBest(file));
        }
        try (Classifier model = Classifier.load(file)) {
            String message = assertThrows(IllegalStateException.class, () -> model.train(EXAMPLES, LabelledTexts.training(1).continued()))
                    .getMessage();
            assertTrue(message.contains("saved without the state of its optimizer"), message);
        }
    }

    private static void write(Model model, Path file, JsonObject reading) throws IOException {
        model.save(file, writer -> writer.metadata("task", Classifier.TASK).metadata("reading", reading.toString()));
    }

    private static String refusedFile(Path file) {
        return assertThrows(CheckpointException.class, () -> Classifier.load(file)).getMessage();
    }

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
