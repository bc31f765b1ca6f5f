package org.tidegate.task.classify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.json.JsonObject;
import org.tidegate.metrics.ClassScore;
import org.tidegate.task.Texts;
import org.tidegate.text.Vocabulary;

/** Classifiers of any number of labels a text. */
class MultiLabelTest {
    /** A label for each of these words, in the word's language. */
    private static final Map<String, String> TOPICS = new LinkedHashMap<>();

    static {
        TOPICS.put("समाचार", "खबर");
        TOPICS.put("体育", "球赛");
        TOPICS.put("ข่าว", "ฟุตบอล");
        TOPICS.put("weather", "rain");
    }

    private static final String[] FILLER = {"the", "आज", "明天", "วันนี้", "and"};
    private static final List<LabelledText> EXAMPLES = texts(160, 1);
    private static final List<LabelledText> OTHERS = texts(80, 2);
    private static Classifier shared; // trained when it is first needed, and by no test further

    @TempDir
    Path folder;

    /** Texts that have a label where its word occurs: none, one or several. */
    private static List<LabelledText> texts(int count, long seed) {
        Random random = new Random(seed);
        List<LabelledText> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> words = new ArrayList<>(List.of(FILLER[random.nextInt(FILLER.length)]));
            List<String> labels = new ArrayList<>();
            TOPICS.forEach((label, word) -> {
                if (random.nextInt(3) == 0) {
                    labels.add(label);
                    words.add(random.nextInt(words.size() + 1), word);
                }
                words.add(random.nextInt(words.size() + 1), FILLER[random.nextInt(FILLER.length)]);
            });
            texts.add(new LabelledText(new TreeSet<>(labels), String.join(" ", words), "line " + (i + 1)));
        }
        return texts;
    }

    private static ClassifierBuilder small(List<LabelledText> examples) {
        return LabelledTexts.small(examples).unit(Vocabulary.Unit.TOKEN).multiLabel(true);
    }

    private static synchronized Classifier shared() throws IOException {
        if (shared == null) {
            shared = small(EXAMPLES).build();
            shared.train(EXAMPLES, List.of(), LabelledTexts.training(12));
        }
        return shared;
    }

    @AfterAll
    static void close() {
        if (shared != null) {
            shared.close();
        }
    }

    @Test
    void everyLabelIsLearnedByItselfInAnyScript() throws IOException {
        for (Precision precision : Precision.values()) {
            try (ClassifierAnswers answers = shared().answers(precision)) {
                ClassifierEvaluation evaluation = answers.evaluate(OTHERS);
                assertTrue(evaluation.accuracy() > 0.95, precision + ": " + evaluation.figures().toJson());
                assertTrue(evaluation.figures().number("constant_exact_match") < 0.5);
                List<LabelProbability> all = answers.classify("球赛 and ฟุตบอล");
                assertEquals(4, all.size());
                assertEquals(Set.of("体育", "ข่าว"), Set.of(all.get(0).label(), all.get(1).label()));
                assertTrue(all.get(1).probability() > 0.5 && all.get(2).probability() < 0.5, all.toString());
                assertTrue(answers.classify("the 明天").get(0).probability() < 0.5);
            }
        }
    }

    @Test
    void theFiguresAreThoseOfLoopsOverTheProbabilities() throws IOException {
        double threshold = 0.03;
        try (ClassifierAnswers answers = shared().answers(Precision.INT8)) {
            ClassifierEvaluation evaluation = answers.evaluate(OTHERS, threshold);
            double loss = 0;
            int exact = 0;
            Map<String, long[]> counts = new LinkedHashMap<>(); // occurrences, given, correct
            for (LabelledText each : OTHERS) {
                Set<String> given = new TreeSet<>();
                for (LabelProbability one : answers.classify(each.text())) {
                    boolean has = each.labels().contains(one.label());
                    loss -= Math.log(has ? one.probability() : 1 - one.probability());
                    long[] of = counts.computeIfAbsent(one.label(), label -> new long[3]);
                    of[0] += has ? 1 : 0;
                    if (one.probability() >= threshold) {
                        given.add(one.label());
                        of[1]++;
                        of[2] += has ? 1 : 0;
                    }
                }
                exact += given.equals(each.labels()) ? 1 : 0;
            }
            assertEquals(loss / OTHERS.size() / 4, evaluation.loss(), 1e-9);
            assertEquals(evaluation.loss(), answers.loss(OTHERS), 1e-5);
            assertEquals((double) exact / OTHERS.size(), evaluation.accuracy());
            for (ClassScore score : evaluation.classes()) {
                long[] of = counts.get(score.name());
                assertEquals(new ClassScore(score.name(), of[0], of[1], of[2]), score);
            }
            JsonObject json = evaluation.figures().toJson();
            assertEquals("nats/label", json.string("loss_unit"));
            assertEquals(threshold, json.number("threshold"));
            assertEquals(evaluation.accuracy(), json.number("exact_match"));
            assertEquals(ClassScore.microF1(evaluation.classes()), json.number("micro_f1"));
            assertEquals(ClassScore.macroF1(evaluation.classes()), json.number("macro_f1"));
            assertEquals(4, json.objects("classes").size());
            assertEquals(evaluation.classes().get(2).recall(), json.objects("classes").get(2).number("recall"));
        }
    }

    @Test
    void aThresholdOfNothingGivesAllLabelsAndOneOfCertaintyNone() throws IOException {
        try (ClassifierAnswers answers = shared().answers(Precision.FLOAT32)) {
            assertTrue(answers.evaluate(OTHERS, 0).classes().stream().allMatch(score -> score.given() == OTHERS.size()));
            assertTrue(answers.evaluate(OTHERS, 1).classes().stream().allMatch(score -> score.given() == 0));
            assertEquals(answers.evaluate(OTHERS).figures().toJson(), answers.evaluate(OTHERS, 0.5).figures().toJson());
            refused("the threshold is 1.5; expected a probability, 0 to 1", () -> answers.evaluate(OTHERS, 1.5));
            refused("the threshold is NaN; expected a probability, 0 to 1", () -> answers.evaluate(OTHERS, Double.NaN));
            assertThrows(IllegalStateException.class, () -> answers.evaluate(OTHERS).confusion());
        }
    }

    @Test
    void aLabelThatTheModelDidNotSeeCannotBeLearned() throws IOException {
        LabelledText unseen = new LabelledText(new TreeSet<>(Set.of("体育", "宗教")), "球赛", "test.tsv, line 7");
        String message = "test.tsv, line 7 has the label \"宗教\", which the model did not see in its training; it knows "
                + String.join(", ", new TreeSet<>(TOPICS.keySet()));
        try (ClassifierAnswers answers = shared().answers(Precision.FLOAT32)) {
            refused("there are no texts to evaluate", () -> answers.evaluate(List.of()));
        }
        try (Classifier fresh = small(EXAMPLES).build()) {
            float[] before = Texts.parameters(fresh.model());
            refused(message, () -> fresh.train(List.of(EXAMPLES.get(0), unseen), List.of(), LabelledTexts.training(1)));
            assertEquals(List.of(), fresh.history());
            assertArrayEquals(before, Texts.parameters(fresh.model()));
        }
    }

    @Test
    void labelsOfACellAreReadOnceEachAndAnEmptyCellIsNone() throws IOException {
        Path file = Files.writeString(folder.resolve("data.tsv"), "ข่าว|समाचार | ข่าว\ta\n\tb\n  \tc\n|体育|\td\n|\te\na,b\tf\n");
        List<Set<String>> expected = List.of(Set.of("ข่าว", "समाचार"), Set.of(), Set.of(), Set.of("体育"), Set.of(), Set.of("a,b"));
        LabelledColumns columns = LabelledColumns.LABEL_THEN_TEXT.separator("|");
        assertEquals(expected, columns.read(file).stream().map(LabelledText::labels).collect(Collectors.toList()));
        assertEquals(file + ", line 2", columns.read(file).get(1).source());
        assertEquals(Set.of("a", "b"), LabelledColumns.LABEL_THEN_TEXT.separator(",").read(file).get(5).labels());
        Path other = Files.writeString(folder.resolve("other.tsv"), "text\ttopics\nx\t体育、新闻、 体育\ny\tone two\n");
        List<LabelledText> read = new LabelledColumns("topics", "text", true).separator("、").read(other);
        assertEquals(List.of(Set.of("体育", "新闻"), Set.of("one two")), read.stream().map(LabelledText::labels).collect(Collectors.toList()));
        assertEquals(Set.of("one", "two"), new LabelledColumns("topics", "text", true).separator(" ").read(other).get(1).labels());
        refused(file + ", line 2, column 1 is empty; expected text. Take the line out, or fill it in.",
                () -> LabelledColumns.LABEL_THEN_TEXT.read(file));
        Path empty = Files.writeString(folder.resolve("empty.tsv"), "a\tx\nb\t\n");
        refused(empty + ", line 2, column 2 is empty; expected text. Take the line out, or fill it in.", () -> columns.read(empty));
        refused("the separator of labels is \"\"; expected one character or more, no tab and no line break",
                () -> LabelledColumns.LABEL_THEN_TEXT.separator(""));
        refused("the separator of labels is \"\t\"; expected one character or more, no tab and no line break",
                () -> LabelledColumns.LABEL_THEN_TEXT.separator("\t"));
    }

    @Test
    void aTextKnowsItsOnlyLabelOrAllOfThem() {
        LabelledText several = new LabelledText(List.of("b", "a", "b"), "x");
        assertEquals(List.of("a", "b"), List.copyOf(several.labels()));
        assertEquals(several, new LabelledText(Set.of("a", "b"), "x"));
        assertEquals("the text \"x\" has the labels a, b; ask for its labels",
                assertThrows(IllegalStateException.class, several::label).getMessage());
        assertThrows(IllegalStateException.class, () -> new LabelledText(List.of(), "x").label());
        LabelledText one = new LabelledText("a", "x", "here");
        assertEquals("a", one.label());
        assertThrows(UnsupportedOperationException.class, () -> one.labels().add("b"));
        assertThrows(NullPointerException.class, () -> new LabelledText((String) null, "x"));
    }

    @Test
    void oneLabelAndOneTextAreEnough() throws IOException {
        List<LabelledText> one = List.of(new LabelledText(List.of("体育"), "球赛"));
        try (Classifier model = LabelledTexts.small(one).multiLabel(true).balanced().build()) {
            model.train(one, List.of(), LabelledTexts.training(60));
            try (ClassifierAnswers answers = model.answers(Precision.FLOAT32)) {
                assertTrue(answers.classify("球赛").get(0).probability() > 0.5);
                assertEquals(1, answers.evaluate(one).accuracy());
            }
        }
        refused("none of the 1 examples has a label; expected at least one. Is it the right column?",
                () -> Classifier.builder(List.of(new LabelledText(List.of(), "x"))));
        refused("there are no examples to learn classes from", () -> Classifier.builder(List.of()));
    }

    @Test
    void aClassifierOfOneLabelRefusesSeveral() throws IOException {
        List<LabelledText> mixed = List.of(new LabelledText("a", "x"), new LabelledText("b", "y"),
                new LabelledText(List.of("a", "b"), "z"));
        refused("the text \"z\" has the labels a, b; expected one label for each text. A classifier of several labels a text is made by"
                + " multiLabel(true)", () -> Classifier.builder(mixed).build());
        refused("the columns have a separator of labels, \"|\", and texts have one label; set multiLabel(true), or leave the separator out",
                () -> Classifier.builder(mixed.subList(0, 2)).columns(LabelledColumns.LABEL_THEN_TEXT.separator("|")).build());
        try (Classifier model = LabelledTexts.small(mixed.subList(0, 2)).build();
                ClassifierAnswers answers = model.answers(Precision.FLOAT32)) {
            assertThrows(IllegalArgumentException.class, () -> answers.evaluate(mixed));
            assertThrows(IllegalStateException.class, () -> answers.evaluate(mixed.subList(0, 2), 0.5));
            assertEquals(2, answers.evaluate(mixed.subList(0, 2)).confusion().examples());
        }
    }

    @Test
    void weightsOfRareLabelsMoveTheirProbabilities() throws IOException {
        List<LabelledText> uneven = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            uneven.add(new LabelledText(i < 3 ? List.of("rare", "always") : List.of("always"), "the tide"));
        }
        assertEquals(0.1, rare(LabelledTexts.small(uneven).multiLabel(true), uneven), 0.02);
        assertEquals(0.5, rare(LabelledTexts.small(uneven).balanced().multiLabel(true), uneven), 0.02);
        assertEquals(0.25, rare(LabelledTexts.small(uneven).multiLabel(true).classWeights(Map.of("rare", 3.0)), uneven), 0.02);
    }

    private static double rare(ClassifierBuilder builder, List<LabelledText> examples) throws IOException {
        try (Classifier model = builder.build()) {
            model.train(examples, List.of(), LabelledTexts.training(60).batch(30));
            try (ClassifierAnswers answers = model.answers(Precision.FLOAT32)) {
                return answers.classify("the tide").stream().filter(each -> each.label().equals("rare")).findFirst().orElseThrow()
                        .probability();
            }
        }
    }

    @Test
    void aSavedModelIsCompleteAndAStoppedTrainingGoesOnToTheBit() throws IOException {
        Path file = folder.resolve("parts.safetensors");
        try (Classifier straight = noisy(); Classifier stopped = noisy()) {
            straight.train(EXAMPLES, OTHERS, LabelledTexts.training(3));
            int[] steps = {0};
            stopped.train(EXAMPLES, OTHERS, LabelledTexts.training(3).checkpoint(file).stopWhen(() -> ++steps[0] > 25));
            List<LabelledText> changed = new ArrayList<>(EXAMPLES);
            changed.set(3, new LabelledText(TOPICS.keySet(), EXAMPLES.get(3).text()));
            try (Classifier resumed = Classifier.load(file)) {
                assertTrue(resumed.reading().multiLabel());
                assertEquals(Optional.of(";"), resumed.reading().columns().separator());
                assertThrows(IllegalArgumentException.class, () -> resumed.train(changed, OTHERS, LabelledTexts.training(3).continued()));
                resumed.train(EXAMPLES, OTHERS, LabelledTexts.training(3).continued());
                resumed.save(file);
            }
            for (Precision precision : Precision.values()) {
                try (ClassifierAnswers before = straight.answers(precision); ClassifierAnswers opened = Classifier.open(file, precision)) {
                    assertEquals(before.classify("球赛 and"), opened.classify("球赛 and"));
                    assertEquals(before.evaluate(OTHERS).figures().toJson(), opened.evaluate(OTHERS).figures().toJson());
                }
            }
        }
    }

    private static Classifier noisy() {
        return small(EXAMPLES).columns(LabelledColumns.TEXT_THEN_LABEL.separator(";")).dropout(0.2).wordDropout(0.1).build();
    }

    @Test
    void aFileWhoseNetworkHasAnotherKindOfLabelsIsRefused() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (Classifier several = small(EXAMPLES).build()) {
            String json = several.reading().toJson().toString();
            several.model().save(file, writer -> writer.metadata("task", Classifier.TASK).metadata("reading",
                    json.replace(",\"separator\":\"|\"", "")));
            String message = assertThrows(CheckpointException.class, () -> Classifier.load(file)).getMessage();
            assertTrue(message.contains("its graph's 'label' is an input of 4 REAL, PER_SEQUENCE; expected an input of ids"), message);
            assertNotEquals(json, json.replace(",\"separator\":\"|\"", ""));
        }
        try (Classifier one = LabelledTexts.small(LabelledTexts.orders(10, 1)).build()) {
            String json = one.reading().toJson().toString();
            one.model().save(file, writer -> writer.metadata("task", Classifier.TASK).metadata("reading",
                    json.replace("\"header\":false", "\"header\":false,\"separator\":\"|\"")));
            String message = assertThrows(CheckpointException.class, () -> Classifier.load(file)).getMessage();
            assertTrue(message.contains("expected an input of 2 floats, PER_SEQUENCE"), message);
        }
    }

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
