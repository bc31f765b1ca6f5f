package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tidegate.Batch;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.task.translate.SentencePair;
import org.tidegate.task.translate.Translator;
import org.tidegate.task.translate.TranslatorReading;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.HistoryPoint;
import org.tidegate.train.Training;

/** Every task: the figure on held-out data that a training shows beside the loss. */
class HeldOutFigureTest {
    @TempDir
    Path folder;

    static Stream<String> samples() {
        return TaskSamples.trainable();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theFigureOfEachValidationIsThatOfTheEvaluation(String task) throws IOException {
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(task);
        Path file = folder.resolve("model");
        try (Trainable<?, ?> model = sample.fresh()) {
            List<HistoryPoint> history = sample.trainValidated(model, sample.training().learningRate(0.02).every(0.5)
                    .keep(Training.Keep.LAST).checkpoint(file)).history();
            assertTrue(history.size() > 1 && history.stream().allMatch(point -> point.figure() >= 0), history.toString());
            double last = history.get(history.size() - 1).figure();
            String name = model.reading().figure().orElseThrow();
            try (Answers<?> answers = model.answers(Precision.FLOAT32)) {
                Figures figures = sample.measure(answers);
                if (figures.all().stream().anyMatch(figure -> figure.key().equals(name))) {
                    assertEquals(figures.number(name), last, 1e-5 * Math.max(1, last));
                } else if (name.equals("rmse_wind")) { // of the first of several targets
                    List<Object> score = figures.tables().get(0).rows().get(0);
                    assertEquals(List.of("wind", 0), score.subList(0, 2));
                    assertEquals((double) score.get(2), last, 1e-5);
                } else {
                    assertEquals("next_" + model.reading().target() + "_accuracy", name);
                }
            }
            try (Trainable<?, ?> loaded = Tasks.load(file)) {
                assertEquals(history, loaded.history());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void anEvaluationTellsAnIntervalAroundItsFigure(String task) throws IOException {
        TaskSamples.Sample<?, ?> sample = TaskSamples.of(task);
        try (Trainable<?, ?> model = sample.fresh(); Answers<?> answers = model.answers(Precision.FLOAT32)) {
            Figures figures = sample.measure(answers);
            List<String> ends = figures.all().stream().map(Figures.Figure::key).filter(key -> key.endsWith("_low")).toList();
            assertTrue(!ends.isEmpty() || figures.tables().stream().anyMatch(table -> table.key().equals("intervals")), figures::toString);
            for (String low : ends) {
                String key = low.substring(0, low.length() - "_low".length());
                double value = figures.number(key);
                assertTrue(figures.number(low) <= value && value <= figures.number(key + "_high"), () -> key + " in " + figures.toJson());
            }
        }
    }

    @Test
    void aNextWordIsRightAfterTheRightWords() throws IOException {
        List<SentencePair> pairs = IntStream.range(0, 30).mapToObj(i -> new SentencePair("a " + i % 5, "x " + i % 5 + " y")).toList();
        List<SentencePair> heldOut = List.of(new SentencePair("a 3", "x 3 y"), new SentencePair("a 1 3", "y 1"),
                new SentencePair("a", "x new"));
        try (Translator model = Translator.builder(pairs).encoder(8).hidden(8).embedding(8).seed(2).build()) {
            List<HistoryPoint> history = model.train(pairs, heldOut, Training.epochs(4).batch(4).learningRate(0.05)
                    .keep(Training.Keep.LAST)).history();
            Vocabulary words = model.reading().targetVocabulary();
            int right = 0;
            int count = 0;
            Batch batch = model.model().newBatch();
            try (Session session = model.model().newSession()) {
                for (SentencePair pair : heldOut) {
                    model.reading().fill(batch, List.of(pair));
                    session.forward(batch);
                    FloatBuffer logits = session.output("logits").buffer();
                    int[] next = words.encodeTokens(TranslatorReading.words(pair.target()));
                    next = Arrays.copyOf(next, next.length + 1);
                    next[next.length - 1] = words.endId();
                    for (int t = 0; t < next.length; t++) {
                        int row = t * words.size();
                        int best = IntStream.range(1, words.size()).reduce(0, (a, b) -> logits.get(row + b) > logits.get(row + a) ? b : a);
                        right += best == next[t] && best != words.unknownId() ? 1 : 0;
                        count++;
                    }
                }
            }
            assertEquals(10, count);
            assertTrue(right > 2 && right < 10, right + " of them are right");
            assertEquals((double) right / count, history.get(history.size() - 1).figure(), 1e-9);
        }
    }
}
