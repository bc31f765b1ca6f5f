package org.tidegate.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tidegate.Precision;
import org.tidegate.audio.Audio;
import org.tidegate.audio.Recording;
import org.tidegate.data.ConlluColumn;
import org.tidegate.data.GreyImage;
import org.tidegate.task.caption.CaptionedImage;
import org.tidegate.task.caption.Captioner;
import org.tidegate.task.classify.Classifier;
import org.tidegate.task.classify.LabelledText;
import org.tidegate.task.fill.FillIn;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.task.lm.LanguageModelAnswers;
import org.tidegate.task.tag.TaggedSentence;
import org.tidegate.task.tag.Tagger;
import org.tidegate.task.transcribe.Transcriber;
import org.tidegate.task.translate.SentencePair;
import org.tidegate.task.translate.Translator;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingResult;

/**
 * A label, tag, letter or word that training never saw: in every task it counts as wrong and is reported, beside training as after it, and
 * ends it only where nothing is known.
 */
class UnknownTest {
    private static final Training TRAINING = Training.epochs(1).batch(8).seed(5);

    /** Trains, validated on some known examples and those with an unknown part, and measures both together and the known ones alone. */
    private static <E, R extends ExampleReading<E>, A extends ExampleAnswers<E, R>> Figures[] measured(ExampleTrainable<E, R, A> model,
            List<E> known, List<E> unknown) throws IOException {
        List<E> heldOut = new ArrayList<>(known);
        heldOut.addAll(1, unknown);
        try (model) {
            TrainingResult result = model.train(known, heldOut, TRAINING);
            double validated = result.bestLoss();
            try (A answers = model.answers(Precision.FLOAT32)) {
                Figures all = answers.evaluate(heldOut).figures();
                assertEquals(validated, all.number("loss"), 1e-5);
                String figure = model.reading().figure().orElseThrow();
                if (!figure.matches("next_(word|token)_accuracy")) {
                    assertEquals(all.number(figure), result.history().get(0).figure(), 1e-9);
                }
                String message = assertThrows(IllegalArgumentException.class, () -> answers.evaluate(unknown.subList(0, 1))).getMessage();
                assertTrue(message.startsWith("there is nothing to measure: training had none of the " + model.reading().part()), message);
                assertThrows(IllegalArgumentException.class, () -> model.train(known, unknown.subList(0, 1), TRAINING));
                return new Figures[] {all, answers.evaluate(known).figures()};
            }
        }
    }

    private static void reported(Figures figures, long count, String first, String text) {
        assertEquals(count, figures.number("unknown_targets"));
        assertEquals(first, figures.toJson().string("first_unknown"));
        assertEquals(text, figures.all().stream().filter(figure -> figure.key().equals("unknown_targets")).findFirst().orElseThrow().text());
    }

    @Test
    void aClassIsWrongAndHasNoPartInTheLoss() throws IOException {
        List<LabelledText> known = IntStream.range(0, 12).mapToObj(i -> new LabelledText(i % 2 == 0 ? "good" : "bad", "day " + i)).toList();
        List<LabelledText> unknown = List.of(new LabelledText("odd", "day 3", "test.tsv, line 7"), new LabelledText("odd", "day 4"));
        Figures[] both = measured(Classifier.builder(known).hidden(4).embedding(4).build(), known, unknown);
        reported(both[0], 2, "odd", "2 of 14 labels, the first is \"odd\" (test.tsv, line 7): not in training, counted as wrong");
        assertEquals(both[1].number("accuracy") * 12 / 14, both[0].number("accuracy"), 1e-9);
        assertEquals(both[1].number("loss"), both[0].number("loss"), 1e-6);
        assertEquals(List.of("bad", "good", "odd"), both[0].confusion().orElseThrow().labels());
        assertEquals(2, both[0].confusion().orElseThrow().score(2).count());
        assertEquals(0, both[0].confusion().orElseThrow().score(2).correct());
        assertEquals(0, both[1].number("unknown_targets"));
        assertEquals("", both[1].all().stream().filter(figure -> figure.key().equals("unknown_targets")).findFirst().orElseThrow().text());
    }

