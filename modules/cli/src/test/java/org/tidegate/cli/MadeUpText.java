package org.tidegate.cli;

import java.util.List;
import java.util.Random;

/** A text that a small model can learn: short sentences over a few words. */
final class MadeUpText {
    private static final List<String> WHO = List.of("the cat", "the dog", "a bird", "one fish", "the old fox");
    private static final List<String> WHAT = List.of("sees", "hears", "follows", "likes");

    private MadeUpText() {}

    /** At least so many characters, always the same. */
    static String of(int characters) {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder();
        while (text.length() < characters) {
            text.append(WHO.get(random.nextInt(WHO.size()))).append(' ').append(WHAT.get(random.nextInt(WHAT.size()))).append(' ')
                    .append(WHO.get(random.nextInt(WHO.size()))).append(".\n");
        }
        return text.toString();
    }
}
