package org.tidegate.task.lm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tidegate.Cell;
import org.tidegate.Precision;
import org.tidegate.State;
import org.tidegate.decode.BeamSearch;
import org.tidegate.decode.Sampling;
import org.tidegate.task.Texts;
import org.tidegate.text.Vocabulary;

class LanguageModelStreamTest {
    private static final String TEXT = Texts.lines(1_500);
    private static final Sampling SAMPLING = Sampling.temperature(1).seed(7);
    private static LanguageModel model;
    private static LanguageModelAnswers answers;

    @BeforeAll
    static void train() throws IOException {
        model = TextModels.model(TEXT);
        model.train(TEXT, TextModels.training(4));
        answers = model.answers(Precision.FLOAT32);
    }

    @AfterAll
    static void close() {
        answers.close();
        model.close();
    }

    @Test
    void whatIsReadInPartsIsContinuedAsIfItHadBeenReadAtOnce() {
        String expected = answers.generate("the tide turns at", 40, SAMPLING);
        try (LanguageModelStream stream = answers.conversation()) {
            for (String part : new String[] {"the", "", " tide turns", " a", "t"}) {
                stream.accept(part);
            }
            assertEquals(answers.next("the tide turns at", 5), stream.next(5));
            assertEquals(expected, stream.generate(40, SAMPLING));
        }
    }

    /** A space is of the token behind it, wherever a text is cut. */
    @Test
    void partsOfWordsAreReadWithTheSpaceBeforeThem() throws IOException {
        Vocabulary vocabulary = Vocabulary.builder(Vocabulary.Unit.BPE).add(TEXT).maximumSize(330).build();
        try (LanguageModel parts = TextModels.model(vocabulary, Cell.LSTM)) {
            parts.train(TEXT, TextModels.training(6));
            try (LanguageModelAnswers written = parts.answers(Precision.FLOAT32); LanguageModelStream stream = written.conversation()) {
                for (String part : new String[] {"the", " tide ", "", "turns at", " "}) {
                    stream.accept(part);
                }
                assertEquals(written.next("the tide turns at", 5), stream.next(5));
                String expected = written.generate("the tide turns at", 40, Sampling.greedy());
                assertTrue(expected.startsWith(" ") || expected.startsWith("\n"), expected);
                assertEquals(expected.startsWith(" ") ? expected.substring(1) : expected, stream.generate(40, Sampling.greedy()));
                LanguageModelEvaluation evaluation = written.evaluate(TEXT);
                assertEquals(TEXT.length() - vocabulary.token(vocabulary.encode(TEXT)[0]).length(), evaluation.characters());
                assertEquals(evaluation.loss() * evaluation.targets() / Math.log(2), evaluation.bitsPerCharacter() * evaluation.characters(), 1e-6);
                assertEquals(evaluation.characters() + 1, written.evaluate("\u20ac" + TEXT.substring((int) (TEXT.length() - evaluation.characters())))
                        .characters(), "a character whose last bytes are predicted counts");
            }
        }
    }

    @Test
    void whatIsGeneratedIsReadAsWellWhateverChoseIt() {
        BeamSearch search = BeamSearch.of(3);
        try (LanguageModelStream stream = answers.conversation()) {
            String text = "the ";
            stream.accept(text);
            for (int turn = 0; turn < 3; turn++) {
                String sampled = answers.generate(text, 15, SAMPLING);
                assertEquals(sampled, stream.generate(15, SAMPLING));
                text += sampled;
                String searched = answers.generate(text, 9, search);
                assertEquals(searched, stream.generate(9, search));
                text += searched + " at";
                stream.accept(" at");
                assertEquals(answers.next(text, 3), stream.next(3));
            }
        }
    }

    @Test
    void aLineThatEndsIsReadWithItsLineBreak() {
        for (boolean beam : new boolean[] {false, true}) {
            try (LanguageModelStream stream = answers.conversation()) {
                stream.accept("dawn ");
                String line = beam ? stream.generateLine(500, BeamSearch.of(3)) : stream.generateLine(500, SAMPLING);
                assertTrue(line.length() < 500 && !line.contains("\n"), line);
                assertEquals(answers.generate("dawn " + line + "\n", 20, SAMPLING), stream.generate(20, SAMPLING));
            }
        }
    }

    @Test
    void aStreamThatHasReadNothingBeginsAsAfterALineBreak() {
        try (LanguageModelStream stream = answers.conversation()) {
            assertEquals(answers.next("\n", 3), stream.next(3));
            assertEquals("", stream.generate(0, SAMPLING));
            stream.accept("the");
            assertEquals(answers.next("the", 3), stream.next(3), "asking reads nothing");
        }
        try (LanguageModelStream stream = answers.conversation()) {
            assertEquals(answers.generate("\n", 20, SAMPLING), stream.generate(20, SAMPLING));
        }
    }

