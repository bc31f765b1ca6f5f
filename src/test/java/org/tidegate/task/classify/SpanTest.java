package org.tidegate.task.classify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Batch;
import org.tidegate.Precision;
import org.tidegate.task.Texts;
import org.tidegate.train.Training;

/** Long texts that are learned by spans and read whole. */
class SpanTest {
    private static final int WORDS = 12;
    private static final int SPAN = 5;
    /** Each word stands at one place only, so that a span tells where it is from. */
    private static final LabelledText LONG = new LabelledText("yes",
            IntStream.range(0, WORDS).mapToObj(i -> "w" + (char) ('a' + i)).collect(Collectors.joining(" ")));
    private static final LabelledText SHORT = new LabelledText("no", "wc wa wb");
    private static final List<LabelledText> TWO = List.of(LONG, SHORT);

    @TempDir
    Path folder;

    @Test
    void trainingReadsEverySpanOfALongTextAndAllOfAShortOne() {
        try (Classifier model = LabelledTexts.small(TWO).span(SPAN).build()) {
            int[] all = model.reading().tokens(LONG);
            Set<Integer> starts = new TreeSet<>();
            for (int seed = 0; seed < 200; seed++) {
                int[] ids = filled(model, LONG, seed);
                assertEquals(SPAN, ids.length);
                int start = IntStream.range(0, all.length).filter(i -> all[i] == ids[0]).findFirst().orElseThrow();
                assertArrayEquals(Arrays.copyOfRange(all, start, start + SPAN), ids);
                assertArrayEquals(ids, filled(model, LONG, seed));
                assertArrayEquals(model.reading().tokens(SHORT), filled(model, SHORT, seed));
                starts.add(start);
            }
            assertEquals(IntStream.rangeClosed(0, WORDS - SPAN).boxed().collect(Collectors.toSet()), starts);
        }
    }

    private static int[] filled(Classifier model, LabelledText text, long seed) {
        Batch batch = model.model().newBatch();
        model.reading().filler(TWO).fill(batch, List.of(text), new SplittableRandom(seed));
        return ids(batch);
    }

    @Test
    void validationReadsWholeTexts() {
        try (Classifier model = LabelledTexts.small(TWO).span(SPAN).build()) {
            Batch batch = model.model().newBatch();
            model.reading().fill(batch, List.of(LONG));
            assertArrayEquals(model.reading().tokens(LONG), ids(batch));
        }
    }

    @Test
    void spansThatNoTextExceedsChangeNothing() throws IOException {
        assertArrayEquals(trained(0, 1), trained(WORDS, 1));
        assertFalse(Arrays.equals(trained(0, 1), trained(SPAN, 1)));
    }

    @Test
    void theSameSeedDrawsTheSameSpansOnAnyNumberOfThreads() throws IOException {
        assertArrayEquals(trained(SPAN, 1), trained(SPAN, 2));
    }

    private static float[] trained(int span, int threads) throws IOException {
        List<LabelledText> texts = LabelledTexts.starts(32, WORDS, 1);
        try (Classifier model = LabelledTexts.small(texts).wordDropout(0.2).span(span).build()) {
            model.train(texts, LabelledTexts.starts(8, WORDS, 2), LabelledTexts.training(2).threads(threads));
            return Texts.parameters(model.model());
        }
    }

    @Test
    void aTrainingThatStoppedGoesOnWithTheSameSpansToTheBit() throws IOException {
        List<LabelledText> texts = LabelledTexts.starts(32, WORDS, 1);
        List<LabelledText> held = LabelledTexts.starts(8, WORDS, 2);
        Path whole = folder.resolve("whole.safetensors");
        Path parts = folder.resolve("parts.safetensors");
        Training three = LabelledTexts.training(3);
        try (Classifier model = LabelledTexts.small(texts).wordDropout(0.2).span(SPAN).build()) {
            model.train(texts, held, three.checkpoint(whole));
        }
        int[] made = {0};
        try (Classifier model = LabelledTexts.small(texts).wordDropout(0.2).span(SPAN).build()) {
            model.train(texts, held, three.checkpoint(parts).stopWhen(() -> ++made[0] >= 6));
        }
        try (Classifier model = Classifier.load(parts)) {
            assertEquals(SPAN, model.reading().span());
            model.train(texts, held, three.continued().checkpoint(parts));
        }
        try (Classifier a = Classifier.load(whole); Classifier b = Classifier.load(parts)) {
            assertArrayEquals(Texts.parameters(a.model()), Texts.parameters(b.model()));
            assertEquals(3, a.history().size());
            assertTrue(a.reading().describe().endsWith(", that learns from spans of at most 5 tokens"), a.reading().describe());
        }
    }

    /** The first word alone says the label: a span rarely has it, and the whole text always. */
    @Test
    void answersReadWholeTexts() throws IOException {
        List<LabelledText> texts = LabelledTexts.starts(64, WORDS, 1);
        try (Classifier model = LabelledTexts.small(texts).span(SPAN).build()) {
            model.train(texts, List.of(), LabelledTexts.training(40));
            try (ClassifierAnswers answers = model.answers(Precision.FLOAT32)) {
                assertEquals(1, answers.evaluate(LabelledTexts.starts(40, WORDS, 2)).accuracy(), 0.05);
                List<LabelledText> without = new ArrayList<>();
                LabelledTexts.starts(40, WORDS, 2).forEach(each -> without.add(
                        new LabelledText(each.label(), each.text().replaceFirst("^\\S+ ", ""))));
                assertEquals(0.5, answers.evaluate(without).accuracy(), 0.2);
            }
        }
    }

    private static int[] ids(Batch batch) {
        IntBuffer ids = batch.writableIds(ClassifierReading.TOKENS);
        int[] copy = new int[ids.limit()];
        ids.get(0, copy);
        return copy;
    }
}
