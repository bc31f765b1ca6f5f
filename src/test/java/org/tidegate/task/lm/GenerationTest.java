package org.tidegate.task.lm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tidegate.Precision;
import org.tidegate.decode.Sampling;
import org.tidegate.text.Vocabulary;

class GenerationTest {
    private static final String TEXT = "the gate is 'open', she said.\nno: it's \"shut\" ('today') and the dogs' tails\n \u0939\u093f\u0928\u094d\u0926\u0940 \uD83D\uDE00";

    private static LanguageModelAnswers answers(boolean words) {
        return answers(words ? Vocabulary.Unit.WORD : Vocabulary.Unit.CODE_POINT);
    }

    private static LanguageModelAnswers answers(Vocabulary.Unit unit) {
        Vocabulary vocabulary = Vocabulary.builder(unit).add(TEXT).build();
        try (LanguageModel model = LanguageModel.builder(vocabulary).hidden(6).embedding(5).seed(4).build()) {
            return model.answers(Precision.FLOAT32);
        }
    }

    @ParameterizedTest
    @EnumSource(Vocabulary.Unit.class)
    void textsThatAreWrittenSideBySideAreThoseThatAreWrittenAlone(Vocabulary.Unit unit) {
        assumeTrue(Vocabulary.builder(unit).add(TEXT).build().id("\n") >= 0, "it begins no line");
        try (LanguageModelAnswers answers = answers(unit)) {
            Random random = new Random(3);
            List<Generation> going = new ArrayList<>();
            Map<Generation, String> expected = new HashMap<>();
            Map<Generation, String> settled = new HashMap<>();
            for (int round = 0; round < 60 || !going.isEmpty(); round++) {
                if (round < 60) {
                    String prompt = round % 9 == 0 ? "" :
                            TEXT.substring(0, List.of(4, 9, 20, 30).get(random.nextInt(4))).repeat(1 + random.nextInt(round == 40 ? 200 : 3));
                    int length = random.nextInt(40);
                    Sampling sampling = Sampling.temperature(random.nextInt(2)).topP(0.9).seed(random.nextLong());
                    Generation text = answers.begin(prompt, length, sampling);
                    expected.put(text, answers.generate(prompt, length, sampling));
                    settled.put(text, "");
                    going.add(text);
                }
                int steps = random.nextInt(5);
                int[] asked = {0};
                answers.write(going, () -> ++asked[0] <= steps, text -> {
                    String now = text.text().substring(0, text.settled());
                    assertTrue(now.startsWith(settled.put(text, now)), "what was settled has changed");
                    assertTrue(text.logProbability() <= 0);
                });
                going.removeIf(Generation::isEnded);
            }
            expected.forEach((text, alone) -> {
                assertEquals(alone, text.text());
                assertTrue(alone.startsWith(settled.get(text)), settled.get(text));
            });
        }
    }

    /** Each call reads one part of one prompt. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aShortPromptIsNotKeptWaitingByLongOnes(boolean first) {
        try (LanguageModelAnswers answers = answers(false)) {
            String most = TEXT.repeat(20 * Generation.STEPS / TEXT.length());
            List<Generation> texts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                texts.add(answers.begin(most, 1, Sampling.greedy()));
            }
            answers.write(texts, () -> false, text -> {});
            Generation asked = answers.begin(most.substring(0, Generation.STEPS + 2), 1, Sampling.greedy()); // of two parts
            texts.add(first ? 0 : texts.size(), asked);
            int calls = 0;
            for (; !asked.isEnded() && calls < 100; calls++) {
                answers.write(texts, () -> false, text -> {});
            }
            assertTrue(calls <= 2 * texts.size(), () -> "it waited too long");
            assertEquals(answers.generate(most.substring(0, Generation.STEPS + 2), 1, Sampling.greedy()), asked.text());
            texts.forEach(text -> assertTrue(text == asked || text.state() != null, "a long one was not read at all"));
            while (!texts.isEmpty()) {
                answers.write(texts, () -> false, text -> {});
                texts.removeIf(Generation::isEnded);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatCannotBeContinuedIsRefusedBeforehand(boolean words) {
        try (LanguageModelAnswers answers = answers(words)) {
            assertThrows(IllegalArgumentException.class, () -> answers.begin("\u00DF", 1, Sampling.greedy()));
            assertThrows(IllegalArgumentException.class, () -> answers.begin("the", -1, Sampling.greedy()));
            Generation text = answers.begin("the", 5, Sampling.greedy());
            assertThrows(IllegalStateException.class, text::token);
            answers.write(List.of(text), () -> true, Generation::end);
            assertEquals(1, text.tokens());
            assertTrue(answers.begin("the", 0, Sampling.greedy()).isEnded());
        }
    }
}