    @Test
    void aStateBranchesAndComesBackFromBytes() {
        try (LanguageModelStream stream = answers.conversation(); LanguageModelStream other = answers.conversation()) {
            LanguageModelState beginning = stream.state();
            stream.accept("the tide ");
            LanguageModelState here = stream.state();
            String first = stream.generate(30, SAMPLING);
            String second = stream.generate(30, SAMPLING);
            stream.setState(here);
            assertEquals(here, stream.state());
            assertEquals(first, stream.generate(30, SAMPLING));
            assertEquals(second, stream.generate(30, SAMPLING));
            other.setState(new LanguageModelState(State.fromBytes(here.recurrent().toBytes()), here.last(), here.spaced()));
            assertEquals(answers.generate("the tide ", 20, BeamSearch.of(4)), other.generate(20, BeamSearch.of(4)));
            other.setState(beginning);
            assertEquals(answers.next("", 3), other.next(3));
        }
    }

    @Test
    void aStateOfAnotherModelIsRefusedAndNothingIsChanged() {
        try (LanguageModel other = TextModels.model(TEXT); LanguageModelAnswers others = other.answers(Precision.FLOAT32);
                LanguageModelStream foreign = others.conversation(); LanguageModelStream stream = answers.conversation()) {
            foreign.accept("the tide");
            stream.accept("the gate");
            assertThrows(IllegalArgumentException.class, () -> stream.setState(foreign.state()));
            LanguageModelState wrong = new LanguageModelState(stream.state().recurrent(), 1000, false);
            String message = assertThrows(IllegalArgumentException.class, () -> stream.setState(wrong)).getMessage();
            assertTrue(message.contains("the last token is 1000"), message);
            assertEquals(answers.next("the gate", 3), stream.next(3));
        }
    }

    @Test
    void aTextWithAnUnknownCharacterIsRefusedAndNotRead() {
        try (LanguageModelStream stream = answers.conversation()) {
            stream.accept("the");
            String message = assertThrows(IllegalArgumentException.class, () -> stream.accept(" t%de")).getMessage();
            assertTrue(message.contains("'%' (U+0025) at position 2"), message);
            assertEquals(answers.next("the", 3), stream.next(3));
        }
    }

    @Test
    void wordsAreSetApartOnceBetweenWhatIsReadAndWhatIsAdded() throws IOException {
        String text = "The tide turns, and the gate opens.\n".repeat(80);
        try (LanguageModel words = LanguageModel.builder(Vocabulary.ofWords(text)).hidden(24).embedding(12).dropout(0).build()) {
            words.train(text, TextModels.training(12).learningRate(0.02));
            try (LanguageModelAnswers each = words.answers(Precision.FLOAT32); LanguageModelStream stream = each.conversation()) {
                stream.accept("The tide");
                assertEquals(" turns,", stream.generate(2, Sampling.greedy()));
                assertEquals(" and the", stream.generate(2, Sampling.greedy()));
                stream.accept(" gate ");
                assertEquals("opens.", stream.generateLine(9, Sampling.greedy()));
                assertEquals("The tide", stream.generate(2, BeamSearch.of(2)));
                assertEquals("\nThe", each.generate("The gate opens. ", 2, Sampling.greedy()));
            }
        }
    }

    @Test
    void manyStreamsOverOneModelDoNotMeet() {
        try (LanguageModelStream one = answers.conversation(); LanguageModelStream two = answers.conversation()) {
            one.accept("the tide ");
            two.accept("dawn\n");
            String first = one.generate(10, SAMPLING);
            assertEquals(answers.generate("dawn\n", 20, SAMPLING), two.generate(20, SAMPLING));
            assertEquals(answers.generate("the tide " + first, 10, SAMPLING), one.generate(10, SAMPLING));
            assertNotEquals(one.state(), two.state());
        }
    }

    @Test
    void aClosedStreamIsRefusedAndItsWorkerComesBackAsNew() {
        LanguageModelStream stream = answers.conversation();
        stream.accept("the tide ");
        stream.close();
        stream.close();
        assertEquals("The stream is closed.", assertThrows(IllegalStateException.class, () -> stream.accept("a")).getMessage());
        assertThrows(IllegalStateException.class, stream::state);
        try (LanguageModelStream next = answers.conversation()) {
            assertTrue(next.state().recurrent().isEmpty());
        }
    }

    @Test
    void aStreamGoesOnWhereTheAnswersWereClosedMeanwhile() {
        LanguageModelAnswers closing = model.answers(Precision.FLOAT32);
        try (LanguageModelStream stream = closing.conversation()) {
            stream.accept("the ");
            closing.close();
            assertEquals(answers.generate("the ", 20, SAMPLING), stream.generate(20, SAMPLING));
        }
    }
}
