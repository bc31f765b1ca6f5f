package org.tidegate.task.tag;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tidegate.Precision;
import org.tidegate.checkpoint.CheckpointException;
import org.tidegate.data.ConlluColumn;
import org.tidegate.task.Texts;
import org.tidegate.task.lm.LanguageModel;
import org.tidegate.text.Vocabulary;
import org.tidegate.train.Progress;
import org.tidegate.train.Training;
import org.tidegate.train.TrainingListener;
import org.tidegate.train.TrainingResult;

class TaggerTest {
    private static final List<TaggedSentence> SENTENCES = InventedLanguage.sentences(300, 1);
    private static final List<TaggedSentence> OTHERS = InventedLanguage.sentences(60, 2);

    @TempDir
    Path folder;

    private static TaggerBuilder builder() {
        return Tagger.builder(SENTENCES).embedding(6).hidden(10).letterEmbedding(8).letterHidden(12).dropout(0.1).seed(3);
    }

    private static Training training(double epochs) {
        return Training.epochs(epochs).batch(8).learningRate(2e-2).seed(5);
    }

    private static Tagger trained(double epochs) throws IOException {
        Tagger tagger = builder().build();
        tagger.train(SENTENCES, List.of(), training(epochs));
        return tagger;
    }

    private static TaggerEvaluation evaluate(Tagger tagger, List<TaggedSentence> sentences) {
        try (TaggerAnswers answers = tagger.answers(Precision.FLOAT32)) {
            return answers.evaluate(sentences);
        }
    }

    private static double loss(Tagger tagger) {
        try (TaggerAnswers answers = tagger.answers(Precision.FLOAT32)) {
            return answers.loss(OTHERS);
        }
    }

    private static List<String> tag(Tagger tagger, List<String> words) {
        try (TaggerAnswers answers = tagger.answers(Precision.FLOAT32)) {
            return answers.tag(words);
        }
    }

    @Test
    void theEndingOfAWordNeverSeenTellsItsTag() throws IOException {
        try (Tagger tagger = trained(2)) {
            TaggerEvaluation evaluation = evaluate(tagger, OTHERS);
            assertTrue(evaluation.unseen() > evaluation.words().examples() / 2, () -> evaluation.unseen() + " of " + evaluation.words().examples());
            assertTrue(evaluation.unseenAccuracy() > 0.97, () -> "unseen words: " + evaluation.unseenAccuracy());
            assertEquals(List.of("NOUN", "VERB", "ADJ", "PUNCT"), tag(tagger, List.of("zzzzka", "wwwlo", "yyyymi", ".")));
        }
    }

