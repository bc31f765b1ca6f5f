package org.tidegate.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class BleuTest {
    private static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(" "));
    }

    private static Bleu of(String... pairs) {
        Bleu bleu = new Bleu();
        for (int i = 0; i < pairs.length; i += 2) {
            bleu.add(words(pairs[i]), words(pairs[i + 1]));
        }
        return bleu;
    }

    @Test
    void aPerfectTranslationHas100() {
        assertEquals(100, of("the cat sat on the mat", "the cat sat on the mat", "a b c d", "a b c d").score(), 1e-9);
    }

    @Test
    void countsAreClippedByTheReference() {
        // Papineni et al., section 2.1: seven times "the" matches the two of the reference.
        assertEquals(2 / 7.0, of("the the the the the the the", "the cat is on the mat").precision(1), 1e-12);
    }

    @Test
    void theScoreIsTheGeometricMeanTimesTheBrevityPenalty() {
        // 1-grams 5/6, 2-grams 3/5, 3-grams 2/4, 4-grams 1/3; the reference has 7 words, the candidate 6.
        Bleu bleu = of("a b c d x f", "a b c d e f g");
        assertEquals(5 / 6.0, bleu.precision(1), 1e-12);
        assertEquals(3 / 5.0, bleu.precision(2), 1e-12);
        assertEquals(2 / 4.0, bleu.precision(3), 1e-12);
        assertEquals(1 / 3.0, bleu.precision(4), 1e-12);
        assertEquals(Math.exp(1 - 7 / 6.0), bleu.brevityPenalty(), 1e-12);
        assertEquals(100 * Math.exp(1 - 7 / 6.0) * Math.pow(5 / 6.0 * 3 / 5 * 2 / 4 * 1 / 3, 0.25), bleu.score(), 1e-9);
        assertEquals(6 / 7.0, bleu.lengthRatio(), 1e-12);
    }

    @Test
    void aCorpusSumsCountsBeforeDividing() {
        // 4-grams 1 of 1 and 0 of 2; the mean of the sentences' scores would be 50.
        Bleu bleu = of("a b c d", "a b c d", "e f g x y", "e f g h i");
        assertEquals(7 / 9.0, bleu.precision(1), 1e-12);
        assertEquals(5 / 7.0, bleu.precision(2), 1e-12);
        assertEquals(3 / 5.0, bleu.precision(3), 1e-12);
        assertEquals(1 / 3.0, bleu.precision(4), 1e-12);
        assertEquals(100 * Math.pow(7 / 9.0 * 5 / 7 * 3 / 5 / 3, 0.25), bleu.score(), 1e-9);
    }

    @Test
    void longCandidatesAreNotPunishedTwice() {
        assertEquals(1, of("a b c d e f", "a b c d").brevityPenalty());
    }

    @Test
    void withoutAMatchingFourGramItIsZero() {
        assertEquals(0, of("a b c", "a b c").score());
        assertEquals(0, of("", "a b c").score());
        assertEquals(0, of("", "a b c").brevityPenalty());
        assertEquals(0, new Bleu().score());
        assertThrows(IllegalArgumentException.class, () -> new Bleu().precision(5));
    }
}
