package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.Tensor;
import org.tidegate.decode.BeamSearch;
import org.tidegate.train.Training;

/** Translation of a made-up language whose words are others, in the opposite order: a decoder has to look back, ever farther. */
class TranslatorTest {
    private static final String[] SOURCE = {"ba", "ce", "di", "fo", "gu", "ha", "je", "ki"};
    private static final String[] TARGET = {"Onu", "Édi", "Œri", "Qua", "Cin", "Sei", "Set", "Oto"};

    @TempDir
    Path folder;

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

    private static Translator translator(List<SentencePair> pairs, Attention attention, Cell cell) {
        return Translator.builder(pairs).attention(attention).cell(cell).encoder(16).decoder(32).embedding(16).dropout(0.05).seed(2)
                .build();
    }

    private static Training training(double epochs) {
        return Training.epochs(epochs).batch(16).learningRate(0.01).clipNorm(1).seed(3);
    }

    private static double bleu(Translator model, List<SentencePair> pairs) {
        return model.evaluate(pairs, BeamSearch.greedy(), 1, Precision.FLOAT32).bleu().score();
    }

    private static List<float[]> parameters(Translator model) {
        return model.model().parameters().stream().map(Tensor::toArray).toList();
    }

    private static void assertSameBits(Translator one, Translator two) {
        for (int i = 0; i < parameters(one).size(); i++) {
            assertArrayEquals(parameters(one).get(i), parameters(two).get(i));
        }
    }

    @Test
    void attentionLearnsWhatAStateAloneCannotHold() throws IOException {
        List<SentencePair> examples = pairs(500, 4, 7, 1);
        List<SentencePair> others = pairs(60, 4, 7, 2);
        try (Translator model = translator(examples, Attention.GENERAL, Cell.LSTM);
                Translator state = translator(examples, Attention.NONE, Cell.LSTM)) {
            model.train(examples, List.of(), training(10));
            state.train(examples, List.of(), training(10));
            double with = bleu(model, others);
            double without = bleu(state, others);
            assertTrue(with > 90, "BLEU " + with);
            assertTrue(with > without + 10, "BLEU " + with + " with attention, " + without + " without");
            assertTrue(model.hasAttention());
            assertFalse(state.hasAttention());
            // Word i comes from the i-th from the end (before the full stop), and there it must have looked.
            SentencePair pair = others.get(0);
            Translation found = model.translate(pair.source());
            assertEquals(Translator.words(pair.target()), found.words());
            double[][] weights = model.attention(pair.source(), found.words());
            int length = found.words().size() - 1;
            assertEquals(length + 2, weights.length);
            int right = 0;
            for (int i = 0; i < length; i++) {
                assertEquals(length + 2, weights[i].length);
                assertEquals(1, Arrays.stream(weights[i]).sum(), 1e-5);
                double[] row = weights[i];
                int top = IntStream.range(0, row.length).boxed().max((a, b) -> Double.compare(row[a], row[b])).orElseThrow();
                // A state of the encoder knows its neighbours, too.
                right += Math.abs(top - (length - 1 - i)) <= 1 ? 1 : 0;
            }
            assertTrue(right >= length - 1, right + " of " + length + " looks: " + Arrays.deepToString(weights));
            assertThrows(IllegalStateException.class, () -> state.attention(pair.source(), found.words()));
        }
    }

    @ParameterizedTest
    @EnumSource(Attention.class)
    void everyAttentionLearnsWithEveryCell(Attention attention) throws IOException {
        List<SentencePair> examples = pairs(300, 1, 3, 1);
        for (Cell cell : List.of(Cell.LSTM, Cell.GRU)) {
            try (Translator model = translator(examples, attention, cell)) {
                double before = model.loss(examples, 1);
                model.train(examples, List.of(), training(5));
                assertTrue(model.loss(examples, 1) < before / 3, attention + ", " + cell + ": from " + before + " to "
                        + model.loss(examples, 1));
                assertEquals(attention != Attention.NONE, model.hasAttention());
            }
        }
    }

    @Test
    void sizesThatDifferAndSeveralLayersAreBridged() throws IOException {
        List<SentencePair> examples = pairs(300, 1, 3, 1);
        try (Translator model = Translator.builder(examples).encoder(10).decoder(24).layers(2).embedding(12).dropout(0).build()) {
            double before = model.loss(examples, 1);
            model.train(examples, List.of(), training(12));
            assertTrue(model.loss(pairs(50, 1, 3, 9), 1) < before / 3, "from " + before + " to " + model.loss(pairs(50, 1, 3, 9), 1));
        }
    }

    @Test
    void theBeamFindsWhatIsAtLeastAsLikelyAndOtherTranslations() throws IOException {
        List<SentencePair> examples = pairs(300, 2, 5, 1);
        try (Translator model = translator(examples, Attention.DOT, Cell.GRU)) {
            model.train(examples, List.of(), training(3));
            List<String> sentences = pairs(40, 2, 6, 4).stream().map(SentencePair::source).toList();
            List<List<Translation>> greedy = model.translate(sentences, BeamSearch.greedy(), 1, Precision.FLOAT32);
            List<List<Translation>> beams = model.translate(sentences, BeamSearch.of(5).best(4), 1, Precision.FLOAT32);
            double better = 0;
            for (int i = 0; i < sentences.size(); i++) {
                List<Translation> found = beams.get(i);
                assertEquals(4, found.stream().map(Translation::words).distinct().count());
                for (int j = 1; j < 4; j++) {
                    assertTrue(found.get(j - 1).score() >= found.get(j).score());
                }
                better += found.get(0).logProbability() - greedy.get(i).get(0).logProbability();
                assertEquals(greedy.get(i).get(0).words(), model.translate(sentences.get(i)).words(), "alone as among others");
                assertEquals(found, model.translate(List.of(sentences.get(i)), BeamSearch.of(5).best(4), 1, Precision.FLOAT32).get(0));
            }
            assertTrue(better > 0, "log probability of the beam above greedy: " + better);
        }
    }

