package org.tidegate.task.translate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tidegate.Messages.assertMessage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.Batch;
import org.tidegate.Cell;
import org.tidegate.FrozenModel;
import org.tidegate.Model;
import org.tidegate.NodeSpec;
import org.tidegate.Precision;
import org.tidegate.Session;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.TeacherForcing;
import org.tidegate.metrics.Bleu;
import org.tidegate.task.Figures;
import org.tidegate.task.Tasks;
import org.tidegate.task.Texts;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Schedule;
import org.tidegate.train.Training;

/** Translation of a made-up language whose words are others, in the opposite order: a decoder has to look back, ever farther. */
class TranslatorTest {
    private static final String[] SOURCE = {"ba", "ce", "di", "fo", "gu", "ha", "je", "ki"};
    private static final String[] TARGET = {"Onu", "Édi", "Œri", "Qua", "Cin", "Sei", "Set", "Oto"};
    private static final BeamSearch BEAM = BeamSearch.of(5).best(4);

    /** A model that has learned something, for the tests that only ask. */
    private static Translator learned;
    private static TranslatorAnswers answers;

    @TempDir
    Path folder;

    @BeforeAll
    static void learn() throws IOException {
        List<SentencePair> examples = pairs(300, 2, 5, 1);
        learned = translator(examples, Attention.DOT, Cell.GRU);
        learned.train(examples, training(3));
        answers = learned.answers(Precision.FLOAT32);
    }

    @AfterAll
    static void close() {
        answers.close();
        learned.close();
    }