    @Test
    void aFurtherLabelIsMissedAndTheOthersKeepTheirLoss() throws IOException {
        List<LabelledText> known = IntStream.range(0, 12)
                .mapToObj(i -> new LabelledText(i % 3 == 0 ? Set.of() : i % 3 == 1 ? Set.of("a") : Set.of("a", "b"), "day " + i)).toList();
        List<LabelledText> unknown = List.of(new LabelledText(Set.of("x"), "day 3"), new LabelledText(Set.of("a", "y"), "day 4"));
        Figures[] both = measured(Classifier.builder(known).multiLabel(true).hidden(4).embedding(4).build(), known, unknown);
        reported(both[0], 2, "x", "2 of 15 labels, the first is \"x\" (the text \"day 3\"): not in training, counted as wrong");
        assertEquals(both[1].number("exact_match") * 12 / 14, both[0].number("exact_match"), 1e-9);
        assertTrue(both[0].number("micro_f1") < 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTagIsWrongAndHasNoPartInTheLoss(boolean crf) throws IOException {
        List<TaggedSentence> known = IntStream.range(0, 12)
                .mapToObj(i -> new TaggedSentence(List.of("w" + i, "w"), List.of(i % 2 == 0 ? "A" : "B", "C"))).toList();
        List<TaggedSentence> unknown = List.of(new TaggedSentence(List.of("w1"), List.of("X"), "dev.conllu, line 9"),
                new TaggedSentence(List.of("w", "w1", "w"), List.of("C", "Y", "C")));
        Figures[] both = measured(Tagger.builder(known).hidden(4).embedding(4).crf(crf).build(), known, unknown);
        reported(both[0], 2, "X", "2 of 28 tags, the first is \"X\" (dev.conllu, line 9): not in training, counted as wrong");
        assertEquals(28, both[0].number("words"));
        if (crf) { // the sentence's probability is 0
            assertEquals(both[1].number("loss"), both[0].number("loss"), 1e-6);
        }
    }

    @Test
    void lemmasOfATestPartAreMeasuredThoughTrainingLacksOne() throws Exception {
        Path train = Path.of(UnknownTest.class.getResource("/conllu/lemma_train.conllu").toURI());
        Path test = Path.of(UnknownTest.class.getResource("/conllu/lemma_test.conllu").toURI());
        List<TaggedSentence> sentences = TaggedSentence.read(List.of(train), ConlluColumn.LEMMA);
        List<TaggedSentence> others = TaggedSentence.read(List.of(test), ConlluColumn.LEMMA);
        try (Tagger tagger = Tagger.builder(sentences).hidden(4).embedding(4).build()) {
            tagger.train(sentences, others, TRAINING);
            try (var answers = tagger.answers(Precision.FLOAT32)) {
                Figures figures = answers.evaluate(others).figures();
                assertTrue(figures.number("unknown_targets") > 0);
                assertTrue(Double.isFinite(figures.number("loss")));
            }
        }
    }

    @Test
    void aMissingWordIsWrongAndHasNoPartInTheLoss() throws IOException {
        List<List<String>> known = IntStream.range(0, 12).mapToObj(i -> List.of("the", i % 2 == 0 ? "cat" : "dog", "sleeps")).toList();
        List<List<String>> unknown = List.of(List.of("zwei"), List.of("the", "ox", "sleeps"));
        Figures[] both = measured(FillIn.builder(known).hidden(4).embedding(4).build(), known, unknown);
        reported(both[0], 2, "zwei", "2 of 40 words, the first is \"zwei\": not in training, counted as wrong");
        assertEquals(both[0].number("top1_known") * 38 / 40, both[0].number("top1"), 1e-9);
    }

    @Test
    void aWordOfATranslationIsTheUnknownWordInTheLoss() throws IOException {
        List<SentencePair> known = IntStream.range(0, 12).mapToObj(i -> new SentencePair("a b", i % 2 == 0 ? "c d" : "c e")).toList();
        List<SentencePair> unknown = List.of(new SentencePair("a", "zwei"), new SentencePair("a b", "c drei"));
        Figures[] both = measured(Translator.builder(known).encoder(4).hidden(4).embedding(4).build(), known, unknown);
        reported(both[0], 2, "zwei", "2 of 27 words, the first is \"zwei\": not in training, counted as wrong");
    }

    @Test
    void aWordOfACaptionIsTheUnknownWordInTheLoss() throws IOException {
        List<CaptionedImage> known = IntStream.range(0, 12)
                .mapToObj(i -> new CaptionedImage(new GreyImage(2, 2, new byte[] {1, 2, (byte) i, 4}), i % 2 == 0 ? "c d" : "c e")).toList();
        List<CaptionedImage> unknown = List.of(new CaptionedImage(known.get(0).image(), "zwei"),
                new CaptionedImage(known.get(1).image(), "c drei"));
        Figures[] both = measured(Captioner.builder(known).hidden(4).embedding(4).build(), known, unknown);
        reported(both[0], 2, "zwei", "2 of 27 words, the first is \"zwei\": not in training, counted as wrong");
        assertTrue(both[0].number("exact") <= 12.0 / 14);
    }

    @Test
    void aLetterOfATranscriptIsWrongAndItsRecordingHasNoPartInTheLoss() throws IOException {
        Audio sound = new Audio(new float[4000], 8000);
        List<Recording> known = IntStream.range(0, 8).mapToObj(i -> new Recording("r" + i, sound, i % 2 == 0 ? "ab" : "ba", "")).toList();
        List<Recording> unknown = List.of(new Recording("x.wav", sound, "x", ""), new Recording("y.wav", sound, "ay", ""),
                new Recording("long.wav", new Audio(new float[800], 8000), "ababababababab", "")); // too short for its text
        Figures[] both = measured(Transcriber.builder(known).mels(4).hidden(4).build(), known, unknown);
        reported(both[0], 2, "x", "2 of 33 letters, the first is \"x\" (x.wav): not in training, counted as wrong");
        assertEquals(both[1].number("loss"), both[0].number("loss"), 1e-5);
    }

    @Test
    void aCharacterOfATextIsTheUnknownOneInTheLoss() throws IOException {
        String text = "the tide turns at dawn ".repeat(20);
        try (LanguageModel model = LanguageModel.builder(Vocabulary.ofCodePoints(text)).hidden(4).embedding(4).build()) {
            double validated = model.train(text, "the жжide й", TRAINING).bestLoss();
            assertTrue(Double.isFinite(validated));
            String message = assertThrows(IllegalArgumentException.class, () -> model.train(text, "жй", TRAINING)).getMessage();
            assertEquals("there is nothing to measure: training had none of the characters of the text", message);
            try (LanguageModelAnswers answers = model.answers(Precision.FLOAT32)) {
                Figures figures = answers.evaluate("the жжide й").figures();
                assertEquals(3, figures.number("unknown_targets"));
                assertEquals("ж", figures.toJson().string("first_unknown"));
                assertThrows(IllegalArgumentException.class, () -> answers.evaluate("жй"));
            }
        }
    }
}
