package org.tidegate.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LabelCountsTest {
    private static final List<String> LABELS = List.of("a", "b", "c", "d", "e");

    @Test
    void theCountsOfEachLabelAndTheRatiosOfAll() {
        LabelCounts counts = new LabelCounts(List.of("समाचार", "ข่าว", "体育"));
        counts.add(Set.of(0, 1), Set.of(0, 1));
        counts.add(Set.of(0), Set.of(0, 1));
        counts.add(Set.of(), Set.of());
        counts.add(Set.of(1), Set.of());
        assertEquals(List.of(new ClassScore("समाचार", 2, 2, 2), new ClassScore("ข่าว", 2, 2, 1), new ClassScore("体育", 0, 0, 0)),
                counts.scores());
        assertEquals(0.5, counts.exactMatch());
        assertEquals(2 * 3 / 8.0, counts.microF1());
        assertEquals((1 + 0.5) / 2, counts.macroF1()); // 体育 neither occurs nor was it predicted
        assertEquals(4, counts.examples());
    }

    @Test
    void withoutExamplesAllIsZero() {
        LabelCounts counts = new LabelCounts(LABELS);
        assertEquals(List.of(0.0, 0.0, 0.0, 0.0, 0.0), List.of(counts.exactMatch(), counts.microF1(), counts.macroF1(),
                counts.constantExactMatch(), ClassScore.microF1(counts.constantScores())));
    }

    @Test
    void noConstantAnswerIsBetterThanTheBaselines() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            List<Set<Integer>> truths = new ArrayList<>();
            double[] share = random.doubles(LABELS.size()).map(u -> u * u).toArray();
            for (int i = 1 + random.nextInt(12); i > 0; i--) {
                Set<Integer> truth = new TreeSet<>();
                for (int k = 0; k < share.length; k++) {
                    if (random.nextDouble() < share[k]) {
                        truth.add(k);
                    }
                }
                truths.add(truth);
            }
            double micro = 0;
            double exact = 0;
            for (int bits = 0; bits < 1 << LABELS.size(); bits++) {
                Set<Integer> answer = new HashSet<>();
                for (int k = 0; k < LABELS.size(); k++) {
                    if ((bits >> k & 1) == 1) {
                        answer.add(k);
                    }
                }
                LabelCounts constant = new LabelCounts(LABELS);
                truths.forEach(truth -> constant.add(truth, answer));
                micro = Math.max(micro, constant.microF1());
                exact = Math.max(exact, constant.exactMatch());
            }
            LabelCounts counts = new LabelCounts(LABELS);
            truths.forEach(truth -> counts.add(truth, truth));
            assertEquals(micro, ClassScore.microF1(counts.constantScores()), 1e-12);
            assertEquals(exact, counts.constantExactMatch(), 1e-12);
            assertTrue(counts.exactMatch() == 1);
        }
    }
}
