package org.tidegate.task.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;
import org.tidegate.json.JsonObject;
import org.tidegate.task.Figures;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;

/** What a classifier's training finds on the texts that it holds out: the temperature of its probabilities, and how good naive Bayes is. */
class HeldOutTextsTest {
    private static final List<LabelledText> EXAMPLES = LabelledTexts.orders(200, 7);
    private static final List<LabelledText> OTHERS = LabelledTexts.orders(80, 8);
    private static final List<LabelledText> SEVERAL = several(EXAMPLES);

    @TempDir
    Path folder;

    private static List<LabelledText> several(List<LabelledText> texts) {
        return texts.stream().map(text -> new LabelledText(text.text().contains("tide") ? List.of(text.label(), "sea") : List.of(text.label()),
                text.text())).toList();
    }

    /** Every fifth text has the other label: nobody can be sure of these. */
    private static List<LabelledText> withErrors(List<LabelledText> texts) {
        return IntStream.range(0, texts.size()).mapToObj(i -> i % 5 > 0 ? texts.get(i)
                : new LabelledText(texts.get(i).label().equals("first") ? "second" : "first", texts.get(i).text())).toList();
    }

    private static Training training() {
        return LabelledTexts.training(3).keep(Training.Keep.LAST);
    }

    @Test
    void theTemperatureIsKeptAndGivesTheLossOfTheValidation() throws IOException {
        for (boolean multiLabel : new boolean[] {false, true}) {
            List<LabelledText> held = multiLabel ? several(withErrors(OTHERS)) : withErrors(OTHERS);
            Path file = folder.resolve("model.safetensors");
            double loss;
            try (Classifier model = LabelledTexts.small(multiLabel ? SEVERAL : EXAMPLES).multiLabel(multiLabel).build()) {
                assertEquals(1, model.reading().temperature());
                model.train(multiLabel ? SEVERAL : EXAMPLES, held, training());
                loss = model.history().get(2).validationLoss();
                model.save(file);
            }
            try (ClassifierAnswers answers = Classifier.open(file, Precision.FLOAT32)) {
                ClassifierReading reading = answers.reading();
                assertNotEquals(1, reading.temperature());
                ClassifierEvaluation measured = answers.evaluate(held);
                assertEquals(loss, measured.loss(), 1e-5);
                assertEquals(measured.loss(), answers.loss(held), 1e-12);
                assertEquals(reading.temperature(), measured.figures().number("temperature"));
                // Of all temperatures it has the least loss on these texts, but for what keeps it from certainty.
                for (double times : new double[] {0.5, 0.8, 1.25, 2}) {
                    assertTrue(loss(answers, held, times) > measured.loss() - 1e-3, times + " times");
                }
            }
        }
    }

    /** The loss if the temperature were so many times as great. */
    private static double loss(ClassifierAnswers answers, List<LabelledText> texts, double times) {
        ClassifierReading reading = answers.reading();
        double sum = 0;
        for (LabelledText text : texts) {
            List<LabelProbability> given = answers.classify(text.text());
            double total = given.stream().mapToDouble(each -> Math.pow(each.probability(), 1 / times)).sum();
            for (LabelProbability each : given) {
                boolean has = text.labels().contains(each.label());
                double odds = each.probability() / (1 - each.probability());
                double alone = 1 / (1 + Math.pow(odds, (has ? -1 : 1) / times));
                sum -= reading.multiLabel() ? Math.log(alone) / given.size()
                        : has ? Math.log(Math.pow(each.probability(), 1 / times) / total) : 0;
            }
        }
        return sum / texts.size();
    }

