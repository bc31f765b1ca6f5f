package org.tidegate.task.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NaiveBayesTest {
    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    /** The example of Manning, Raghavan and Schuetze, Introduction to Information Retrieval, table 13.1: China or not. */
    private static NaiveBayes china() {
        NaiveBayes known = new NaiveBayes(2);
        known.add(words("Chinese Beijing Chinese"), Set.of(1));
        known.add(words("Chinese Chinese Shanghai"), Set.of(1));
        known.add(words("Chinese Macao"), Set.of(1));
        known.add(words("Tokyo Japan Chinese"), Set.of(0));
        return known;
    }

    @Test
    void aTextHasTheLabelOfTheGreatestProduct() {
        // P(China) = 3/4 (6/14)^3 (1/14)^2 = 0.0003, against 1/4 (2/9)^3 (2/9)^2 = 0.0001
        assertEquals(1, china().label(words("Chinese Chinese Chinese Tokyo Japan")));
        // 3/4 (6/14)^2 (1/14)^2 = 0.00070, against 1/4 (2/9)^4 = 0.00061; one Chinese fewer turns it: 0.00164 to 0.00274
        assertEquals(1, china().label(words("Chinese Chinese Tokyo Japan")));
        assertEquals(0, china().label(words("Chinese Tokyo Japan")));
    }

    @Test
    void whatWasNeverSeenHasNoPart() {
        assertEquals(1, china().label(words("Osaka Kyoto")));
        assertEquals(0, china().label(words("Chinese Tokyo Japan Osaka Osaka Osaka")));
    }

    @Test
    void ofTwoLabelsThatExcludeEachOtherEachByItselfIsTheSame() {
        for (String text : List.of("Chinese Chinese Chinese Tokyo Japan", "Chinese Chinese Tokyo Japan", "Chinese Tokyo Japan", "Macao")) {
            assertEquals(Set.of(china().label(words(text))), china().labels(words(text)), text);
        }
    }

    @Test
    void aTextMayHaveSeveralLabelsOrNone() {
        NaiveBayes known = new NaiveBayes(2);
        for (int i = 0; i < 3; i++) {
            known.add(words("team won"), Set.of(0));
            known.add(words("vote law"), Set.of(1));
            known.add(words("team vote"), Set.of(0, 1));
            known.add(words("night moon"), Set.of());
        }
        assertEquals(Set.of(0), known.labels(words("team won won")));
        assertEquals(Set.of(1), known.labels(words("law law")));
        assertEquals(Set.of(0, 1), known.labels(words("team vote")));
        assertEquals(Set.of(), known.labels(words("moon moon")));
    }
}
