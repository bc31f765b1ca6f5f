/* Where a text ends. */
package org.tidegate.server.task;

import java.util.List;
import org.tidegate.server.protocol.ProtocolException;

/**
 * Texts that end another text, which then has neither them nor what follows.
 *
 * @param all none of them empty, each of whole code points
 */
record StopSequences(List<String> all) {
    private static final int MOST = 5;
    private static final int LONGEST = 256;

    StopSequences {
        if (all.size() > MOST) {
            throw ProtocolException.invalid("parameter 'stop' has " + all.size() + " texts; expected at most " + MOST);
        }
        for (String stop : all) {
            boolean halves = stop.codePoints().anyMatch(each -> each >= Character.MIN_SURROGATE && each <= Character.MAX_SURROGATE);
            if (stop.isEmpty() || stop.length() > LONGEST || halves) {
                throw ProtocolException.invalid("parameter 'stop' has a text " + (halves ? "that ends within a character"
                        : "of " + stop.length() + " characters; expected 1 to " + LONGEST));
            }
        }
    }

    /** Where the first of them begins that is wholly in a text; -1 for none. */
    int in(String text) {
        return all.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(-1);
    }

    /** How many chars of a text none of them can begin in any more, whatever follows. */
    int clear(String text) {
        int clear = text.length();
        for (String stop : all) {
            for (int length = Math.min(stop.length() - 1, text.length()); length > 0; length--) {
                if (text.regionMatches(text.length() - length, stop, 0, length)) {
                    clear = Math.min(clear, text.length() - length);
                    break;
                }
            }
        }
        return clear;
    }
}
