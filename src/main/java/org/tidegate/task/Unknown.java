package org.tidegate.task;

import java.util.List;
import java.util.Locale;

/**
 * What held-out examples have in their right answers that the model cannot give, because training did not have it: labels, tags, letters,
 * words. It counts as wrong.
 *
 * @param count how many parts of answers are unknown, each occurrence of one counted
 * @param of how many parts the answers have
 * @param first the first unknown one, empty if there is none
 * @param description for people: how many, of how many, the first one and where it stands
 */
public record Unknown(long count, long of, String first, String description) {
    /**
     * {@return what is unknown in examples}
     *
     * @param <E> an example
     * @param reading what the model knows
     * @param examples the examples
     */
    public static <E> Unknown in(ExampleReading<E> reading, List<E> examples) {
        long count = 0;
        long of = 0;
        String first = "";
        String place = "";
        for (E example : examples) {
            List<String> answer = reading.answer(example);
            of += answer.size();
            for (String part : answer) {
                if (!reading.knows(part)) {
                    if (count++ == 0) {
                        first = part;
                        place = reading.origin(example).isEmpty() ? "" : " (" + reading.origin(example) + ")";
                    }
                }
            }
        }
        String description = count == 0 ? "" : String.format(Locale.ROOT, "%,d of %,d %ss, the first is \"%s\"%s", count, of, reading.part(),
                first, place);
        return new Unknown(count, of, first, description);
    }

    /** {@return whether there are answers, and the model can give no part of them} */
    public boolean isAll() {
        return count > 0 && count == of;
    }
}
