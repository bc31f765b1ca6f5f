package org.tidegate.study;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a text whose tokens are predicted, each from the window before it.
 *
 * @param ids the whole text, which must not change
 * @param from the first token that is predicted
 * @param length the number of predicted tokens
 */
public record Passage(int[] ids, int from, int length) {
    /**
     * {@return all tokens of a text but the first, in passages}
     *
     * @param ids the text
     * @param most the maximum number of predictions of a passage
     */
    public static List<Passage> of(int[] ids, int most) {
        List<Passage> passages = new ArrayList<>();
        for (int from = 1; from < ids.length; from += most) {
            passages.add(new Passage(ids, from, Math.min(most, ids.length - from)));
        }
        return passages;
    }
}
