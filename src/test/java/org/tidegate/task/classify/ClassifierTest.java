package org.tidegate.task.classify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.Batch;
import org.tidegate.Cell;
import org.tidegate.Pooling;
import org.tidegate.Precision;
import org.tidegate.task.ExampleReading;
import org.tidegate.task.Tasks;
import org.tidegate.task.Texts;
import org.tidegate.text.Vocabulary;
import org.tidegate.text.WordVectors;
import org.tidegate.train.Training;

class ClassifierTest {
    private static final List<LabelledText> EXAMPLES = LabelledTexts.orders(80, 1);
    private static final List<LabelledText> OTHERS = LabelledTexts.orders(60, 2);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Pooling.class)
    void theOrderOfWordsIsLearnedWithEveryPoolingInOneAndInBothDirections(Pooling pooling) throws IOException {
        for (boolean bidirectional : new boolean[] {false, true}) {
            try (Classifier model = LabelledTexts.small(EXAMPLES).pooling(pooling).bidirectional(bidirectional).build()) {
                double before = evaluate(model, OTHERS).loss();
                model.train(EXAMPLES, List.of(), LabelledTexts.training(12));
                ClassifierEvaluation after = evaluate(model, OTHERS);
                assertTrue(after.accuracy() > 0.95 && after.loss() < before / 2, pooling + ", " + bidirectional + ": "
                        + after.accuracy());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RNN", "GRU", "LSTM"})
    void everyCellLearnsOneHotTokensInSeveralLayers(Cell cell) throws IOException {
        try (Classifier model = LabelledTexts.small(EXAMPLES).cell(cell).oneHot(true).layers(2).pooling(Pooling.LAST).build()) {
            model.train(EXAMPLES, List.of(), LabelledTexts.training(12).learningRate(1e-2));
            assertTrue(evaluate(model, OTHERS).accuracy() > 0.95, cell + ": " + evaluate(model, OTHERS).accuracy());
            assertTrue(model.model().spec().contains("one_hot tokens"), model.model().spec());
        }
    }

    @Test
    void charactersCanBeTheTokens() throws IOException {
        List<LabelledText> words = List.of(new LabelledText("vowel", "a"), new LabelledText("vowel", "ea"), new LabelledText("vowel",
                "oé"),
                new LabelledText("consonant", "tk"), new LabelledText("consonant", "s"), new LabelledText("consonant", "ßt"));
        try (Classifier model = LabelledTexts.small(words).unit(Vocabulary.Unit.CODE_POINT).build()) {
            model.train(words, List.of(), LabelledTexts.training(30));
            assertEquals("vowel", classify(model, "éa").get(0).label());
            assertEquals("consonant", classify(model, "kßs").get(0).label());
            assertEquals(9, model.reading().vocabulary().size());
        }
    }

    @Test
    void theLastStatesOfBothDirectionsSeeTheFirstWordOfALongText() throws IOException {
        List<LabelledText> examples = LabelledTexts.starts(40, 60, 1);
        double[] accuracy = new double[2];
        for (int both = 0; both < 2; both++) {
            for (int layers = 1; layers <= 2; layers++) {
                try (Classifier model = LabelledTexts.small(examples).cell(Cell.RNN).layers(layers).pooling(Pooling.LAST)
                        .bidirectional(both == 1).build()) {
                    model.train(examples, List.of(), LabelledTexts.training(4).learningRate(3e-3));
                    accuracy[both] = evaluate(model, LabelledTexts.starts(40, 60, 2)).accuracy();
                    assertTrue(both == 0 || accuracy[both] == 1, layers + " layers: " + accuracy[both]);
                }
            }
        }
        assertTrue(accuracy[0] < 0.9, "one direction learns it as well, so nothing was tested: " + accuracy[0]);
    }

    @Test
    void frozenVectorsStayAsTheyAreAndOthersAreTuned() throws IOException {
        Path file = Files.writeString(folder.resolve("vectors.txt"), "dog 1 0 0 2\ncat 0 1 0 -2\nhorse 0 0 1 0\n");
        WordVectors vectors = WordVectors.read(file);
        for (boolean frozen : new boolean[] {true, false}) {
            try (Classifier model = LabelledTexts.small(EXAMPLES).vectors(vectors, frozen).build()) {
                int dog = model.reading().vocabulary().id("dog");
                float[] before = model.model().parameter("embedding.weight").toArray();
                assertArrayEquals(new float[] {1, 0, 0, 2}, Arrays.copyOfRange(before, 4 * dog, 4 * dog + 4));
                assertEquals(4 * model.reading().vocabulary().size(), before.length);
                double logits = model.model().parameter("logits.weight").toArray()[0];
                model.train(EXAMPLES, List.of(), LabelledTexts.training(8));
                float[] after = model.model().parameter("embedding.weight").toArray();
                assertEquals(frozen, Arrays.equals(before, after));
                assertFalse(logits == model.model().parameter("logits.weight").toArray()[0], "nothing was trained");
                assertTrue(evaluate(model, OTHERS).accuracy() > 0.9);
            }
        }
    }

    @Test
    void tokensWithoutAVectorBeginWithTheDeviationOfThoseThatHaveOne() throws IOException {
        StringBuilder text = new StringBuilder("dog");
        for (int i = 0; i < 200; i++) {
            text.append(i % 2 == 0 ? " 0.01" : " -0.01");
        }
        WordVectors vectors = WordVectors.read(Files.writeString(folder.resolve("vectors.txt"), text + "\n"));
        try (Classifier model = LabelledTexts.small(EXAMPLES).vectors(vectors, false).build()) {
            float[] weights = model.model().parameter("embedding.weight").toArray();
            int cat = model.reading().vocabulary().id("cat");
            double squares = 0;
            for (int c = 0; c < 200; c++) {
                squares += weights[200 * cat + c] * weights[200 * cat + c];
            }
            assertEquals(0.01, Math.sqrt(squares / 200), 0.002);
        }
    }

    @Test
    void classWeightsMoveTheAnswers() throws IOException {
        List<LabelledText> uneven = new ArrayList<>(Collections.nCopies(27, new LabelledText("common", "the tide")));
        uneven.addAll(Collections.nCopies(3, new LabelledText("rare", "the tide")));
        Training training = LabelledTexts.training(40).batch(30);
        assertEquals(0.1, rare(LabelledTexts.small(uneven), uneven, training), 0.02);
        assertEquals(0.5, rare(LabelledTexts.small(uneven).balanced(), uneven, training), 0.02);
        assertEquals(0.25, rare(LabelledTexts.small(uneven).classWeights(Map.of("rare", 3.0)), uneven, training), 0.02);
    }

    private static double rare(ClassifierBuilder builder, List<LabelledText> examples, Training training) throws IOException {
        try (Classifier model = builder.build()) {
            model.train(examples, List.of(), training);
            return classify(model, "the tide").stream().filter(each -> each.label().equals("rare")).findFirst().orElseThrow()
                    .probability();
        }
    }

    @Test
    void theWordsThatOneEpochDropsAreThereInTheNext() {
        try (Classifier model = LabelledTexts.small(EXAMPLES).wordDropout(0.9).build()) {
            ExampleReading.Filler<LabelledText> filler = model.reading().filler(EXAMPLES);
            Batch batch = model.model().newBatch();
            List<LabelledText> some = EXAMPLES.subList(0, 8);
            model.reading().fill(batch, some);
            IntBuffer all = copy(batch);
            filler.fill(batch.clear(), some, new Random(1));
            IntBuffer dropped = copy(batch);
            filler.fill(batch.clear(), some, new Random(2));
            IntBuffer again = copy(batch);
            filler.fill(batch.clear(), some, new Random(1));
            assertEquals(dropped, copy(batch));
            assertNotEquals(dropped, again);
            assertTrue(IntStream.range(0, all.limit()).anyMatch(i -> dropped.get(i) != all.get(i) && again.get(i) == all.get(i)));
        }
    }

    private static IntBuffer copy(Batch batch) {
        IntBuffer ids = batch.writableIds(ClassifierReading.TOKENS);
        return IntBuffer.allocate(ids.limit()).put(0, ids, 0, ids.limit());
    }

    @Test
    void wordDropoutTeachesTheUnknownTokenAndNothingElseDoes() throws IOException {
        for (double share : new double[] {0, 0.3}) {
            try (Classifier model = LabelledTexts.small(EXAMPLES).wordDropout(share).build()) {
                float[] before = unknown(model);
                model.train(EXAMPLES, List.of(), LabelledTexts.training(1).optimizer("sgd"));
                assertEquals(share == 0, Arrays.equals(before, unknown(model)));
            }
        }
    }

    private static float[] unknown(Classifier model) {
        assertEquals(0, model.reading().vocabulary().unknownId());
        return Arrays.copyOf(model.model().parameter("embedding.weight").toArray(), 8);
    }

    @Test
    void lowerCaseAndMinimumCountDecideWhatIsKnown() {
        List<LabelledText> texts = List.of(new LabelledText("a", "The tide"), new LabelledText("b", "the gate"));
        try (Classifier model = LabelledTexts.small(texts).build();
                Classifier lower = LabelledTexts.small(texts).lowerCase(true).minimumCount(2).build()) {
            assertEquals(5, model.reading().vocabulary().size());
            assertEquals(2, lower.reading().vocabulary().size());
            assertEquals(classify(lower, "THE"), classify(lower, "the"));
        }
    }

    @Test
    void theProbabilitiesAreSortedAndSumUpToOne() {
        List<LabelledText> three = List.of(new LabelledText("c", "x"), new LabelledText("a", "y"), new LabelledText("b", "z"));
        try (Classifier model = LabelledTexts.small(three).build()) {
            assertEquals(List.of("a", "b", "c"), model.reading().labels());
            List<LabelProbability> answers = classify(model, "y x");
            assertEquals(3, answers.size());
            assertEquals(1, answers.stream().mapToDouble(LabelProbability::probability).sum(), 1e-9);
            assertTrue(answers.get(0).probability() >= answers.get(1).probability());
            assertTrue(answers.get(1).probability() >= answers.get(2).probability());
        }
    }

    @Test
    void aTextGetsTheSameAnswerAloneAndAmongOthers() throws IOException {
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            model.train(EXAMPLES, List.of(), LabelledTexts.training(2));
            double alone = 0;
            int right = 0;
            for (LabelledText each : OTHERS) {
                List<LabelProbability> answers = classify(model, each.text());
                right += answers.get(0).label().equals(each.label()) ? 1 : 0;
                alone -= Math.log(answers.stream().filter(a -> a.label().equals(each.label())).findFirst().orElseThrow()
                        .probability());
            }
            ClassifierEvaluation together = evaluate(model, OTHERS);
            assertEquals(alone / OTHERS.size(), together.loss(), 1e-12);
            assertEquals((double) right / OTHERS.size(), together.accuracy());
            try (ClassifierAnswers answers = model.answers(Precision.FLOAT32)) {
                assertEquals(together.loss(), answers.loss(OTHERS), 1e-5);
            }
            assertEquals(together.loss(), evaluate(model, OTHERS, 2, Precision.FLOAT32).loss());
            assertEquals(together.loss(), evaluate(model, OTHERS, 1, Precision.INT8).loss(), 0.05);
        }
    }

    @Test
    void theSameSeedGivesTheSameBits() throws IOException {
        assertArrayEquals(trained(5), trained(5));
        assertFalse(Arrays.equals(trained(5), trained(6)));
    }

    private static float[] trained(long seed) throws IOException {
        try (Classifier model = noisy(seed)) {
            model.train(EXAMPLES, List.of(), LabelledTexts.training(2).seed(seed));
            return Texts.parameters(model.model());
        }
    }

    private static Classifier noisy(long seed) {
        return LabelledTexts.small(EXAMPLES).dropout(0.3).embeddingDropout(0.2).wordDropout(0.2).balanced().seed(seed).build();
    }

    @Test
    void aTrainingThatStoppedGoesOnToTheBit() throws IOException {
        Path whole = folder.resolve("whole.safetensors");
        Path parts = folder.resolve("parts.safetensors");
        try (Classifier model = noisy(3)) {
            model.train(EXAMPLES, OTHERS, LabelledTexts.training(3).checkpoint(whole));
        }
        long[] made = {0};
        for (int stop : new int[] {4, 17, 1000}) {
            try (Classifier model = stop == 4 ? noisy(3) : Classifier.load(parts)) {
                made[0] = stop == 4 ? 0 : made[0];
                model.train(EXAMPLES, OTHERS, training(stop == 4).checkpoint(parts).stopWhen(() -> ++made[0] >= stop));
            }
        }
        try (Classifier a = Classifier.load(whole); Classifier b = Classifier.load(parts)) {
            assertArrayEquals(Texts.parameters(a.model()), Texts.parameters(b.model()));
            assertEquals(a.history().stream().map(point -> point.validationLoss()).toList(),
                    b.history().stream().map(point -> point.validationLoss()).toList());
            assertEquals(3, a.history().size());
        }
    }

    private static Training training(boolean fresh) {
        return fresh ? LabelledTexts.training(3) : LabelledTexts.training(3).continued();
    }

    private static List<LabelProbability> classify(Classifier model, String text) {
        try (ClassifierAnswers answers = model.answers(Precision.FLOAT32)) {
            return answers.classify(text);
        }
    }

    private static ClassifierEvaluation evaluate(Classifier model, List<LabelledText> examples) {
        return evaluate(model, examples, 1, Precision.FLOAT32);
    }

    private static ClassifierEvaluation evaluate(Classifier model, List<LabelledText> examples, int threads, Precision precision) {
        try (ClassifierAnswers answers = model.answers(precision, threads)) {
            return answers.evaluate(examples);
        }
    }

    @Test
    void theSameModelHasTheSameBytes() throws IOException {
        Path file = folder.resolve("model.safetensors");
        Path again = folder.resolve("again.safetensors");
        try (Classifier model = LabelledTexts.small(EXAMPLES).build()) {
            model.save(file);
            try (Classifier loaded = Classifier.load(file)) {
                loaded.save(again);
            }
        }
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again));
    }

    @Test
    void aSavedModelIsComplete() throws IOException {
        Path file = folder.resolve("model.safetensors");
        LabelledColumns columns = new LabelledColumns("rating", "review", true);
        try (Classifier model = LabelledTexts.small(EXAMPLES).lowerCase(true).wordDropout(0.25).columns(columns).build()) {
            model.train(EXAMPLES, List.of(), LabelledTexts.training(1));
            model.save(file);
            try (Classifier loaded = Classifier.load(file)) {
                assertEquals(classify(model, "the dog and the cat"), classify(loaded, "the dog and the cat"));
                assertEquals(model.reading().labels(), loaded.reading().labels());
                assertEquals(model.reading().vocabulary(), loaded.reading().vocabulary());
                assertEquals(columns, loaded.reading().columns());
                assertTrue(loaded.reading().lowerCase());
                assertEquals(0.25, loaded.reading().wordDropout());
                assertEquals(Classifier.TASK, Tasks.task(file));
            }
        }
    }
}