    @Test
    void aRandomFieldLearnsWhichTagFollowsWhereWordsTellNothing() throws IOException {
        // Tags take turns, beginning with either: what a word's tag is, only its neighbour's tag tells.
        Random random = new Random(4);
        List<TaggedSentence> turns = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            int first = random.nextInt(2);
            int length = 4 + random.nextInt(5);
            turns.add(new TaggedSentence(Collections.nCopies(length, "so"),
                    IntStream.range(0, length).mapToObj(t -> (t + first) % 2 == 0 ? "TICK" : "TOCK").toList()));
        }
        assertEquals(1, alternating(turns, true), 1e-9);
        assertTrue(alternating(turns, false) < 0.7);
    }

    /** The share of neighbours that get different tags after training. */
    private static double alternating(List<TaggedSentence> sentences, boolean crf) throws IOException {
        try (Tagger tagger = Tagger.builder(sentences).embedding(4).hidden(4).letterEmbedding(3).letterHidden(4).dropout(0).crf(crf).build()) {
            tagger.train(sentences, List.of(), training(3));
            assertEquals(crf, tagger.reading().crf());
            int neighbours = 0;
            int different = 0;
            for (int length = 2; length < 12; length++) {
                List<String> tags = tag(tagger, Collections.nCopies(length, "so"));
                for (int t = 1; t < length; t++) {
                    neighbours++;
                    different += tags.get(t).equals(tags.get(t - 1)) ? 0 : 1;
                }
            }
            return (double) different / neighbours;
        }
    }

    @Test
    void aRandomFieldIsSavedAndMeasuredLikeTheRest() throws IOException {
        Path file = folder.resolve("crf.safetensors");
        try (Tagger tagger = builder().crf(true).build()) {
            tagger.train(SENTENCES, List.of(), training(2));
            TaggerEvaluation evaluation = evaluate(tagger, OTHERS);
            assertTrue(evaluation.unseenAccuracy() > 0.97, () -> "unseen words: " + evaluation.unseenAccuracy());
            assertEquals(loss(tagger), evaluation.loss(), 1e-4);
            tagger.save(file);
            try (Tagger loaded = Tagger.load(file)) {
                assertEquals(evaluation.figures().toJson(), evaluate(loaded, OTHERS).figures().toJson());
            }
        }
    }

    @Test
    void theFiguresOfAnEvaluationFitTheTagsThatAreGiven() throws IOException {
        try (Tagger tagger = trained(0.3); TaggerAnswers frozen = tagger.answers(Precision.FLOAT32, 2)) {
            TaggerEvaluation evaluation = frozen.evaluate(OTHERS);
            List<List<String>> given = frozen.tagAll(OTHERS.stream().map(TaggedSentence::words).toList());
            long words = 0;
            long correct = 0;
            long unseen = 0;
            long unseenCorrect = 0;
            long whole = 0;
            List<String> seen = SENTENCES.stream().flatMap(sentence -> sentence.words().stream()).distinct().toList();
            for (int s = 0; s < OTHERS.size(); s++) {
                TaggedSentence sentence = OTHERS.get(s);
                assertEquals(given.get(s), frozen.tag(sentence.words()));
                whole += given.get(s).equals(sentence.tags()) ? 1 : 0;
                for (int t = 0; t < sentence.size(); t++) {
                    boolean right = given.get(s).get(t).equals(sentence.tags().get(t));
                    boolean known = seen.contains(sentence.words().get(t));
                    words++;
                    correct += right ? 1 : 0;
                    unseen += known ? 0 : 1;
                    unseenCorrect += right && !known ? 1 : 0;
                }
            }
            assertEquals(List.of(words, correct, unseen, unseenCorrect, (long) OTHERS.size(), whole), List.of(
                    evaluation.words().examples(), evaluation.words().correct(), evaluation.unseen(), evaluation.unseenCorrect(), evaluation.sentences(),
                    evaluation.correctSentences()));
            assertTrue(correct > words / 3 && correct < words, correct + " of " + words);
            assertEquals(loss(tagger), evaluation.loss(), 1e-4);
        }
    }

    @Test
    void oneSeedGivesTheSameBitsAndAnotherOthers() throws IOException {
        try (Tagger first = trained(1); Tagger second = trained(1); Tagger other = builder().build()) {
            assertArrayEquals(Texts.parameters(first.model()), Texts.parameters(second.model()));
            other.train(SENTENCES, List.of(), training(1).seed(6));
            assertTrue(Arrays.mismatch(Texts.parameters(first.model()), Texts.parameters(other.model())) >= 0);
        }
    }

    @Test
    void aStoppedTrainingGoesOnToTheBit() throws IOException {
        Path file = folder.resolve("parts.safetensors");
        try (Tagger whole = trained(1.5); Tagger part = builder().build()) {
            long[] steps = {0};
            TrainingResult result = part.train(SENTENCES, List.of(), training(1.5).checkpoint(file).stopWhen(() -> steps[0] >= 17)
                    .listener(new TrainingListener() {
                        @Override
                        public void stepped(Progress progress) {
                            steps[0] = progress.step();
                        }
                    }));
            assertEquals(TrainingResult.Outcome.STOPPED, result.outcome());
            try (Tagger resumed = Tagger.load(file)) {
                assertEquals(TrainingResult.Outcome.FINISHED, resumed.train(SENTENCES, training(1.5).continued()).outcome());
                assertArrayEquals(Texts.parameters(whole.model()), Texts.parameters(resumed.model()));
            }
            try (Tagger resumed = Tagger.load(file)) {
                assertTrue(assertThrows(IllegalArgumentException.class, () -> resumed.train(OTHERS, training(1.5).continued()))
                        .getMessage()
                        .contains("60 sentences"));
            }
        }
    }

    @Test
    void aFileHoldsAllThatTaggingNeeds() throws IOException {
        Path file = folder.resolve("tagger.safetensors");
        try (Tagger tagger = trained(1)) {
            tagger.save(file);
            try (Tagger loaded = Tagger.load(file)) {
                assertEquals(evaluate(tagger, OTHERS).figures().toJson(), evaluate(loaded, OTHERS).figures().toJson());
                assertEquals(tagger.reading().forms(), loaded.reading().forms());
                assertEquals(ConlluColumn.UPOS, loaded.reading().column());
            }
        }
        try (LanguageModel other = LanguageModel.builder(Vocabulary.ofCodePoints("abc")).hidden(4).embedding(2).build()) {
            other.save(file);
        }
        assertThrows(CheckpointException.class, () -> Tagger.load(file));
    }

    @Test
    void aWordIsReadWhateverItsLettersAndLength() throws IOException {
        try (Tagger tagger = trained(2)) {
            String address = "https://" + "x".repeat(500) + "ka";
            assertEquals(List.of("NOUN", "VERB"), tag(tagger, List.of("ßжka", "\uD83D\uDE00lo")));
            assertEquals(List.of("NOUN"), tag(tagger, List.of(address)));
        }
    }

    @Test
    void onlyWordsThatOccurOftenEnoughHaveAnEmbedding() {
        List<TaggedSentence> two = List.of(new TaggedSentence(List.of("a", "b", "A"), List.of("X", "Y", "X")));
        try (Tagger tagger = Tagger.builder(two).minimumCount(2).build()) {
            assertEquals(2, tagger.model().parameter("word_embedding.weight").shape()[0]); // <unk> and a
            assertEquals(4, tagger.reading().forms().size()); // <unk>, A, a, b
        }
        assertThrows(IllegalArgumentException.class, () -> Tagger.builder(two).minimumCount(3).build());
    }

    @Test
    void aTagThatTrainingNeverSawCannotBeLearned() throws IOException {
        try (Tagger tagger = trained(0.1)) {
            List<TaggedSentence> wrong = List.of(new TaggedSentence(List.of("a", "b"), List.of("NOUN", "INTJ"),
                    "test.conllu, line 7"));
            String message = assertThrows(IllegalArgumentException.class, () -> tagger.train(wrong, training(0.1))).getMessage();
            assertEquals("test.conllu, line 7: the tag \"INTJ\" of word 2, \"b\", was not seen in training; the tags are ",
                    message.substring(0, message.lastIndexOf("are ") + 4));
            long before = tagger.model().fingerprint();
            assertThrows(IllegalArgumentException.class, () -> tagger.train(wrong, training(0.1)));
            assertEquals(before, tagger.model().fingerprint(), "it was trained before the tag was found");
        }
    }

    @Test
    void sizesThatMakeNoSenseAreNamed() {
        assertEquals("the hidden size is 0; expected 1 or more",
                assertThrows(IllegalArgumentException.class, () -> builder().hidden(0)).getMessage());
        assertEquals("the word dropout is 1.0; expected 0 or more and less than 1",
                assertThrows(IllegalArgumentException.class, () -> builder().wordDropout(1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> Tagger.builder(List.of()));
        assertEquals("a sentence of 2 words and 1 tags; expected at least one word, and a tag for each",
                assertThrows(IllegalArgumentException.class, () -> new TaggedSentence(List.of("a", "b"), List.of("X"))).getMessage());
        try (Tagger tagger = builder().build()) {
            assertEquals("a sentence has no words; expected at least one",
                    assertThrows(IllegalArgumentException.class, () -> tag(tagger, List.of())).getMessage());
            assertEquals("word 2 of a sentence is empty",
                    assertThrows(IllegalArgumentException.class, () -> tag(tagger, List.of("a", ""))).getMessage());
        }
    }
}
