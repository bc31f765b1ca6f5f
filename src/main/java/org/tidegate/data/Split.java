package org.tidegate.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * A text split for training and evaluation.
 *
 * @param train the training part
 * @param heldOut the held-out part
 */
public record Split(String train, String heldOut) {

    /**
     * Holds out the end of a text: the last {@code fraction} of its code points, the training part's length being rounded down.
     *
     * @param text the text
     * @param fraction the held-out part, between 0 and 1
     * @return the two parts
     * @throws IllegalArgumentException if the fraction is not between 0 and 1, or a part would be empty
     */
    public static Split tail(String text, double fraction) {
        check(fraction);
        int codePoints = text.codePointCount(0, text.length());
        int cut = text.offsetByCodePoints(0, (int) (codePoints * (1 - fraction)));
        return nonEmpty(text.substring(0, cut), text.substring(cut), fraction);
    }

    /**
     * Shuffles the lines of a text and holds out the last {@code fraction} of them. The same seed gives the same split.
     *
     * @param text the text
     * @param fraction the held-out part, between 0 and 1
     * @param seed of the shuffling
     * @return the two parts; lines end in a line feed
     * @throws IllegalArgumentException if the fraction is not between 0 and 1, or a part would be empty
     */
    public static Split lines(String text, double fraction, long seed) {
        check(fraction);
        List<String> lines = new ArrayList<>(text.lines().toList());
        Collections.shuffle(lines, new Random(seed));
        int cut = (int) (lines.size() * (1 - fraction));
        return nonEmpty(join(lines.subList(0, cut)), join(lines.subList(cut, lines.size())), fraction);
    }

    private static String join(List<String> lines) {
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private static void check(double fraction) {
        if (!(fraction > 0 && fraction < 1)) {
            throw new IllegalArgumentException("the held-out fraction is " + fraction + "; expected more than 0 and less than 1");
        }
    }

    private static Split nonEmpty(String train, String heldOut, double fraction) {
        if (train.isEmpty() || heldOut.isEmpty()) {
            throw new IllegalArgumentException("the text is too short to hold out " + fraction + " of it: one part would be empty");
        }
        return new Split(train, heldOut);
    }
}
