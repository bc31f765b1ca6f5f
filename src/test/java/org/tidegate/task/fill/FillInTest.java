package org.tidegate.task.fill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.task.Figures;
import org.tidegate.task.Texts;
import org.tidegate.task.tag.Tagger;
import org.tidegate.train.Progress;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingListener;
import org.tidegate.train.TrainingResult;

class FillInTest {
    private static final String[] WHO = {"fox", "cow", "dog"};
    private static final String[] WHERE = {"den", "barn", "kennel"};
    private static final List<List<String>> SENTENCES = sentences(240, 1);
    private static final List<List<String>> OTHERS = sentences(40, 2);

    @TempDir
    Path folder;

    /** "the fox sleeps in its den": who it is, only the end tells, and where, only the beginning; and a rare word now and then. */
    private static List<List<String>> sentences(int count, long seed) {
        Random random = new Random(seed);
        List<List<String>> sentences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int kind = random.nextInt(WHO.length);
            String verb = i % 20 == 7 ? "rare" + seed + i : random.nextBoolean() ? "sleeps" : "eats";
            sentences.add(List.of("the", WHO[kind], verb, "in", "its", WHERE[kind]));
        }
        return sentences;
    }

    private static FillInBuilder builder(FillInReading.Side side) {
        return FillIn.builder(SENTENCES).side(side).embedding(10).hidden(16).dropout(0.1).seed(3);
    }

    private static Training training(double epochs) {
        return Training.epochs(epochs).batch(8).learningRate(2e-2).seed(5);
    }

    private static FillIn trained(FillInReading.Side side, double epochs) throws IOException {
        FillIn model = builder(side).build();
        model.train(SENTENCES, List.of(), training(epochs));
        return model;
    }

    private static Figures evaluate(FillIn model, List<List<String>> sentences) {
        try (FillInAnswers answers = model.answers(Precision.FLOAT32)) {
            return answers.evaluate(sentences);
        }
    }

    private static List<FillInAnswers.Answer> fill(FillIn model, Cloze cloze, int count) {
        try (FillInAnswers answers = model.answers(Precision.FLOAT32)) {
            return answers.fill(cloze, count);
        }
    }

    @Test
    void bothSidesTellWhatTheLeftSideCannotKnow() throws IOException {
        try (FillIn both = trained(FillInReading.Side.BOTH, 12); FillIn left = trained(FillInReading.Side.LEFT, 12)) {
            Figures two = evaluate(both, OTHERS);
            Figures one = evaluate(left, OTHERS);
            // Five of six words are certain from both sides and the verb is one of two; from the left the animal is one of three, too.
            assertTrue(two.number("top1") > 0.88, () -> "both sides: " + two.number("top1"));
            assertTrue(one.number("top1") < two.number("top1") - 0.06, () -> "left: " + one.number("top1") + ", both: " + two.number("top1"));
            assertTrue(one.number("top1_known") > 0.7, () -> "left: " + one.number("top1_known"));
            assertEquals(List.of(238.0, 2.0), List.of(two.number("gaps"), two.number("not_counted")));
            assertEquals(FillInReading.Side.LEFT, left.reading().side());
            assertEquals(FillInReading.Side.BOTH, both.reading().side());
            assertEquals("cow", fill(both, Cloze.parse("The __ sleeps in its BARN"), 1).get(0).word());
            assertEquals("kennel", fill(left, Cloze.parse("The dog eats in its ___"), 1).get(0).word());
        }
    }

    @Test
    void heldOutSentencesWithoutAKnownWordAreNamedAsTheReasonThatNothingCanBeMeasured() throws IOException {
        try (FillIn model = builder(FillInReading.Side.BOTH).build()) {
            List<List<String>> unknown = List.of(List.of("zwei", "drei"), List.of("vier"));
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                    () -> model.train(SENTENCES, unknown, training(1)));
            assertTrue(refused.getMessage().contains("training had none of the words of these sentences; the first is \"zwei\""), refused.getMessage());
        }
    }

    @Test
    void allGapsOfASentenceAtOnceAreFilledAsOneByOne() throws IOException {
        try (FillIn model = trained(FillInReading.Side.BOTH, 0.5); FillInAnswers frozen = model.answers(Precision.FLOAT32)) {
            long first = 0;
            long firstFive = 0;
            double loss = 0;
            long gaps = 0;
            double all = 0;
            for (List<String> sentence : OTHERS) {
                for (int gap = 0; gap < sentence.size(); gap++) {
                    all++;
                    if (model.reading().vocabulary().id(sentence.get(gap)) < 0) {
                        continue;
                    }
                    List<FillInAnswers.Answer> answers = frozen.fill(
                            new Cloze(sentence.subList(0, gap), sentence.subList(gap + 1, sentence.size())), Integer.MAX_VALUE);
                    List<String> words = answers.stream().map(FillInAnswers.Answer::word).toList();
                    int place = words.indexOf(sentence.get(gap));
                    first += place == 0 ? 1 : 0;
                    firstFive += place < 5 ? 1 : 0;
                    loss -= Math.log(answers.get(place).probability());
                    gaps++;
                }
            }
            Figures evaluation = frozen.evaluate(OTHERS);
            assertTrue(all > gaps);
            assertEquals(List.of((double) gaps, (double) first / gaps, (double) firstFive / gaps, first / all, firstFive / all),
                    Stream.of("gaps", "top1_known", "top5_known", "top1", "top5").map(evaluation::number).toList());
            assertEquals(loss / gaps, evaluation.number("loss"), 1e-9);
            assertEquals(frozen.loss(OTHERS), evaluation.number("loss"), 1e-4);
            assertTrue(first > 0 && first < gaps, first + " of " + gaps);
        }
    }

    @Test
    void theMostFrequentWordIsTheAnswerWithoutReading() throws IOException {
        List<List<String>> words = List.of(List.of("a", "a", "a", "b", "b", "b", "a"));
        try (FillIn model = FillIn.builder(words).build()) {
            Figures evaluation = evaluate(model, List.of(List.of("b", "a", "c", "b", "b")));
            assertEquals(0.2, evaluation.number("most_frequent"), 1e-12);
            assertEquals(1, evaluation.number("not_counted"));
        }
    }

    @Test
    void oneSeedGivesTheSameBitsAndAStoppedTrainingGoesOnWithThem() throws IOException {
        Path file = folder.resolve("parts.safetensors");
        try (FillIn whole = trained(FillInReading.Side.BOTH, 1.5); FillIn again = trained(FillInReading.Side.BOTH, 1.5);
                FillIn part = builder(FillInReading.Side.BOTH).build()) {
            assertArrayEquals(Texts.parameters(whole.model()), Texts.parameters(again.model()));
            long[] steps = {0};
            TrainingResult result = part.train(SENTENCES, List.of(), training(1.5).checkpoint(file).stopWhen(() -> steps[0] >= 17)
                    .listener(new TrainingListener() {
                        @Override
                        public void stepped(Progress progress) {
                            steps[0] = progress.step();
                        }
                    }));
            assertEquals(TrainingResult.Outcome.STOPPED, result.outcome());
            try (FillIn resumed = FillIn.load(file)) {
                resumed.train(SENTENCES, training(1.5).continued());
                assertArrayEquals(Texts.parameters(whole.model()), Texts.parameters(resumed.model()));
            }
        }
    }

    @Test
    void aFileHoldsAllThatFillingNeeds() throws IOException {
        Path file = folder.resolve("fill.safetensors");
        try (FillIn model = trained(FillInReading.Side.LEFT, 1)) {
            model.save(file);
            try (FillIn loaded = FillIn.load(file)) {
                assertEquals(evaluate(model, OTHERS).toJson(), evaluate(loaded, OTHERS).toJson());
                assertEquals(FillInReading.Side.LEFT, loaded.reading().side());
            }
        }
        assertThrows(CheckpointException.class, () -> Tagger.load(file));
    }

    @Test
    void bothSidesHaveAsManyUnitsAsTheLeftAlone() {
        try (FillIn both = builder(FillInReading.Side.BOTH).build(); FillIn left = builder(FillInReading.Side.LEFT).build()) {
            assertArrayEquals(both.model().parameter("scores.weight").shape(), left.model().parameter("scores.weight").shape());
            assertEquals(4 * 32, left.model().parameter("left.weight_ih_l0").shape()[0]);
        }
    }

    @Test
    void aClozeHasOneGap() {
        assertEquals(new Cloze(List.of("i", "plan", "to"), List.of("a", "new", "one", ".")), Cloze.parse("I plan to __ a new one."));
        assertEquals(new Cloze(List.of(), List.of(",", "then")), Cloze.parse("____, then"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Cloze.parse("no_gap here")).getMessage()
                .contains("has no gap; write __"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Cloze.parse("__ and __")).getMessage()
                .contains("more than one gap"));
    }

    @Test
    void whatMakesNoSenseIsNamed() throws IOException {
        try (FillIn model = builder(FillInReading.Side.BOTH).build()) {
            assertEquals("0 answers were asked for; expected 1 or more",
                    assertThrows(IllegalArgumentException.class, () -> fill(model, Cloze.parse("the __"), 0)).getMessage());
            assertEquals("there is nothing to measure: training had none of the words of these sentences; the first is \"x\". Measure on"
                    + " sentences of the kind that the model was trained on",
                    assertThrows(IllegalArgumentException.class, () -> evaluate(model, List.of(List.of("x", "y")))).getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> FillIn.builder(List.of()));
        assertThrows(IllegalArgumentException.class, () -> FillIn.builder(List.of(List.of("once"))).build());
        assertEquals("the dropout is 1.0; expected 0 or more and less than 1",
                assertThrows(IllegalArgumentException.class, () -> builder(FillInReading.Side.BOTH).dropout(1)).getMessage());
    }
}