    private static JsonObject readingOfAModel() {
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            return model.reading().toJson();
        }
    }

    @Test
    void theOrderOfTheLabelsStays() {
        ClassifierReading one = ClassifierReading.of(readingOfAModel());
        float[] logits = {1.5f, -0.5f};
        for (double temperature : new double[] {0.5, 1, 3}) {
            double[] given = one.with(temperature, one.heldOut()).probabilities(logits);
            assertEquals(1 / (1 + Math.exp(-2 / temperature)), given[0], 1e-7);
            assertEquals(1, given[0] + given[1], 1e-12);
        }
    }

    @Test
    void naiveBayesIsMeasuredOnTheSameTexts() throws IOException {
        double counted;
        // The order of the words says the label, so that counting them says nothing.
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            model.train(EXAMPLES, OTHERS, LabelledTexts.training(8));
            HeldOutFigures figures = model.reading().heldOut().orElseThrow();
            assertEquals(80, figures.texts());
            NaiveBayes known = new NaiveBayes(2);
            EXAMPLES.forEach(text -> known.add(words(text), model.reading().labels(text)));
            long right = OTHERS.stream().filter(text -> model.reading().labels(text).contains(known.label(words(text)))).count();
            counted = right / 80.0;
            assertEquals(counted, figures.naiveBayes(), 1e-12);
            assertTrue(figures.naiveBayes() < 0.7 && figures.model() > 0.9, figures.toString());
            Figures found = model.reading().found();
            assertEquals(figures.naiveBayes(), found.number("naive_bayes_held_out"));
            assertEquals(figures.model(), found.number("held_out_accuracy"));
            assertTrue(found.toJson().flag("beats_naive_bayes"));
        }
        for (Vocabulary.Unit unit : Vocabulary.Unit.values()) { // of words, whatever the model reads
            try (Classifier model = LabelledTexts.small(EXAMPLES).unit(unit).build()) {
                assertEquals(counted, model.reading().naiveBayes(EXAMPLES, OTHERS, false), 1e-12, unit.name());
            }
        }
        assertFalse(new HeldOutFigures(80, 0.5, 0.6).beatsNaiveBayes());
    }

    @Test
    void theVerdictTellsALossFromAnAccident() {
        // of 100 texts the standard error of 0.8 is 0.04
        assertEquals(List.of("yes", "no, it equals it", "no, but by no more than chance", "NO"),
                Stream.of(0.81, 0.8, 0.77, 0.75).map(HeldOutTextsTest::verdict).toList());
    }

    private static String verdict(double accuracy) {
        Figures.Builder figures = Figures.builder();
        new HeldOutFigures(100, accuracy, 0.8).put(figures, "accuracy");
        return figures.build().all().stream().filter(figure -> figure.key().equals("beats_naive_bayes")).findFirst().orElseThrow().text()
                .replaceAll("NO,.*", "NO");
    }

    private static List<String> words(LabelledText text) {
        return List.of(text.text().strip().split(" +"));
    }

    @Test
    void ofFewTextsNoTemperatureIsSet() throws IOException {
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            model.train(EXAMPLES, OTHERS.subList(0, ClassifierScore.LEAST_TEXTS - 1), training());
            assertEquals(1, model.reading().temperature());
            assertTrue(model.reading().heldOut().isPresent());
        }
    }

    @Test
    void anotherTrainingForgetsThem() throws IOException {
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            model.train(EXAMPLES, OTHERS, training());
            ClassifierReading before = model.reading();
            assertTrue(model.reading().differences(before.with(2, before.heldOut())).isEmpty());
            model.train(EXAMPLES, training());
            assertEquals(1, model.reading().temperature());
            assertTrue(model.reading().heldOut().isEmpty());
        }
    }

    @Test
    void weightsOfLabelsCountInTheLossOfTheValidation() throws IOException {
        try (Classifier model = LabelledTexts.small(EXAMPLES).classWeights(Map.of("first", 3.0)).build()) {
            model.train(EXAMPLES, OTHERS, training());
            double sum = 0;
            double weights = 0;
            try (ClassifierAnswers answers = model.answers(Precision.FLOAT32)) {
                for (LabelledText text : OTHERS) {
                    double weight = text.label().equals("first") ? 3 : 1;
                    sum -= weight * Math.log(answers.classify(text.text()).stream().filter(each -> each.label().equals(text.label()))
                            .findFirst().orElseThrow().probability());
                    weights += weight;
                }
            }
            assertEquals(sum / weights, model.history().get(2).validationLoss(), 1e-5);
        }
    }

    @Test
    void aReadingOfBeforeHasNeither() {
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            JsonObject json = model.reading().toJson();
            assertFalse(json.has("temperature") || json.has("held_out"));
            assertEquals(model.reading(), ClassifierReading.of(json));
            ClassifierReading found = model.reading().with(1.5, Optional.of(new HeldOutFigures(80, 0.75, 0.5)));
            assertEquals(found, ClassifierReading.of(JsonObject.parse(found.toJson().toString())));
        }
    }
}