    @ParameterizedTest
    @EnumSource(Attention.class)
    void scoresAreTheLogProbabilitiesOfTheWords(Attention attention) throws IOException {
        List<SentencePair> examples = pairs(200, 2, 4, 1);
        try (Translator model = translator(examples, attention, Cell.LSTM)) {
            model.train(examples, List.of(), training(3));
            for (SentencePair pair : pairs(5, 2, 4, 8)) {
                Translation found = model.translate(List.of(pair.source()), BeamSearch.of(3).lengthNormalization(1), 1,
                        Precision.FLOAT32).get(0).get(0);
                int words = found.words().size() + 1;
                double loss = model.loss(List.of(new SentencePair(pair.source(), String.join(" ", found.words()))), 1);
                assertEquals(-loss * words, found.logProbability(), 1e-3);
                assertEquals(-loss, found.score(), 1e-3);
                if (model.hasAttention()) {
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
    void theFileIsComplete() throws IOException {
        List<SentencePair> examples = pairs(100, 1, 4, 1);
        Path file = folder.resolve("model.safetensors");
        try (Translator model = translator(examples, Attention.ADDITIVE, Cell.LSTM)) {
            model.train(examples, List.of(), training(2));
            model.save(file);
            try (Translator loaded = Translator.load(file)) {
                List<String> sentences = List.of("Ba ce di.", "KI", "was ist das?");
                assertEquals(model.translate(sentences, BeamSearch.of(3).best(2), 1, Precision.FLOAT32),
                        loaded.translate(sentences, BeamSearch.of(3).best(2), 1, Precision.FLOAT32));
                assertEquals(model.sourceVocabulary(), loaded.sourceVocabulary());
                assertEquals(model.targetVocabulary(), loaded.targetVocabulary());
            }
        }
    }

    @Test
    void aResumedTrainingEndsInTheSameBits() throws IOException {
        List<SentencePair> examples = pairs(120, 1, 5, 1);
        List<SentencePair> heldOut = pairs(20, 1, 5, 2);
        Path file = folder.resolve("model.safetensors");
        try (Translator whole = translator(examples, Attention.GENERAL, Cell.LSTM);
                Translator again = translator(examples, Attention.GENERAL, Cell.LSTM);
                Translator half = translator(examples, Attention.GENERAL, Cell.LSTM)) {
            whole.train(examples, heldOut, training(3));
            again.train(examples, heldOut, training(3));
            assertSameBits(whole, again);
            int[] steps = {0};
            half.train(examples, heldOut, training(3).stopWhen(() -> steps[0]++ > 9).checkpoint(file));
            try (Translator resumed = Translator.resume(file)) {
                resumed.train(examples, heldOut, training(3));
                assertSameBits(whole, resumed);
            }
            try (Translator resumed = Translator.resume(file)) {
                List<SentencePair> shuffled = new ArrayList<>(examples);
                Collections.reverse(shuffled);
                assertThrows(IllegalArgumentException.class, () -> resumed.train(shuffled, heldOut, training(3)), "other data");
            }
        }
    }

    @Test
    void unknownWordsAreReadAndWritten() {
        List<SentencePair> examples = List.of(new SentencePair("I am.", "Je suis."), new SentencePair("I was.", "Je fus."));
        try (Translator model = Translator.builder(examples).encoder(4).decoder(8).embedding(4).build()) {
            assertEquals(Set.of("i", "."), Set.of(model.sourceVocabulary().token(3), model.sourceVocabulary().token(4)),
                    "the others occur once");
            assertTrue(model.translate("Who are you?").words().size() <= 5, "one and a half times the longest translation");
            assertEquals(0, model.evaluate(List.of(new SentencePair("I am.", "X y z w v.")), BeamSearch.greedy(), 1, Precision.FLOAT32)
                    .bleu().score());
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        List<SentencePair> examples = pairs(10, 1, 3, 1);
        try (Translator model = translator(examples, Attention.GENERAL, Cell.GRU)) {
            assertMessage("\" \u202f\" has no word", () -> model.translate(" \u202f"));
            long before = model.model().fingerprint();
            assertMessage("\"\" has no word",
                    () -> model.train(examples, List.of(new SentencePair("", "a")), Training.epochs(1)));
            assertEquals(before, model.model().fingerprint(), "it was trained before the sentence was found");
            assertMessage("no sentences to measure", () -> model.evaluate(List.of(), BeamSearch.greedy(), 1, Precision.FLOAT32));
        }
        TranslatorBuilder builder = Translator.builder(examples);
        assertMessage("decoder's size is twice the encoder's; it is 100 and not 256", () -> builder.decoder(100)
                .attention(Attention.DOT).build());
        assertMessage("has one layer, not 2", () -> Translator.builder(examples).layers(2).attention(Attention.BAHDANAU).build());
        assertMessage("encoder's size is 0", () -> builder.encoder(0));
        assertMessage("number of layers is -1", () -> builder.layers(-1));
        assertMessage("label smoothing is 1.0", () -> builder.labelSmoothing(1));
        assertMessage("dropout is NaN", () -> builder.dropout(Double.NaN));
        assertMessage("minimum count is 0", () -> builder.minimumCount(0));
        assertMessage("no size for a projection", () -> builder.cell(Cell.LSTM_PROJECTED));
        assertMessage("none with minimum count 100; expected at least one", () -> Translator.builder(examples).minimumCount(100).build());
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }
}