    private static List<SentencePair> pairs(int count, int shortest, int longest, long seed) {
        Random random = new Random(seed);
        List<SentencePair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<String> source = new ArrayList<>();
            List<String> target = new ArrayList<>();
            int length = shortest + random.nextInt(longest - shortest + 1);
            for (int j = 0; j < length; j++) {
                int word = random.nextInt(SOURCE.length);
                source.add(SOURCE[word]);
                target.add(0, TARGET[word]);
            }
            pairs.add(new SentencePair(String.join(" ", source) + ".", String.join(" ", target) + "\u202f!"));
        }
        return pairs;
    }

    private static List<String> sources(List<SentencePair> pairs) {
        return pairs.stream().map(SentencePair::source).toList();
    }

    private static Translator translator(List<SentencePair> pairs, Attention attention, Cell cell) {
        return Translator.builder(pairs).attention(attention).cell(cell).encoder(16).hidden(32).embedding(16).dropout(0.05).tied(false)
                .seed(2).build();
    }

    private static Training training(double epochs) {
        return Training.epochs(epochs).batch(16).learningRate(0.01).clipNorm(1).seed(3);
    }

    private static double loss(Translator model, List<SentencePair> pairs) {
        try (TranslatorAnswers now = model.answers(Precision.FLOAT32)) {
            return now.loss(pairs);
        }
    }

    /** A training whose held-out losses were smoothed, as once all were, goes on with such: they compare. */
    @Test
    void aTrainingGoesOnWithTheHeldOutLossThatItBeganWith() throws IOException {
        List<SentencePair> examples = pairs(100, 3, 4, 1);
        List<SentencePair> others = pairs(30, 3, 4, 2);
        Path file = folder.resolve("now.safetensors");
        Path before = folder.resolve("before.safetensors");
        Training one = training(1).schedule(Schedule.constant());
        double first;
        try (Translator model = Translator.builder(examples).encoder(8).hidden(16).embedding(8).seed(2).build()) {
            first = model.train(examples, others, one).bestLoss();
            assertEquals(loss(model, others), first, 1e-4);
            model.save(file);
        }
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertTrue(bytes.contains("\"held_out_loss\""));
        Files.writeString(before, bytes.replace("\"held_out_loss\"", "\"of_another_id\""), StandardCharsets.ISO_8859_1);
        for (Path each : List.of(file, before)) {
            boolean old = each.equals(before);
            for (int load = 0; load < 2; load++) { // it stays so in the file that is saved then
                try (Translator model = Translator.load(each)) {
                    assertEquals(old, model.hasSmoothedHistory());
                    model.train(examples, others, training(2 + load).schedule(Schedule.constant()).continued());
                    double found = model.history().get(1 + load).validationLoss();
                    double plain = loss(model, others);
                    assertTrue(old ? found > plain + 0.01 : Math.abs(found - plain) < 1e-4, found + " and " + plain);
                    model.save(each);
                }
            }
            try (Translator model = Translator.load(each)) {
                model.train(examples, others, one);
                assertFalse(model.hasSmoothedHistory());
            }
        }
    }

    @Test
    void aNullWordIsNamed() {
        for (Executable asked : List.<Executable>of(() -> answers.attention("ba ce.", Arrays.asList("onu", null)),
                () -> learned.attention("ba ce.", Arrays.asList("onu", null)))) {
            assertEquals("a word of the translation is null", assertThrows(NullPointerException.class, asked).getMessage());
        }
    }

    @Test
    void attentionLearnsWhatAStateAloneCannotHold() throws IOException {
        List<SentencePair> examples = pairs(500, 4, 7, 1);
        List<SentencePair> others = pairs(60, 4, 7, 2);
        try (Translator model = translator(examples, Attention.GENERAL, Cell.LSTM);
                Translator state = translator(examples, Attention.NONE, Cell.LSTM)) {
            model.train(examples, training(10));
            state.train(examples, training(10));
            try (TranslatorAnswers looking = model.answers(Precision.FLOAT32); TranslatorAnswers blind = state.answers(Precision.FLOAT32)) {
                double with = looking.evaluate(others).bleu().score();
                double without = blind.evaluate(others).bleu().score();
                assertTrue(with > 90, "BLEU " + with);
                assertTrue(with > without + 10, "BLEU " + with + " with attention, " + without + " without");
                assertTrue(looking.hasAttention());
                assertFalse(blind.hasAttention());
                SentencePair pair = others.get(0);
                Translation found = looking.translate(pair.source());
                assertEquals(TranslatorReading.words(pair.target()), found.words());
                assertLooksBackwards(model.attention(pair.source(), found.words()));
                assertThrows(IllegalStateException.class, () -> state.attention(pair.source(), found.words()));
            }
        }
    }

    /** Word i comes from the i-th from the end (before the full stop), and there it must have looked. */
    private static void assertLooksBackwards(double[][] weights) {
        int length = weights.length - 2;
        int right = 0;
        for (int i = 0; i < length; i++) {
            double[] row = weights[i];
            assertEquals(length + 2, row.length);
            assertEquals(1, Arrays.stream(row).sum(), 1e-5);
            int top = IntStream.range(0, row.length).boxed().max((a, b) -> Double.compare(row[a], row[b])).orElseThrow();
            // A state of the encoder knows its neighbours, too.
            right += Math.abs(top - (length - 1 - i)) <= 1 ? 1 : 0;
        }
        assertTrue(right >= length - 1, right + " of " + length + " looks: " + Arrays.deepToString(weights));
    }

    @Test
    void wordsThatWereNeverSeenAreSpelledAndBleuCountsWords() throws IOException {
        List<SentencePair> examples = pairs(300, 1, 3, 1);
        try (Translator model = Translator.builder(examples).unit(Vocabulary.Unit.BPE).maximumSize(300).encoder(16).hidden(32)
                .embedding(16).dropout(0.05).tied(false).seed(2).build()) {
            model.train(examples, training(20));
            Path file = folder.resolve("spelled.safetensors");
            model.save(file);
            try (TranslatorAnswers spelled = Translator.open(file, Precision.FLOAT32)) {
                assertEquals("token", spelled.reading().target());
                Translation found = spelled.translate("Ba ce.");
                assertEquals("édi onu\u202f!", found.text());
                assertEquals(" " + found.text(), String.join("", found.words()));
                assertEquals(found.words(), spelled.reading().targetTokens("Édi Onu\u202f!"));
                double[][] looks = spelled.attention("Ba ce.", found.words());
                assertEquals(found.words().size() + 1, looks.length);
                assertEquals(spelled.reading().sourceTokens("Ba ce.").size() + 1, looks[0].length);
                String strange = "\u732b zyx.";
                assertEquals(" " + strange, spelled.reading().sourceVocabulary().decode(
                        spelled.reading().sourceVocabulary().encodeTokens(spelled.reading().sourceTokens(strange))));
                assertFalse(spelled.translate(strange).words().contains("<unk>"));
                Bleu bleu = new Bleu();
                examples.forEach(pair -> bleu.add(TranslatorReading.words(spelled.translate(pair.source()).text()),
                        TranslatorReading.words(pair.target())));
                assertEquals(bleu.score(), spelled.evaluate(examples).bleu().score(), 1e-9);
                assertTrue(bleu.score() > 60, () -> "BLEU " + bleu.score());
            }
        }
    }

    /** Words that occur once, and stand at one place in both sentences. */
    private static List<SentencePair> names(int count) {
        return IntStream.range(0, count).mapToObj(i -> new SentencePair((i % 2 == 0 ? "ba ce " : "di ce ") + "n" + i + " fo.",
                (i % 2 == 0 ? "Onu Édi " : "Œri Édi ") + "N" + i + " Qua.")).toList();
    }

    @Test
    void wordsThatAreNotKnownAreCopiedFromWhereTheDecoderLookedMost() throws IOException {
        List<SentencePair> examples = names(200);
        SentencePair strange = new SentencePair("Di ce Zyx fo.", "Œri Édi zyx Qua.");
        List<String> sentences = List.of("Ba ce.", strange.source(), examples.get(0).source());
        for (Attention attention : Attention.values()) {
            for (boolean copied : new boolean[] {true, false}) {
                try (Translator model = Translator.builder(examples).attention(attention).copied(copied).encoder(16).hidden(32)
                        .embedding(16).dropout(0).seed(2).build()) {
                    model.train(examples, training(10));
                    model.save(folder.resolve("copied"));
                }
                try (TranslatorAnswers opened = Translator.open(folder.resolve("copied"), Precision.FLOAT32)) {
                    boolean copies = copied && attention != Attention.NONE;
                    assertEquals(copies, opened.reading().copied(), attention + " " + copied);
                    assertEquals(copies, opened.reading().toJson().has("copied"), "earlier models have no such key, and write <unk>");
                    List<Translation> found = opened.translate(sentences, BEAM).stream().map(some -> some.get(0)).toList();
                    List<String> words = found.get(1).words();
                    assertEquals(!copies, words.contains("<unk>"), attention + " " + words);
                    Figures figures = opened.evaluate(List.of(strange)).figures();
                    assertEquals(copies ? 0 : 1, figures.number("unknown_words"));
                    if (copies && attention != Attention.BAHDANAU) {
                        assertEquals(TranslatorReading.words(strange.target()), words, attention.toString());
                        assertEquals("œri édi zyx qua.", found.get(1).text());
                        assertEquals("onu édi n0 qua.", found.get(2).text());
                        assertEquals(100, figures.number("bleu"), 1e-9);
                    }
                    for (int i = 0; i < sentences.size(); i++) {
                        assertEquals(found.get(i), opened.translate(List.of(sentences.get(i)), BEAM).get(0).get(0), "alone as among others");
                    }
                }
            }
        }
    }

    @Test
    void heldOutLossesAreOfTheRightWordsWhateverTrainingSmooths() throws IOException {
        List<SentencePair> examples = pairs(100, 1, 3, 1);
        List<SentencePair> others = pairs(30, 1, 3, 2);
        List<Double> losses = new ArrayList<>();
        for (double smoothing : new double[] {0, 0.3}) {
            try (Translator model = Translator.builder(examples).labelSmoothing(smoothing).encoder(8).hidden(16).embedding(8).build()) {
                double validated = model.train(examples, others, training(6).every(6).keep(Training.Keep.LAST)).history().get(0)
                        .validationLoss();
                losses.add(validated);
                assertEquals(validated, loss(model, others), 1e-5);
                double nats = 0;
                double words = 0;
                try (Session session = model.model().newSession()) {
                    Batch batch = model.model().newBatch();
                    for (SentencePair pair : others) {
                        batch.clear();
                        model.reading().fill(batch, List.of(pair));
                        session.forward(batch);
                        float[] logits = session.output("logits").toArray();
                        int[] right = model.reading().target(TranslatorReading.words(pair.target()));
                        int size = model.reading().targetVocabulary().size();
                        for (int step = 0; step < right.length; step++) {
                            double sum = 0;
                            for (int id = 0; id < size; id++) {
                                sum += Math.exp(logits[step * size + id]);
                            }
                            nats += Math.log(sum) - logits[step * size + right[step]];
                        }
                        words += right.length;
                    }
                }
                assertEquals(nats / words, validated, 1e-4);
            }
        }
        assertNotEquals(losses.get(0), losses.get(1), 1e-3);
    }

    @Test
    void theWordThatTheSentencesLackIsCopiedOnceToARow() {
        double[][] weights = {{0.2, 0.7, 0.1}, {0.1, 0.3, 0.6}, {0.5, 0.3, 0.2}, {0.1, 0.8, 0.1}, {0, 0, 1}};
        String unknown = Vocabulary.UNKNOWN;
        Vocabulary none = Vocabulary.builder(Vocabulary.Unit.WORD_PART).add("x a").build();
        Vocabulary first = Vocabulary.builder(Vocabulary.Unit.WORD_PART).add("x b").build();
        CopiedWords copied = new CopiedWords(List.of("b", "c"), none);
        assertEquals(List.of("c", "x", "c"), copied.in(List.of(unknown, unknown, "x", unknown), weights), "the end token is no word");
        assertEquals(List.of("c", "b", "c"), copied.in(List.of(unknown, unknown, unknown, unknown), weights));
        assertEquals(List.of("c"), new CopiedWords(List.of("b", "c"), first).in(List.of(unknown, unknown, unknown, unknown), weights),
                "what is known was translated");
        assertEquals(List.of("a"), new CopiedWords(List.of("a", "."), none).in(List.of(unknown), weights), "a sign is no word");
    }

    @ParameterizedTest
    @EnumSource(Attention.class)
    void everyAttentionLearnsWithEveryCell(Attention attention) throws IOException {
        List<SentencePair> examples = pairs(300, 1, 3, 1);
        for (Cell cell : List.of(Cell.LSTM, Cell.GRU)) {
            try (Translator model = translator(examples, attention, cell)) {
                double before = loss(model, examples);
                model.train(examples, training(5));
                assertTrue(loss(model, examples) < before / 3, cell + ": from " + before + " to " + loss(model, examples));
                assertScoresAreLogProbabilities(model, attention != Attention.NONE);
            }
        }
    }

    /** What the whole network says by the port of its attention, which is there where it is asked for. */
    private static float[] byThePort(Translator translator, Precision precision, String sentence, List<String> words) {
        TranslatorReading reading = translator.reading();
        int[] read = reading.source(sentence);
        int[] written = TeacherForcing.inputs(reading.targetVocabulary(), reading.target(words));
        List<NodeSpec> nodes = translator.model().nodes().stream()
                .map(node -> node.name().equals("attention") ? node.with("weights", Integer.toString(read.length)) : node).toList();
        try (Model whole = Model.of(nodes, 0)) {
            translator.model().parameters().forEach(parameter -> whole.parameter(parameter.name()).set(parameter.toArray()));
            try (FrozenModel frozen = whole.freeze(precision); Session session = frozen.newSession()) {
                Batch batch = frozen.newBatch().lengths("target", written.length).ids("words", written);
                reading.fillSources(batch, List.of(read));
                session.forward(batch);
                return session.output("attention.weights").toArray();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Attention.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void theWeightsAreThoseOfTheNetworkInEveryPrecisionAloneAndAmongOthers(Attention attention) {
        List<String> sentences = sources(pairs(9, 1, 9, 6));
        for (Cell cell : List.of(Cell.LSTM, Cell.GRU)) {
            try (Translator model = translator(pairs(300, 1, 3, 1), attention, cell)) {
                for (Precision precision : Precision.values()) {
                    try (TranslatorAnswers frozen = model.answers(precision)) {
                        List<List<String>> words = frozen.translate(sentences, BEAM.best(1)).stream()
                                .map(found -> found.get(0).words()).toList();
                        List<double[][]> together = frozen.attention(sentences, words);
                        for (int i = 0; i < sentences.size(); i++) {
                            double[][] weights = together.get(i);
                            float[] expected = byThePort(model, precision, sentences.get(i), words.get(i));
                            assertEquals(words.get(i).size() + 1, weights.length);
                            double[] flat = Arrays.stream(weights).flatMapToDouble(Arrays::stream).toArray();
                            assertArrayEquals(IntStream.range(0, expected.length).mapToDouble(k -> expected[k]).toArray(), flat,
                                    cell + " " + precision + ", sentence " + i);
                            assertTrue(Arrays.deepEquals(weights, frozen.attention(sentences.get(i), words.get(i))));
                            for (double[] row : weights) {
                                assertEquals(TranslatorReading.words(sentences.get(i)).size() + 1, row.length);
                                assertEquals(1, Arrays.stream(row).sum(), 1e-5);
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void weightsAreRefusedWhereThereAreNone() {
        try (Translator model = translator(pairs(20, 1, 3, 1), Attention.NONE, Cell.GRU);
                TranslatorAnswers blind = model.answers(Precision.FLOAT32)) {
            assertThrows(IllegalStateException.class, () -> blind.attention("ba.", List.of("onu")));
            assertThrows(IllegalArgumentException.class, () -> answers.attention(List.of("ba", "ce"), List.of(List.of("onu"))));
            assertThrows(IllegalArgumentException.class, () -> answers.attention(" ", List.of("onu")));
        }
    }

    private static void assertScoresAreLogProbabilities(Translator model, boolean attention) {
        try (TranslatorAnswers now = model.answers(Precision.FLOAT32)) {
            assertEquals(attention, now.hasAttention());
            for (SentencePair pair : pairs(5, 2, 4, 8)) {
                Translation found = now.translate(List.of(pair.source()), BeamSearch.of(3).lengthNormalization(1)).get(0).get(0);
                int words = found.words().size() + 1;
                double loss = now.loss(List.of(new SentencePair(pair.source(), String.join(" ", found.words()))));
                assertEquals(-loss * words, found.logProbability(), 1e-3);
                assertEquals(-loss, found.score(), 1e-3);
                if (attention) {
                    double[][] weights = model.attention(pair.source(), found.words());
                    assertEquals(words, weights.length);
                    for (double[] row : weights) {
                        assertEquals(1, Arrays.stream(row).sum(), 1e-5);
                    }
                }
            }
        }
    }

    @Test
    void sizesThatDifferAndSeveralLayersAreBridged() throws IOException {
        List<SentencePair> examples = pairs(300, 1, 3, 1);
        try (Translator model = Translator.builder(examples).encoder(10).hidden(24).layers(2).embedding(12).dropout(0).tied(false)
                .build()) {
            double before = loss(model, examples);
            model.train(examples, training(12));
            double after = loss(model, pairs(50, 1, 3, 9));
            assertTrue(after < before / 3, "from " + before + " to " + after);
        }
    }

    @Test
    void theEmbeddingsMayBeTheWeightsOfTheScores() throws IOException {
        List<SentencePair> examples = pairs(300, 1, 3, 1);
        for (int embedding : new int[] {12, 24}) {
            TranslatorBuilder builder = Translator.builder(examples).encoder(12).hidden(24).embedding(embedding).dropout(0);
            try (Translator model = builder.tied(true).build()) {
                assertFalse(model.model().parameters().stream().anyMatch(parameter -> parameter.name().equals("logits.weight")));
                double before = loss(model, examples);
                model.train(examples, training(30));
                double after = loss(model, pairs(50, 1, 3, 9));
                assertTrue(after < before / 3, "from " + before + " to " + after);
                model.save(folder.resolve("tied"));
                try (Translator loaded = Translator.load(folder.resolve("tied"))) {
                    assertEquals(after, loss(loaded, pairs(50, 1, 3, 9)), 0);
                }
            }
        }
    }

    @Test
    void theBeamFindsWhatIsAtLeastAsLikelyAndOtherTranslations() {
        List<String> sentences = sources(pairs(40, 2, 6, 4));
        List<List<Translation>> greedy = answers.translate(sentences, BeamSearch.greedy());
        List<List<Translation>> beams = answers.translate(sentences, BEAM);
        double better = 0;
        for (int i = 0; i < sentences.size(); i++) {
            List<Translation> found = beams.get(i);
            assertEquals(4, found.stream().map(Translation::words).distinct().count());
            for (int j = 1; j < 4; j++) {
                assertTrue(found.get(j - 1).score() >= found.get(j).score());
            }
            better += found.get(0).logProbability() - greedy.get(i).get(0).logProbability();
            assertEquals(greedy.get(i).get(0), answers.translate(sentences.get(i)), "alone as among others");
            assertEquals(found, answers.translate(List.of(sentences.get(i)), BEAM).get(0));
        }
        assertTrue(better > 0, "log probability of the beam above greedy: " + better);
    }

    @Test
    void theFiguresAreThoseOfTheMeasurementInItsPrecisionAndSearch() {
        List<SentencePair> others = pairs(40, 2, 5, 6);
        TranslatorEvaluation whole = answers.evaluate(others);
        try (TranslatorAnswers small = learned.answers(Precision.INT8)) {
            TranslatorEvaluation rounded = small.evaluate(others, BEAM);
            assertEquals(whole.loss(), rounded.loss(), 0.05);
            assertNotEquals(whole.loss(), rounded.loss());
            assertEquals(rounded.bleu().score(), rounded.figures().toJson().number("bleu"));
            assertEquals(rounded.loss(), rounded.figures().toJson().number("loss"));
            assertEquals("int8", rounded.figures().toJson().string("precision"));
            assertEquals(5, rounded.figures().toJson().integer("beam"));
        }
    }

    @Test
    void theFileIsComplete() throws IOException {
        Path file = folder.resolve("model.safetensors");
        learned.save(file);
        try (TranslatorAnswers opened = Translator.open(file, Precision.FLOAT32)) {
            List<String> sentences = List.of("Ba ce di.", "KI", "was ist das?");
            assertEquals(answers.translate(sentences, BEAM), opened.translate(sentences, BEAM));
            assertEquals(learned.reading(), opened.reading());
            assertEquals(Translator.TASK, Tasks.task(file));
        }
    }

    @Test
    void aFileWithAnotherReadingIsRefused() throws IOException {
        Path file = folder.resolve("model.safetensors");
        String reading = learned.reading().toJson().toString();
        assertRefused(file, reading.replace("\"maximum_length\":", "\"length\":"), "\"length\" is not known");
        assertRefused(file, reading.replaceFirst("\"maximum_length\":\\d+", "\"maximum_length\":0"), "the maximum length is 0");
        assertRefused(file, reading.replaceFirst("\"maximum_length\":\\d+", "\"maximum_length\":\"a\""), "\"maximum_length\" is \"a\"");
        assertRefused(file, reading.replaceFirst("\"ki\"", "\"ki\",\"lo\""), "its node 'read' has rows for");
        assertRefused(file, reading.replaceFirst("\"oto\"", "\"oto\",\"nov\""), "its node 'written' has rows for");
    }

    private static void assertRefused(Path file, String reading, String part) throws IOException {
        learned.model().save(file, writer -> writer.metadata("task", Translator.TASK).metadata("reading", reading));
        String message = assertThrows(CheckpointException.class, () -> Translator.load(file)).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void aTrainingThatStoppedGoesOnToTheBit() throws IOException {
        List<SentencePair> examples = pairs(120, 1, 5, 1);
        Path file = folder.resolve("model.safetensors");
        try (Translator whole = translator(examples, Attention.GENERAL, Cell.LSTM);
                Translator again = translator(examples, Attention.GENERAL, Cell.LSTM);
                Translator half = translator(examples, Attention.GENERAL, Cell.LSTM)) {
            Training training = training(3).validation(0.15);
            whole.train(examples, training);
            again.train(examples, training);
            assertArrayEquals(Texts.parameters(whole.model()), Texts.parameters(again.model()));
            assertFalse(Double.isNaN(whole.history().get(0).validationLoss()), "nothing was held out");
            int[] steps = {0};
            half.train(examples, training.stopWhen(() -> steps[0]++ > 9).checkpoint(file));
            try (Translator resumed = Translator.load(file)) {
                List<SentencePair> reversed = new ArrayList<>(examples);
                Collections.reverse(reversed);
                assertMessage("its training data was", () -> resumed.train(reversed, training.continued()));
                resumed.train(examples, training.continued());
                assertArrayEquals(Texts.parameters(whole.model()), Texts.parameters(resumed.model()));
            }
        }
    }

    @Test
    void unknownWordsAreReadAndWritten() {
        List<SentencePair> examples = List.of(new SentencePair("I am.", "Je suis."), new SentencePair("I was.", "Je fus."));
        try (Translator model = Translator.builder(examples).encoder(4).hidden(8).embedding(4).build();
                TranslatorAnswers untrained = model.answers(Precision.FLOAT32)) {
            assertEquals(Set.of("i", "."), Set.of(model.reading().sourceVocabulary().token(3), model.reading().sourceVocabulary().token(4)),
                    "the others occur once");
            assertTrue(untrained.translate("Who are you?").words().size() <= 5, "one and a half times the longest translation");
            assertEquals(0, untrained.evaluate(List.of(new SentencePair("I am.", "X y z w v."))).bleu().score());
        }
    }

    @Test
    void pairsAreReadFromFiles() throws IOException {
        Path one = Files.writeString(folder.resolve("one.tsv"), "I am.\tJe suis.\nI was.\tJe fus.\n");
        Path two = Files.writeString(folder.resolve("two.tsv"), "Go!\tVa\u202f!\r\n");
        assertEquals(List.of(new SentencePair("I am.", "Je suis."), new SentencePair("I was.", "Je fus."),
                new SentencePair("Go!", "Va\u202f!")), SentencePair.read(List.of(one, two)));
        Path empty = Files.writeString(folder.resolve("empty.tsv"), "a\tb\na\t\u202f\n");
        assertMessage(empty + ", line 2, column 2 has no word", () -> SentencePair.read(List.of(one, empty)));
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertMessage("\" \u202f\" has no word", () -> answers.translate(" \u202f"));
        assertMessage("no pairs of sentences to measure", () -> answers.evaluate(List.of()));
        long before = learned.model().fingerprint();
        List<SentencePair> examples = pairs(10, 1, 3, 1);
        assertMessage("\"\" has no word", () -> learned.train(examples, List.of(new SentencePair("", "a")), training(1)));
        assertMessage("bptt 5 means nothing for pairs of sentences", () -> learned.train(examples, training(1).bptt(5)));
        assertEquals(before, learned.model().fingerprint(), "it was trained before the sentence was found");
        TranslatorBuilder builder = Translator.builder(examples);
        assertMessage("decoder's hidden size is twice the encoder's; it is 100 and not 256",
                () -> builder.hidden(100).attention(Attention.DOT).build());
        assertMessage("has one layer, not 2", () -> Translator.builder(examples).layers(2).attention(Attention.BAHDANAU).build());
        assertMessage("encoder's size is 0", () -> builder.encoder(0));
        assertMessage("number of layers is -1", () -> builder.layers(-1));
        assertMessage("label smoothing is 1.0", () -> builder.labelSmoothing(1));
        assertMessage("dropout is NaN", () -> builder.dropout(Double.NaN));
        assertMessage("minimum count is 0", () -> builder.minimumCount(0));
        assertMessage("no size for the projection", () -> builder.cell(Cell.LSTM_PROJECTED));
        assertMessage("none with minimum count 100; expected at least one", () -> Translator.builder(examples).minimumCount(100).build());
    }
}
